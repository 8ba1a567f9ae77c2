#!/usr/bin/env python3
"""The same lines in the same partitions give the same alerts and windows, byte for byte: over any transport, cut into any pieces, for any -j."""
import gzip
import os
import random
import shutil
import socket
import ssl
import subprocess
import threading
import time

import harness
from harness import T0, chunks, connect, in_thread, listening, read, shop_lines, text_of

JOBS = (1, 2, 4)
IDLE = ("--idle-timeout", "60s")
NOISE = (b"\x16\x03\x01\x02\x00", b"", b"GET / HTTP/1.1", b"a line of nothing \x00\xff\xfe", b"\r")


def awkward_log(seed, seconds=900):
    """Lines out of order within the lateness, late ones, stray times, malformed ones, CRLF; the last one without its newline."""
    rng = random.Random(seed)
    lines = [line.encode() for line in shop_lines(seed, T0 + 1800 * seed, seconds, 8, shuffle=4)]
    for _ in range(60):
        lines.insert(rng.randrange(len(lines)), rng.choice(NOISE))
    for year in (1970, 2099):
        lines.insert(rng.randrange(len(lines)), lines[0].replace(b"/2026:", b"/%d:" % year))
    for _ in range(40):
        at = rng.randrange(200, len(lines))
        lines.insert(at, lines[at - 200])
    endings = [b"\r\n" if rng.random() < 0.1 else b"\n" for _ in lines]
    endings[-1] = b""
    return b"".join(line + ending for line, ending in zip(lines, endings))


def send_cut(peer, data, seed):
    """Sends in pieces, now and then with a pause. A pause is the subject here, not a way to wait for something."""
    rng = random.Random(seed)
    for number, piece in enumerate(chunks(data, rng)):
        peer.sendall(piece)
        if number % 50 == 0:
            time.sleep(rng.random() * 0.02)


class Tls:
    """A peer that says goodbye as TLS asks for; without it the end would look like a cut."""

    def __init__(self, peer, context, **how):
        self.peer = context.wrap_socket(peer, **how)

    def __enter__(self):
        return self.peer

    def __exit__(self, *error):
        with self.peer:
            if error[0] is None:
                self.peer.unwrap()


