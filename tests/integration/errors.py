#!/usr/bin/env python3
"""What goes wrong is said in one clear line on stderr, with the exit code that was promised; stdout carries data only."""
import contextlib
import fcntl
import os
import pathlib
import pty
import re
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import termios
import unittest

import harness
from harness import SOCKLOG, T0, combined, json_lines, read, shop_lines, text_of

ROOT = os.geteuid() == 0
NOBODY = 65534
FULL = pathlib.Path("/dev/full")


class Errors(harness.Case):

    def setUp(self):
        super().setUp()
        self.log = self.write("good.log", text_of(shop_lines(1, T0, 300, 20)))

    # Inputs.

    def test_inputs_that_are_none(self):
        self.assert_fails(2, "directory", "analyze", self.dir)
        self.assert_fails(2, "No such file", "analyze", self.path("missing.log"))
        self.assert_fails(2, "No such file", "analyze", self.log, self.path("missing.log"))
        self.assert_fails(2, "No such file", "thresholds", self.path("missing.log"))
        self.assert_fails(2, "missing.toml", "analyze", "--thresholds", self.path("missing.toml"), self.log)
        self.assert_fails(2, "missing.toml", "analyze", "--config", self.path("missing.toml"), self.log)
        self.assert_fails(2, "same", "analyze", self.log, self.log)
        self.assert_fails(2, "same", "analyze", self.log, os.path.join(self.dir, ".", "good.log"))
        result = self.run_any("analyze", "-", stdin=os.open(self.dir, os.O_RDONLY))
        self.assertEqual(2, result.code, str(result))
        result = self.run_any("check-config", self.path("missing.toml"))
        self.assertEqual(2, result.code, str(result))
        self.assertIn("missing.toml", result.message)

    def test_damaged_archives_are_told_and_used_as_far_as_they_go(self):
        import gzip
        packed = gzip.compress(read(self.log))
        for name, data in (("cut", packed[:len(packed) // 2]), ("bad", packed[:2000] + bytes(50) + packed[2050:])):
            log = self.write(f"{name}.log.gz", data)
            result = self.run_ok("analyze", log, "-q", "--summary", self.path("s"))
            self.assertIn(f"{name}.log.gz", result.message)
            self.assertGreater(harness.summary_of(self.path("s"))["lines"], 10)

    @unittest.skipUnless(ROOT, "needs another uid")
    def test_no_permission(self):
        secret = self.write("secret.log", "x\n")
        secret.chmod(0o600)
        self.dir.chmod(0o755)
        home = self.path("home")
        home.mkdir(mode=0o755)
        executable = self.as_nobody()
        for args, word in ((("analyze", secret), "secret.log"), (("analyze", self.log, "--alerts-to", self.path("new")), "new"),
                           (("analyze", self.log, "--state", self.path("state")), "state"), (("generate", "--count", 1, "--to", self.path("new")), "new"),
                           (("analyze", self.log, "--summary", self.path("new")), "new"), (("thresholds", self.log, "-o", self.path("new")), "new")):
            with self.subTest(args=args):
                result = subprocess.run([executable, *map(str, args)], stdin=subprocess.DEVNULL, capture_output=True, user=NOBODY,
                                        check=False, timeout=harness.PATIENCE)
                message = result.stderr.decode()
                self.assertEqual(2, result.returncode, message)
                self.assertIn("Permission denied", message)
                self.assertIn(word, message)
                self.assertEqual(1, len([line for line in message.splitlines() if "Permission" in line]), message)

    def as_nobody(self):
        """The executable where another user can start it."""
        copy = self.path("socklog")
        shutil.copy(SOCKLOG, copy)
        copy.chmod(0o755)
        return copy

    # Outputs.

    def every_output(self, place):
        """A command for each kind of output that goes to `place`."""
        analyze = ("analyze", "-q", self.log)
        return {"alerts": (*analyze, "--alerts-to", place), "windows": (*analyze, "--windows-to", place), "summary": (*analyze, "--summary", place),
                "invalid": ("analyze", "-q", self.write("noise.log", "noise\n" * 9000), "--invalid-requests", place),
                "late": (*analyze[:2], self.write("late.log", text_of(shop_lines(2, T0, 100, 20) + shop_lines(3, T0, 10, 20))), "--late-to", place),
                "thresholds": ("thresholds", "-q", self.log, "-o", place), "report": ("thresholds", "-q", self.log, "-o", self.path("t"), "--report", place),
                "thresholds' summary": ("thresholds", "-q", self.log, "-o", self.path("t"), "--summary", place),
                "generate": ("generate", "--count", 1000, "--speed", 0, "--to", place)}

    @unittest.skipUnless(FULL.exists(), "no /dev/full")
    def test_a_full_disk(self):
        for name, args in self.every_output(FULL).items():
            with self.subTest(output=name):
                result = self.run_any(*args, *(() if "alerts" in name or args[0] != "analyze" else ("--alerts-to", self.path("a"))))
                self.assertEqual(1, result.code, str(result))
                self.assertIn("No space left", result.message)
                self.assertIn("/dev/full", result.message)
                self.assertEqual(1, len([line for line in result.message.splitlines() if "No space" in line]), str(result))
        for args in (("analyze", "-q", self.log), ("generate", "--count", 1000, "--speed", 0), ("thresholds", "-q", self.log), ("--help",),
                     ("analyze", "--help"), ("--version",), ("analyze", "--list-metrics"), ("check-config", self.write("c.toml", ""))):
            with self.subTest(stdout=args), open(FULL, "wb") as full:
                result = self.run_any(*args, stdout=full)
                self.assertEqual(1, result.code, str(result))
                self.assertIn("No space left", result.message)

    @unittest.skipUnless(ROOT and shutil.which("mount"), "needs root")
    def test_a_small_file_system(self):
        small = self.path("small")
        small.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", small], capture_output=True, check=False).returncode != 0:
            self.skipTest("cannot mount")
        self.addCleanup(subprocess.run, ["umount", small], check=False)
        # Room for a start, not for all.
        for name, args in {"windows": ("analyze", "-q", self.log, "--windows-to", small / "w", "--alerts-to", self.path("a")),
                           "alerts": ("analyze", "-q", self.log, "--threshold", "error_rate_by_url=0.001", "--threshold", "error_rate_by_user=0.001",
                                      "--keep-firing-for", "1s", "--window", "5s", "--alerts-to", small / "a"),
                           "generate": ("generate", "--count", 1000, "--speed", 0, "--to", small / "g")}.items():
            with self.subTest(output=name):
                result = self.run_any(*args)
                self.assertEqual(1, result.code, str(result))
                self.assertIn("No space left", result.message)
                for file in small.iterdir():
                    file.unlink()
        with self.subTest(output="state"):
            (small / "filler").write_bytes(bytes(12000))
            result = self.run_any("analyze", "-q", self.log, "--state", small / "s", "--alerts-to", self.path("a"))
            self.assertEqual(1, result.code, str(result))
            self.assertIn("No space left", result.message)

    def test_readers_that_go_away(self):
        """As with `| head`: whoever read enough closes, and that is no error."""
        for args in (("generate", "--speed", 0, "--rate", 1000), ("generate", "--rate", 1000, "--count", 2000000, "--speed", 0),
                     ("analyze", self.log, "--alerts-to", self.path("a"), "--windows-to", "-"), ("analyze", self.log, "--threshold", "error_rate=0"),
                     ("analyze", "--list-metrics"), ("--help",)):
            with self.subTest(args=args):
                out, end = os.pipe()
                process = self.start(*args, stdout=end)
                os.close(end)
                os.read(out, 100)
                os.close(out)
                result = process.wait()
                self.assertEqual(0, result.code, str(result))
                self.assertNotIn("pipe", result.message.lower())

    def test_a_reader_that_never_was(self):
        out, end = os.pipe()
        os.close(out)
        process = self.start("generate", "--count", 10, "--speed", 0, stdout=end)
        os.close(end)
        self.assertEqual(0, process.wait().code)

    def assert_peer_is_missed(self, server, name, reset, *args):
        """`args` write to the server, which closes before the lines come that fill the program's stdin."""
        end, feed = os.pipe()
        process = self.start(*args, "-v", stdin=end)
        os.close(end)
        peer, _ = server.accept()
        self.wait_for(lambda: f"{name}: connected" in process.err().decode(), "connection", process=process)
        if reset:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close() resets the connection
        peer.close()
        with open(feed, "wb") as file, contextlib.suppress(BrokenPipeError):
            file.write(read(self.log))
        result = process.wait()
        self.assertEqual(1, result.code, str(result))
        told = [line for line in result.message.splitlines() if "closed" in line]
        self.assertEqual(1, len(told), str(result))
        self.assertIn(name, told[0])
        self.assertIn("--reconnect", told[0])

    def test_receivers_that_go_away(self):
        """Who connects misses its peer: what it had to say is lost. `| head` is another matter, see above."""
        for output in ("--alerts-to", "--windows-to"):
            for reset in (False, True):
                more = ("--alerts-to", self.path("a")) if output != "--alerts-to" else ()
                with self.subTest(output=output, reset=reset, kind="unix"), harness.listening(socket.AF_UNIX, self.path("s")) as server:
                    name = f"unix:{self.path('s')}"
                    self.assert_peer_is_missed(server, name, reset, "analyze", "-", output, name, *more)
                self.path("s").unlink()
                with self.subTest(output=output, reset=reset, kind="tcp"), harness.listening(socket.AF_INET, ("127.0.0.1", 0)) as server:
                    name = f"tcp://127.0.0.1:{server.getsockname()[1]}"
                    self.assert_peer_is_missed(server, name, reset, "analyze", "-", output, name, *more)

    def test_a_receiver_that_goes_away_without_tlss_goodbye(self):
        certificate, key = harness.make_certificate(self.dir)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        with harness.listening(socket.AF_INET, ("127.0.0.1", 0)) as plain, context.wrap_socket(plain, server_side=True) as server:
            name = f"tls://127.0.0.1:{server.getsockname()[1]}"
            self.assert_peer_is_missed(server, name, False, "analyze", "-", "--alerts-to", name, "--tls-ca", certificate)

    def test_sockets_that_go_away(self):
        """The server of generate closes: not all lines could be given. A writer that breaks off: what came is used."""
        with harness.listening(socket.AF_UNIX, self.path("s")) as server:
            process = self.start("generate", "--rate", 10000, "--speed", 0, "--to", f"unix:{self.path('s')}")
            peer, _ = server.accept()
            peer.recv(1000)
            peer.close()
            result = process.wait()
            self.assertEqual(1, result.code, str(result))
            self.assertEqual(1, result.message.count("\n"), str(result))
            self.assertIn("s: the peer closed the connection", result.message)
        port = harness.free_port()
        process = self.start("analyze", "-q", f"tcp-listen://:{port}", "--once", "--summary", self.path("summary"))
        peer = harness.connect(socket.AF_INET, ("127.0.0.1", port), process)
        peer.sendall(read(self.log) + b"half a li")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close() resets the connection
        self.wait_for(lambda: self.unsent(peer) == 0, "everything to arrive", process=process)
        peer.close()
        result = process.wait()
        self.assertIn(result.code, (0, 1), str(result))
        self.assertLessEqual(result.message.count("\n"), 2, str(result))

    @staticmethod
    def unsent(peer):
        return struct.unpack("i", fcntl.ioctl(peer, termios.TIOCOUTQ, bytes(4)))[0]

    def test_stdout_is_data_only(self):
        """Messages never get between the lines, however much is said."""
        result = self.run_ok("analyze", self.log, "-v", "-v")
        self.assertTrue(all(alert["type"] == "socklog.alert.v1" for alert in json_lines(result.out)))
        self.assertIn("\n", result.message)
        result = self.run_ok("analyze", self.log, "-v", "--alerts-to", self.path("a"))
        self.assertEqual(b"", result.out)
        result = self.run_ok("analyze", self.log, "--alerts-to", self.path("a"), "--windows-to", "-", "-v")
        self.assertTrue(all(window["type"] == "socklog.window.v1" for window in json_lines(result.out)))
        result = self.run_ok("generate", "--count", 100, "--speed", 0, "-v")
        self.assertEqual(100, result.out.count(b"\n"))

    def test_a_summary_on_redirected_stdout_keeps_what_is_there(self):
        out = self.write("out", "before\n")
        with open(out, "ab") as file:
            self.run_ok("analyze", "-q", self.log, "--alerts-to", self.path("a"), "--summary", "-", stdout=file)
        with open(out, "ab") as file:
            self.run_ok("thresholds", "-q", "-q", self.log, stdout=file)
        text = read(out)
        self.assertTrue(text.startswith(b"before\n{"), text[:200])
        self.assertIn(b"window = ", text)

    # Endpoints.

    def test_a_port_in_use(self):
        with harness.listening(socket.AF_INET, ("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            self.assert_fails(2, "in use", "analyze", f"tcp-listen://:{port}")
            self.assert_fails(2, "in use", "generate", "--to", f"tcp-listen://:{port}")
            self.assert_fails(2, "in use", "generate", "--host", "127.0.0.1", "--port", port)
        with harness.listening(socket.AF_UNIX, self.path("s")):
            self.assert_fails(2, "in use", "analyze", f"unix-listen:{self.path('s')}")
        self.assertTrue(self.path("s").exists())
        # Nobody listens there any more: it is taken over.
        process = self.start("analyze", "-v", f"unix-listen:{self.path('s')}", "--once")
        self.wait_for(lambda: b"listening" in process.err(), "listening", process=process)
        harness.connect(socket.AF_UNIX, self.path("s"), process).close()
        self.assertEqual(0, process.wait().code)
        self.assert_fails(2, "good.log", "analyze", f"unix-listen:{self.log}")
        self.assertGreater(len(read(self.log)), 1000, "a file is no socket to take over")

    def test_nobody_answers(self):
        port = harness.free_port()
        self.assert_fails(1, str(port), "analyze", f"tcp://127.0.0.1:{port}", "--connect-timeout", "200ms")
        self.assert_fails(1, "nowhere", "analyze", f"unix:{self.path('nowhere')}", "--connect-timeout", "200ms")
        self.assert_fails(1, str(port), "generate", "--to", f"tcp://127.0.0.1:{port}", "--connect-timeout", "200ms")
        result = self.run_any("analyze", "tcp://host.invalid:1", "--connect-timeout", "200ms")
        self.assertIn(result.code, (1, 2), str(result))
        self.assertIn("host.invalid", result.message)

    def test_two_streams_on_one_endpoint(self):
        a = self.path("a")
        for args in (("--alerts-to", a, "--windows-to", a), ("--windows-to", "-"), ("--alerts-to", "-", "--windows-to", "-"), ("--summary", "-"),
                     ("--alerts-to", a, "--alerts-to", a), ("--windows-to", a, "--summary", a), ("--invalid-requests", a, "--late-to", a),
                     ("--alerts-to", self.log), ("--summary", self.log), ("--alerts-to", a, "--windows-to", self.dir / "." / "a")):
            with self.subTest(args=args):
                before = read(self.log)
                result = self.run_any("analyze", self.log, *args)
                self.assertEqual(2, result.code, str(result))
                self.assertEqual(b"", result.out)
                self.assertEqual(before, read(self.log))
        self.assert_fails(2, "--summary", "thresholds", self.log, "--summary", "-")
        result = self.run_any("generate", "--count", 1, "--to", a, "--to", a)
        self.assertEqual(2, result.code, str(result))

    def test_bad_endpoints(self):
        for endpoint, word in (("ftp://x", "ftp"), ("tcp://x", "port"), ("tcp://:99999", "99999"), ("tcp-listn://:1", "tcp-listen"), ("unix:", "path"),
                               ("kafka://b/", "topic"), ("kafka://b:x/t", "port"), ("", "")):
            with self.subTest(endpoint=endpoint):
                result = self.run_any("analyze", "--from", endpoint)
                self.assertEqual(2, result.code, str(result))
                self.assertIn(word.lower(), result.message.lower())

    def test_tls_without_its_files(self):
        certificate, key = harness.make_certificate(self.dir)
        self.assert_fails(2, "--tls-cert", "analyze", "tls-listen://:1")
        self.assert_fails(2, "nokey", "analyze", "tls-listen://:1", "--tls-cert", certificate, "--tls-key", self.path("nokey"))
        key.chmod(0o644)
        self.assert_fails(2, "key.pem", "analyze", "tls-listen://:1", "--tls-cert", certificate, "--tls-key", key)

    # Trying what a configuration names.

    def probe(self, code, text):
        """The text is the section of analyze. Returns what is said of each endpoint, by the endpoint."""
        config = self.write("probe.toml", "connect_timeout = \"300ms\"\n[analyze]\n" + text)
        result = self.run_any("check-config", "--probe", config)
        self.assertEqual(code, result.code, str(result))
        lines = [line.split(": ", 1)[1] for line in (result.out.decode() + result.message).splitlines() if "warning" not in line]
        return dict(line.removeprefix("error: ").split(": ", 1) for line in lines if not line.startswith("ok, a configuration"))

    def test_probe_files(self):
        good, new, state = self.log, self.path("new"), self.path("state")
        said = self.probe(0, f'from = "{good}"\nalerts_to = "{new}"\nsummary = "{new}.json"\nstate = "{state}"\nlate_to = "-"')
        self.assertEqual({str(good): "ok, can be read", str(new): "ok, can be made", f"{new}.json": "ok, can be made", str(state): "ok, can be made"}, said)
        self.assertEqual("ok, can be made", self.probe(0, f'from = "{good}"\nstate = "{state}//"\nalerts_to = "{new}"')[f"{state}//"])
        self.assertEqual("ok, can be written", self.probe(0, f'from = "{good}"\nstate = "{self.dir}/"\nalerts_to = "{new}"')[f"{self.dir}/"])
        self.assertEqual({"good.log", "probe.toml"}, {path.name for path in self.dir.iterdir()}, "nothing is written")
        said = self.probe(2, f'from = "{new}"\nalerts_to = ["{good}/x", "{self.dir}"]\nstate = "{good}"')
        self.assertIn("is no directory", said[str(good)])
        self.assertIn("No such file", said[str(new)])
        self.assertIn("Not a directory", said[f"{good}/x"])
        self.assertIn("is a directory", said[str(self.dir)])

    def test_probe_sockets(self):
        there, nobody = self.path("there"), self.path("nobody")
        closed, free = harness.free_port(), harness.free_port()
        local = ("127.0.0.1", 0)
        with harness.listening(socket.AF_UNIX, there) as unix, harness.listening(socket.AF_INET, local) as tcp, \
                harness.listening(socket.AF_INET, local) as other:
            port, taken = tcp.getsockname()[1], other.getsockname()[1]
            said = self.probe(2, f'from = ["tcp://127.0.0.1:{port}", "tcp://127.0.0.1:{closed}", "tcp-listen://:{free}", "unix-listen:{nobody}"]\n'
                              f'alerts_to = ["unix:{there}", "unix:{nobody}x", "tcp-listen://:{taken}"]\n')
            for server in (unix, tcp):
                with server.accept()[0] as peer:
                    self.assertEqual(b"", peer.recv(1))
        for good, what in ((f"tcp://127.0.0.1:{port}", "connected"), (f"unix:{there}", "connected"), (f"tcp-listen://:{free}", "can listen"),
                           (f"unix-listen:{nobody}", "can listen")):
            self.assertEqual(f"ok, {what}", said[good])
        for bad, why in ((f"tcp://127.0.0.1:{closed}", "refused; start it"), (f"unix:{nobody}x", "No such file or directory; start it"),
                         (f"tcp-listen://:{taken}", "in use by another program; stop it")):
            self.assertIn(why, said[bad])
        self.assertFalse(nobody.exists())

    def test_probe_tls(self):
        certificate, key = harness.make_certificate(self.dir)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        listening = f"tls-listen://:{harness.free_port()}"
        with harness.listening(socket.AF_INET, ("127.0.0.1", 0)) as plain, context.wrap_socket(plain, server_side=True) as server:
            name = f"tls://localhost:{server.getsockname()[1]}"

            def serve():
                with server.accept()[0] as peer:
                    self.assertEqual(b"", peer.recv(1), "a goodbye, not a cut")

            join = harness.in_thread(serve)
            said = self.probe(0, f'alerts_to = "{name}"\nfrom = "{listening}"\ntls_ca = "{certificate}"\ntls_cert = "{certificate}"\ntls_key = "{key}"')
            join()
            self.assertEqual({name: "ok, connected; its certificate ends in 1 day", listening: "ok, can listen; its certificate ends in 1 day"}, said)
            # The system's authorities do not know it.
            join = harness.in_thread(lambda: self.assertRaises(ssl.SSLError, server.accept))
            said = self.probe(2, f'alerts_to = "{name}"')
            join()
            self.assertIn("the peer's certificate is not accepted", said[name])
            self.assertIn("--tls-ca", said[name])
        # A server that wants a certificate, and says only after the handshake that it does not accept what it got.
        other = self.path("other")
        other.mkdir()
        wrong, wrong_key = harness.make_certificate(other)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificate)
        with harness.listening(socket.AF_INET, ("127.0.0.1", 0)) as plain, context.wrap_socket(plain, server_side=True) as server:
            name = f"tls://localhost:{server.getsockname()[1]}"
            trust = f'alerts_to = "{name}"\ntls_ca = "{certificate}"\n'
            join = harness.in_thread(serve)
            said = self.probe(0, f'{trust}tls_cert = "{certificate}"\ntls_key = "{key}"')
            join()
            self.assertEqual("ok, connected; its certificate ends in 1 day", said[name])
            for given in ("", f'tls_cert = "{wrong}"\ntls_key = "{wrong_key}"'):
                join = harness.in_thread(lambda: self.assertRaises(ssl.SSLError, server.accept))
                said = self.probe(2, trust + given)
                join()
                self.assertIn("was ended right after the handshake: ", said[name])
                self.assertIn("give a certificate that the peer accepts with --tls-cert", said[name])
        with harness.listening(socket.AF_INET, ("127.0.0.1", 0)) as silent:
            name = f"tls://localhost:{silent.getsockname()[1]}"
            self.assertIn("cannot connect: no answer (tried for 300ms)", self.probe(2, f'alerts_to = "{name}"')[name])

    # Wrong usage.

    def test_unknown_words(self):
        for args, word in ((("analize",), "analyze"), (("analyze", "--windw", "10s", self.log), "--window"), (("analyze", "--metrics", "eror_rate", self.log), "error_rate"),
                           (("analyze", "--threshold", "error_rat=1", self.log), "error_rate"), (("analyze", "--threshold", "error_rate", self.log), "error_rate"),
                           (("analyze", "--log-format", "combind", self.log), "combined"), (("analyze", "--log-format", "%h %l %Y", self.log), "%Y"),
                           (("analyze", "--log-format", "regex:(?P<time>.*", self.log), "regex"), (("analyze", "--window", "10 parsecs", self.log), "parsecs"),
                           (("analyze", "--window", "-1s", self.log), "window"), (("analyze", "--tz", "Mars/Phobos", self.log), "Mars"),
                           (("generate", "--error-users", "130"), "error-users"), (("generate", "--error-status", "999"), "999"),
                           (("generate", "--incident", "error-brust at=1h"), "error-burst"), (("generate", "--rate", "0"), "rate"),
                           (("thresholds", "--budget", "200%", self.log), "budget"), (("analyze", "--color", "mauve", self.log), "color"), (("analyze", "--window",), "--window"),
                           (("generate", "unexpected"), "unexpected"), (("--frobnicate",), "--frobnicate"), (("analyze", "--window=", self.log), "window"),
                           (("analyze", "--max-memory", "1", self.log), "max-memory"), (("analyze", "-j", "many", self.log), "many")):
            with self.subTest(args=args):
                result = self.run_any(*args)
                self.assertEqual(2, result.code, str(result))
                self.assertIn(word, result.message)
                self.assertEqual(b"", result.out)
                self.assertLessEqual(result.message.count("\n"), 2, str(result))

    def test_two_mistakes_in_one_file(self):
        bad = self.write("bad.toml", 'window = "10 parsecs"\n[analyze.threshold]\nerror_rat = 1\n')
        for args in (("check-config", bad), ("analyze", "--config", bad, self.log)):
            result = self.run_any(*args)
            self.assertEqual(2, result.code, str(result))
            self.assertIn("bad.toml:1:10", result.message)
            self.assertIn("bad.toml:3:1", result.message)
            self.assertIn("error_rate", result.message)
            self.assertEqual(2, result.message.count("bad.toml:"), str(result))

    def test_broken_toml(self):
        for text, place in (("window = \n", ":1:"), ("[analyze\n", ":1:"), ("a = 1\na = 2\n", ":2:"), ("window = 10\n", ":1:"), ("\0", ":1:"), ("x = \"\xff\"", ":1:"),
                            ("[[analyze]]\n", ":1:"), ("windows = \"10s\"\n", ":1:"), ("window = \"10s\"\nwindow = \"10s\"", ":2:")):
            with self.subTest(text=text):
                file = self.path("c.toml")
                file.write_bytes(text.encode("latin-1"))
                result = self.run_any("check-config", file)
                self.assertEqual(2, result.code, str(result))
                self.assertIn("c.toml" + place, result.message)

    # Exit codes.

    def test_fail_on_alert(self):
        bad = self.write("bad.log", text_of([combined(T0 + n // 10, 500) for n in range(100)]))
        fine = self.write("fine.log", text_of([combined(T0 + n // 10) for n in range(100)]))
        self.assertEqual(3, self.run_any("analyze", "-q", bad, "--fail-on-alert").code)
        self.assertEqual(0, self.run_any("analyze", "-q", bad).code)
        self.assertEqual(0, self.run_any("analyze", "-q", fine, "--fail-on-alert").code)
        self.assertEqual(3, self.run_any("analyze", "-q", "--fail-on-alert", data=read(bad)).code)

    def test_signals_end_with_zero(self):
        for number in (harness.SIGTERM, 2):
            process = self.start("analyze", self.log, "--follow", "--alerts-to", self.path("a"))
            self.wait_for(lambda process=process: b"combined" in process.err(), "the format's choice", process=process)
            process.signal(number)
            self.assertEqual(0, process.wait().code)
        process = self.start("generate", "--rate", 1000)
        self.wait_for(lambda: process.out().count(b"\n") > 10, "lines", process=process)
        process.signal(harness.SIGTERM)
        result = process.wait()
        self.assertEqual(0, result.code)
        self.assertTrue(result.out.endswith(b"\n"))

    def test_quiet(self):
        for args in (("analyze", self.log), ("thresholds", self.log), ("generate", "--count", 5, "--speed", 0)):
            result = self.run_ok(*args, "-q", "-q")
            self.assertEqual("", result.message, str(result))
        # Errors are told all the same.
        self.assert_fails(2, "No such file", "analyze", "-q", "-q", self.path("missing"))

    def test_usage(self):
        for args in ((), ("check-config",)):
            result = self.run_any(*args)
            self.assertEqual(2, result.code)
            self.assertIn("Usage: socklog", result.message)
            self.assertEqual(b"", result.out)
        for command in ("", "generate", "analyze", "thresholds", "check-config"):
            for flag in ("--help", "-h"):
                result = self.run_ok(*([command] if command else []), flag)
                self.assertIn(b"Usage: socklog", result.out)
                self.assertEqual("", result.message)


class Terminal(harness.Case):
    """What people see: tables, colours, progress, usage."""

    def setUp(self):
        super().setUp()
        self.log = self.write("good.log", text_of(shop_lines(1, T0, 300, 20)))

    def on_terminal(self, *args, stdin=False, stdout=True, stderr=False, **env):
        """Runs with a terminal as the given streams. Returns exit code, what the terminal got, and stderr."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
        with tempfile.TemporaryFile(dir=self.dir) as plain:
            process = subprocess.Popen([SOCKLOG, *map(str, args)], stdin=slave if stdin else subprocess.DEVNULL, stdout=slave if stdout else plain,
                                       stderr=slave if stderr else plain, env={**clean, "TERM": "xterm", **env})
            os.close(slave)
            self.addCleanup(self.end, process)
            got = b""
            try:
                while data := os.read(master, 65536):
                    got += data
            except OSError:
                pass  # the other side is closed
            os.close(master)
            code = process.wait(harness.PATIENCE)
            plain.seek(0)
            return code, got.decode(), plain.read().decode()

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
            process.wait()

    def test_no_input_and_a_terminal_is_usage(self):
        for command in ("analyze", "thresholds"):
            code, _, message = self.on_terminal(command, stdin=True, stdout=False)
            self.assertEqual(2, code)
            self.assertIn(f"Usage: socklog {command}", message)

    def test_a_table_on_a_terminal_and_json_in_a_pipe(self):
        code, table, _ = self.on_terminal("analyze", "-q", self.log)
        self.assertEqual(0, code)
        self.assertNotIn("{", table)
        self.assertIn("error_rate", table)
        self.assertRegex(table, r"firing")
        _, forced, _ = self.on_terminal("analyze", "-q", self.log, "--output", "json")
        piped = self.run_ok("analyze", "-q", self.log)
        self.assertEqual(piped.out.decode().splitlines(), forced.splitlines())
        plain = self.run_ok("analyze", "-q", self.log, "--output", "text")
        self.assertEqual(len(piped.out.splitlines()), len([line for line in plain.out.splitlines() if b"firing" in line or b"resolved" in line]))

    def test_colours(self):
        def coloured(*args, **env):
            return "\x1b[" in self.on_terminal("analyze", "-q", self.log, *args, **env)[1]

        self.assertTrue(coloured())
        self.assertFalse(coloured(NO_COLOR="1"))
        self.assertTrue(coloured(NO_COLOR=""))
        self.assertFalse(coloured("--color", "never"))
        self.assertTrue(coloured("--color", "always", NO_COLOR="1"))
        self.assertFalse(coloured(TERM="dumb"))
        self.assertNotIn(b"\x1b[", self.run_ok("analyze", "-q", self.log, "--output", "text").out)
        self.assertIn(b"\x1b[", self.run_ok("analyze", "-q", self.log, "--output", "text", "--color", "always").out)
        self.assertNotIn(b"\x1b[", self.run_ok("analyze", "-q", self.log, "--color", "always").out, "JSON has no colours")

    def test_quiet_on_a_terminal(self):
        _, seen, _ = self.on_terminal("analyze", "-q", "-q", self.log, "--alerts-to", self.path("a"), stderr=True)
        self.assertEqual("", seen)

    def test_progress_goes_to_a_terminal_only(self):
        result = self.run_ok("analyze", self.log)
        self.assertNotIn("\r", result.message)
        log = self.generate("big.log", "--rate", 1000, "--count", 400000)
        _, seen, _ = self.on_terminal("analyze", log, "--alerts-to", self.path("a"), "-j", 1, stderr=True, stdout=False)
        _, silent, _ = self.on_terminal("analyze", log, "--alerts-to", self.path("a"), "--no-progress", stderr=True, stdout=False)
        self.assertNotIn("\r\x1b[K", silent)
        self.assertTrue(re.sub(r"\r\x1b\[K[^\n]*?(?=\r|$)", "", seen))

    def test_terminal_safe_table(self):
        lines = [combined(T0 + n // 10, 500, "/@", "@").replace("@", "\x1b[31mred\x07") for n in range(100)]
        _, table, _ = self.on_terminal("analyze", "-q", self.write("x.log", text_of(lines)), "--color", "never")
        self.assertNotIn("\x1b", table)
        self.assertNotIn("\x07", table)


if __name__ == "__main__":
    sys.exit(harness.main())
