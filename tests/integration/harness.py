"""What the integration tests share: socklog processes with bounded waits, lines of a log, sockets that are cut to pieces.

CMake passes the executable as SOCKLOG. SOCKLOG_LONG=1 runs the full sizes; otherwise they fit into a few minutes.
"""
import contextlib
import datetime
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from signal import SIGKILL, SIGTERM  # noqa: F401 (for the tests)

SOCKLOG = os.path.abspath(os.environ.get("SOCKLOG", "socklog"))
LONG = os.environ.get("SOCKLOG_LONG") == "1"
SANITIZED = os.environ.get("SOCKLOG_SANITIZE", "") != ""  # such a build needs several times the memory
# A watchdog, never a measure: far above what the slowest sanitizer build takes.
PATIENCE = 240 if not LONG else 1200

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
T0 = int(datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc).timestamp())


# Starts the program and writes its peak resident set to a file. A process of its own, since a child's peak is never less than what its
# parent had in memory when it was forked, and a test may hold much.
MEASURE = """
import os, sys
pid = os.spawnv(os.P_NOWAIT, sys.argv[2], sys.argv[2:])
status, usage = os.wait4(pid, 0)[1:]
open(sys.argv[1], "w").write(str(usage.ru_maxrss * 1024))
sys.exit(os.waitstatus_to_exitcode(status) % 256)
"""


class Result:
    """How a process ended: `code`, `out` and `err` as bytes."""

    def __init__(self, args, code, out, err):
        self.args, self.code, self.out, self.err = args, code, out, err
        self.rss = None  # its peak resident set in bytes, if it was measured

    @property
    def message(self):
        return self.err.decode(errors="replace")

    def __str__(self):
        return f"socklog {' '.join(map(str, self.args))}\nexit {self.code}\nstdout: {self.out[:2000]!r}\nstderr: {self.message[:4000]}"


class Process:
    """A running socklog. stdout and stderr go to files, so that neither can block it."""

    def __init__(self, directory, args, stdin=subprocess.DEVNULL, stdout=None, prefix=(), **popen):
        self.args = [str(arg) for arg in args]
        self._out = tempfile.TemporaryFile(dir=directory) if stdout is None else None
        self._err = tempfile.TemporaryFile(dir=directory)
        self.popen = subprocess.Popen([*prefix, SOCKLOG, *self.args], stdin=stdin, stdout=self._out if stdout is None else stdout,
                                      stderr=self._err, **popen)
        self.pid = self.popen.pid
        self.result = None

    @staticmethod
    def _read(file):
        if file is None:
            return b""
        return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0)

    def out(self):
        return self.result.out if self.result else self._read(self._out)

    def err(self):
        return self.result.err if self.result else self._read(self._err)

    def running(self):
        return not self._reap(os.WNOHANG)

    def _reap(self, flags):
        if self.result is None:
            pid, status = os.waitpid(self.pid, flags)
            if pid == 0:
                return False
            self.popen.returncode = os.waitstatus_to_exitcode(status)
            self.result = Result(self.args, self.popen.returncode, self.out(), self.err())
            for file in (self._out, self._err):
                if file is not None:
                    file.close()
        return True

    def signal(self, number):
        """Not by Popen, which would reap a process that has ended just now."""
        if self.running():
            os.kill(self.pid, number)

    def wait(self, timeout=PATIENCE):
        deadline = time.monotonic() + timeout
        pause = 0.0005
        while self.running():
            if time.monotonic() > deadline:
                os.kill(self.pid, SIGKILL)
                self._reap(0)
                raise AssertionError(f"not finished after {timeout} s: {self.result}")
            time.sleep(pause)
            pause = min(pause * 1.5, 0.02)
        return self.result

    def close(self):
        if self.running():
            os.kill(self.pid, SIGKILL)
            self._reap(0)


class Case(unittest.TestCase):
    """A test with a directory of its own that ends every process it started."""

    maxDiff = 2000

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="socklog-test-"))
        if os.environ.get("SOCKLOG_KEEP") != "1":  # to look at what a failed test left
            self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)

    def path(self, name):
        return self.dir / name

    def write(self, name, data):
        path = self.dir / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    def start(self, *args, **popen):
        process = Process(self.dir, args, **popen)
        self.addCleanup(process.close)
        return process

    def run_any(self, *args, data=None, timeout=PATIENCE, **popen):
        """Runs socklog to its end, whatever the exit code."""
        if data is not None:
            with tempfile.TemporaryFile(dir=self.dir) as file:
                file.write(data)
                file.seek(0)
                return self.start(*args, stdin=file, **popen).wait(timeout)
        return self.start(*args, **popen).wait(timeout)

    def run_ok(self, *args, **more):
        result = self.run_any(*args, **more)
        self.assertEqual(0, result.code, str(result))
        return result

    def run_measured(self, *args, **more):
        """As run_ok; the result has `rss`."""
        peak = self.path("peak-rss")
        result = self.run_ok(*args, prefix=(sys.executable, "-S", "-c", MEASURE, peak), **more)
        result.rss = int(read(peak))
        return result

    def assert_memory(self, result, limit):
        if not SANITIZED:
            self.assertLess(result.rss, limit, str(result))

    def assert_fails(self, code, text, *args, **more):
        """Exit code, a message that has `text`, in one line, and nothing on stdout."""
        result = self.run_any(*args, **more)
        self.assertEqual(code, result.code, str(result))
        self.assertIn(text, result.message, str(result))
        self.assertEqual(1, result.message.count("\n"), str(result))
        self.assertEqual(b"", result.out, str(result))
        return result

    def generate(self, name, *args):
        """A log, the same for the same arguments."""
        path = self.path(name)
        self.run_ok("generate", "--speed", 0, "--seed", 7, "--start", "2026-01-01T00:00:00Z", *args, "--to", path)
        return path

    def wait_for(self, condition, what, timeout=PATIENCE, process=None):
        deadline = time.monotonic() + timeout
        while True:
            value = condition()
            if value:
                return value
            if process is not None and not process.running():
                value = condition()
                self.assertTrue(value, f"ended before {what}: {process.result}")
                return value
            self.assertLess(time.monotonic(), deadline, f"no {what} after {timeout} s" + (f": {process.err()[-2000:]!r}" if process else ""))
            time.sleep(0.005)


