#!/usr/bin/env python3
"""Outputs that fail or whose readers go away, and that stdout carries data only."""
import contextlib
import fcntl
import os
import pathlib
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import termios
import unittest

import harness
from harness import T0, json_lines, read, shop_lines, text_of

ROOT = os.geteuid() == 0
FULL = pathlib.Path("/dev/full")


class Outputs(harness.ShopCase):

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


if __name__ == "__main__":
    sys.exit(harness.main())