class Transports(harness.Case):

    def setUp(self):
        super().setUp()
        self.runs = 0

    def outputs(self):
        self.runs += 1
        return self.path(f"alerts{self.runs}"), self.path(f"windows{self.runs}")

    def begin(self, *args, **popen):
        alerts, windows = self.outputs()
        process = self.start("analyze", "-q", *IDLE, "--alerts-to", alerts, "--windows-to", windows, "--summary", f"{alerts}.json", *args,
                             **popen)
        process.files = (alerts, windows)
        return process

    def finish(self, process):
        result = process.wait()
        self.assertEqual(0, result.code, str(result))
        return [read(file) for file in process.files]

    def analyze(self, *args, **popen):
        return self.finish(self.begin(*args, **popen))

    def assert_same(self, expected, got, what):
        for name, one, other in zip(("alerts", "windows"), expected, got):
            if one != other:
                pairs = enumerate(zip(one.splitlines() + [b""], other.splitlines() + [b""]))
                number, (left, right) = next((n, pair) for n, pair in pairs if pair[0] != pair[1])
                self.fail(f"{what}: {name} differ at line {number + 1}:\n{left!r}\n{right!r}")

    # One partition.

    def cases(self, data):
        """Every way in, by name: a function (seed, *args) -> process that was given everything."""
        plain = self.write("plain.log", data)
        packed = self.write("packed.log.gz", gzip.compress(data[:70000]) + gzip.compress(data[70000:]))
        cases = {"file": lambda seed, *args: self.begin(plain, *args), "gz": lambda seed, *args: self.begin(packed, *args)}
        if shutil.which("zstd"):
            subprocess.run(["zstd", "-q", plain, "-o", self.path("packed.log.zst")], check=True)
            cases["zst"] = lambda seed, *args: self.begin(self.path("packed.log.zst"), *args)

        def over_stdin(seed, *args):
            end, feed = os.pipe()
            process = self.begin("-", *args, stdin=end)
            os.close(end)
            with open(feed, "wb", buffering=0) as file:
                rng = random.Random(seed)
                for piece in chunks(data, rng):
                    file.write(piece)
            return process

        def over_fifo(seed, *args):
            fifo = self.path(f"fifo{seed}")
            os.mkfifo(fifo)
            process = self.begin(fifo, *args)
            with open(fifo, "wb", buffering=0) as file:
                for piece in chunks(data, random.Random(seed)):
                    file.write(piece)
            return process

        def connecting(family, scheme, wrap=lambda peer: peer, more=()):
            def run(seed, *args):
                address = self.path(f"socket{seed}") if family == socket.AF_UNIX else ("127.0.0.1", 0)
                with listening(family, address) as server:
                    name = f"unix:{address}" if family == socket.AF_UNIX else f"{scheme}://127.0.0.1:{server.getsockname()[1]}"
                    process = self.begin(name, *more, *args)
                    accepted, _ = server.accept()
                    with wrap(accepted) as peer:
                        send_cut(peer, data, seed)
                return process
            return run

        def listens(family, scheme, wrap=lambda peer: peer, more=()):
            def run(seed, *args):
                port = harness.free_port()
                address = self.path(f"listen{seed}") if family == socket.AF_UNIX else ("127.0.0.1", port)
                name = f"unix-listen:{address}" if family == socket.AF_UNIX else f"{scheme}://127.0.0.1:{port}"
                process = self.begin(name, "--once", *more, *args)
                with wrap(connect(family, address, process)) as peer:
                    send_cut(peer, data, seed)
                return process
            return run

        cases["stdin"] = over_stdin
        cases["fifo"] = over_fifo
        cases["tcp"] = connecting(socket.AF_INET, "tcp")
        cases["tcp-listen"] = listens(socket.AF_INET, "tcp-listen")
        cases["unix"] = connecting(socket.AF_UNIX, "unix")
        cases["unix-listen"] = listens(socket.AF_UNIX, "unix")
        certificate, key = harness.make_certificate(self.dir)
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(certificate, key)
        client = ssl.create_default_context(cafile=certificate)

        cases["tls"] = connecting(socket.AF_INET, "tls", lambda peer: Tls(peer, server, server_side=True), ("--tls-ca", certificate))
        cases["tls-listen"] = listens(socket.AF_INET, "tls-listen", lambda peer: Tls(peer, client, server_hostname="localhost"),
                                      ("--tls-cert", certificate, "--tls-key", key))
        return cases

    def test_one_partition(self):
        data = awkward_log(1, 900 if not harness.LONG else 7200)
        reference = self.analyze(self.write("reference.log", data), "-j", 1)
        self.assertGreater(reference[0].count(b'"firing"'), 5)
        self.assertGreater(reference[0].count(b'"resolved"'), 5)
        self.assertGreater(reference[1].count(b"\n"), 80)
        seed = 0
        for name, run in self.cases(data).items():
            for jobs in JOBS:
                seed += 1
                with self.subTest(transport=name, jobs=jobs):
                    self.assert_same(reference, self.finish(run(seed, "-j", jobs)), f"{name} -j {jobs}")

    def test_byte_by_byte(self):
        data = awkward_log(2, 60)[:20000]
        reference = self.analyze(self.write("reference.log", data))
        for jobs in (1, 2):
            port = harness.free_port()
            process = self.begin(f"tcp-listen://:{port}", "--once", "-j", jobs)
            with connect(socket.AF_INET, ("127.0.0.1", port), process) as peer:
                for at in range(len(data)):
                    peer.sendall(data[at:at + 1])
            self.assert_same(reference, self.finish(process), f"byte by byte, -j {jobs}")

    def test_tls_goodbye(self):
        """close_notify is answered, so that the peer knows that its end was seen."""
        certificate, key = harness.make_certificate(self.dir)
        port = harness.free_port()
        process = self.begin(f"tls-listen://:{port}", "--once", "--tls-cert", certificate, "--tls-key", key)
        context = ssl.create_default_context(cafile=certificate)
        with context.wrap_socket(connect(socket.AF_INET, ("127.0.0.1", port), process), server_hostname="localhost") as peer:
            peer.sendall(awkward_log(1, 60))
            peer.unwrap()
        self.finish(process)

    # Several partitions.

    def partitions(self):
        """p0 and p1 are of the same time, p2 is two hours later, p3 is short."""
        logs = [awkward_log(3, 600), awkward_log(3, 900)[5000:], awkward_log(7, 600), awkward_log(3, 900)[30000:42000]]
        logs[1] = logs[1][logs[1].index(b"\n") + 1:]
        logs[3] = logs[3][logs[3].index(b"\n") + 1:]
        return [self.write(f"p{number}.log", data) for number, data in enumerate(logs)]

    def test_files_for_any_number_of_threads(self):
        files = self.partitions()
        reference = self.analyze(*files, "-j", 1)
        self.assertGreater(reference[0].count(b'"firing"'), 5)
        for jobs in (1, 2, 4, 7):
            for skew in ("15s", "25s", "10m"):
                self.assert_same(reference, self.analyze(*files, "-j", jobs, "--max-skew", skew), f"-j {jobs} --max-skew {skew}")

    def feed_together(self, peers, files, seed):
        """Each client's thread sends its own pieces, so they come in any order."""
        def feed(peer, data, number):
            with peer:
                send_cut(peer, data, number)

        joins = [in_thread(feed, peer, read(file), seed * 10 + number) for number, (peer, file) in enumerate(zip(peers, files))]
        for join in joins:
            join()

    def test_files_versus_concurrent_clients(self):
        files = self.partitions()
        reference = self.analyze(*files)
        for seed, jobs in enumerate(JOBS):
            port = harness.free_port()
            process = self.begin(f"tcp-listen://:{port}", "--once", "-j", jobs)
            peers = [connect(socket.AF_INET, ("127.0.0.1", port), process) for _ in files]  # the order of the partitions
            self.feed_together(peers, files, seed)
            self.assert_same(reference, self.finish(process), f"four clients, -j {jobs}")

    def test_files_versus_four_connections(self):
        files = self.partitions()
        reference = self.analyze(*files)
        for seed, jobs in enumerate(JOBS):
            paths = [self.path(f"s{seed}{number}") for number in range(len(files))]
            servers = [socket.socket(socket.AF_UNIX) for _ in files]
            for server, path in zip(servers, paths):
                server.bind(str(path))
                server.listen()
                server.settimeout(harness.PATIENCE)
            process = self.begin(*[f"unix:{path}" for path in paths], "-j", jobs)
            peers = [server.accept()[0] for server in servers]
            self.feed_together(peers, files, seed)
            for server in servers:
                server.close()
            self.assert_same(reference, self.finish(process), f"four connections, -j {jobs}")

    def test_files_versus_fifos_that_are_fed_one_after_the_other(self):
        """Whichever FIFO gets its lines first, as far as the pipes' buffers let it."""
        files = self.partitions()
        reference = self.analyze(*files)
        for seed in range(3):
            fifos = [self.path(f"f{seed}{number}") for number in range(len(files))]
            for fifo in fifos:
                os.mkfifo(fifo)
            process = self.begin(*fifos, "-j", 2)
            turns = random.Random(seed).sample(range(len(files)), len(files))
            gates = [threading.Event() for _ in files]
            opened = [open(fifo, "wb", buffering=0) for fifo in fifos]  # pylint: disable=consider-using-with

            def feed(number, seed=seed, opened=opened, gates=gates):
                data = read(files[number])
                with opened[number] as file:
                    gates[number].wait(harness.PATIENCE)
                    for count, piece in enumerate(chunks(data, random.Random(seed))):
                        file.write(piece)
                        if count == 30:
                            self.next_gate(gates)
                self.next_gate(gates)

            self.turns = [gates[turn] for turn in turns]
            joins = [in_thread(feed, number) for number in range(len(files))]
            self.next_gate(gates)
            for join in joins:
                join()
            self.assert_same(reference, self.finish(process), f"FIFOs in the order {turns}")

    def next_gate(self, gates):
        for gate in self.turns or gates:
            if not gate.is_set():
                gate.set()
                return

    def test_the_order_of_partitions_is_the_order_given(self):
        """What alerts are does not depend on it either, as long as no table of keys is full."""
        files = self.partitions()
        self.assert_same(self.analyze(*files), self.analyze(*reversed(files)), "reversed")

    def test_outputs_over_sockets(self):
        """Alerts and windows that go to sockets are the ones that go to files."""
        file = self.write("reference.log", awkward_log(4))
        reference = self.analyze(file)
        with listening(socket.AF_UNIX, self.path("alerts.sock")) as alerts, listening(socket.AF_INET, ("127.0.0.1", 0)) as windows:
            process = self.start("analyze", "-q", file, "--alerts-to", f"unix:{self.path('alerts.sock')}", "--windows-to",
                                 f"tcp://127.0.0.1:{windows.getsockname()[1]}")
            got = []
            for server in (alerts, windows):
                peer, _ = server.accept()
                got.append(peer)
            bodies = [b"", b""]

            def drain(number):
                with got[number] as peer:
                    while piece := peer.recv(1 << 16):
                        bodies[number] += piece

            joins = [in_thread(drain, number) for number in (0, 1)]
            self.assertEqual(0, process.wait().code)
            for join in joins:
                join()
        self.assert_same(reference, bodies, "outputs over sockets")


if __name__ == "__main__":
    harness.main()