class ShopCase(Case):
    """With a log in which there is something to find."""

    def setUp(self):
        super().setUp()
        self.log = self.write("good.log", text_of(shop_lines(1, T0, 300, 20)))


def read(path):
    """The bytes of a file; none while it is not there."""
    try:
        return pathlib.Path(path).read_bytes()
    except FileNotFoundError:
        return b""


def json_lines(data):
    return [json.loads(line) for line in (data if isinstance(data, bytes) else read(data)).splitlines()]


def summary_of(path):
    return json.loads(read(path))


def stamp(seconds):
    """Apache's time."""
    moment = EPOCH + datetime.timedelta(seconds=int(seconds))
    return f"{moment.day:02}/{MONTHS[moment.month - 1]}/{moment.year}:{moment:%H:%M:%S} +0000"


def rfc3339(seconds):
    moment = EPOCH + datetime.timedelta(seconds=int(seconds))
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def combined(seconds, status=200, url="/", user="-", client="192.0.2.1", agent="test/1.0"):
    return f'{client} - {user} [{stamp(seconds)}] "GET {url} HTTP/1.1" {status} 512 "-" "{agent}"'


def shop_lines(seed, start, seconds, rate, shuffle=0, error_share=0.03):
    """A small web shop's lines, `rate` a second. Each lies up to `shuffle` seconds out of order."""
    rng = random.Random(seed)
    lines = []
    for number in range(int(seconds * rate)):
        at = start + number / rate
        burst = (at - start) % 120 > 90
        failed = rng.random() < (0.5 if burst else error_share)
        status = rng.choice((404, 500, 503, 401, 403, 429)) if failed else 200
        url = rng.choice(("/", "/cart", "/socks", "/socks?size=42", "/checkout", f"/product/{rng.randrange(30)}"))
        user = rng.choice(("-", "anna", "ben", "chloe", "dora"))
        line = combined(at, status, url, user, f"198.51.100.{rng.randrange(1, 20)}")
        lines.append((at + rng.random() * shuffle, number, line))
    return [line for _, _, line in sorted(lines)]


def text_of(lines):
    return "".join(line + "\n" for line in lines).encode()


def free_port():
    """A loopback port that was free just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def chunks(data, rng, largest=0):
    """Cuts at any byte: most pieces are tiny or odd, some are large."""
    at = 0
    while at < len(data):
        size = rng.choice((1, 2, 7, 100, 1000, 4096, 65536, 300000)) if not largest else largest
        size = rng.randint(1, size)
        yield data[at:at + size]
        at += size


def tell(note):
    print(note, file=sys.stderr, flush=True)


def in_thread(function, *args):
    """Runs function beside the test; join() raises what it raised."""
    errors = []

    def work():
        try:
            function(*args)
        except BaseException as error:  # pylint: disable=broad-except
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()

    def join(timeout=PATIENCE):
        thread.join(timeout)
        if thread.is_alive():
            raise AssertionError(f"{function.__name__} has not ended after {timeout} s")
        if errors:
            raise errors[0]

    return join


def connect(family, address, process, timeout=60):
    """Connects to a socklog that is just starting to listen."""
    deadline = time.monotonic() + timeout
    while True:
        peer = socket.socket(family, socket.SOCK_STREAM)
        peer.settimeout(PATIENCE)
        try:
            peer.connect(str(address) if family == socket.AF_UNIX else address)
            if family != socket.AF_UNIX:
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return peer
        except OSError:
            peer.close()
            if time.monotonic() > deadline or not process.running():
                raise
            time.sleep(0.005)


@contextlib.contextmanager
def listening(family, address):
    server = socket.socket(family, socket.SOCK_STREAM)
    server.settimeout(PATIENCE)
    try:
        server.bind(str(address) if family == socket.AF_UNIX else address)
        server.listen()
        yield server
    finally:
        server.close()


def make_certificate(directory):
    """A self-signed certificate for localhost and its key."""
    certificate, key = directory / "cert.pem", directory / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
                   check=True, capture_output=True)
    key.chmod(0o600)
    return certificate, key


def main():
    if not os.access(SOCKLOG, os.X_OK):
        sys.exit(f"no executable at {SOCKLOG}; set SOCKLOG")
    unittest.main(verbosity=2)
