#!/usr/bin/env python3
"""Faults that were found in real processes once, and must not come back."""
import os
import pathlib
import resource
import socket
import ssl
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))
import harness  # noqa: E402
from harness import SIGTERM, T0, json_lines, read, shop_lines, text_of  # noqa: E402


class Processes(harness.Case):

    def setUp(self):
        super().setUp()
        self.log = self.write("shop.log", text_of(shop_lines(1, T0, 300, 20)))

    def run_closed(self, numbers, *args):
        """Runs socklog with these descriptors closed. A shell closes them, since the harness needs them open until then."""
        script = 'exec "$@" ' + " ".join(f"{number}>&-" for number in numbers)
        return self.run_any(*args, prefix=("/bin/sh", "-c", script, "sh"))

    def test_closed_standard_descriptors(self):
        # Another file got the number of the closed one: stdin never ended, and messages went into what was opened.
        result = self.run_closed([0], "analyze", "-")
        self.assertEqual((2, "socklog analyze: stdin is closed; give an input\n"), (result.code, result.message))
        result = self.run_closed([1], "analyze", "-q", self.log)
        self.assertEqual((2, "socklog analyze: stdout: is closed; give another output\n"), (result.code, result.message))
        alerts, windows = self.path("alerts"), self.path("windows")
        result = self.run_closed([0, 1, 2], "analyze", "-v", self.log, "--alerts-to", alerts, "--windows-to", windows)
        self.assertEqual(0, result.code, str(result))
        self.assertTrue(json_lines(alerts))
        self.assertTrue(json_lines(windows))

    def test_limit_on_the_size_of_files(self):
        # SIGXFSZ ended the process without a word.
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

        result = self.run_any("analyze", "-q", self.log, "--alerts-to", self.path("a"), "--windows-to", self.path("w"), preexec_fn=limit)
        self.assertEqual(1, result.code, str(result))
        self.assertIn("File too large", result.message)
        self.assertEqual(1, result.message.count("\n"), str(result))

    def test_one_signal_that_comes_twice(self):
        # timeout(1) signals the process and its group; the second ended the process before anything was written.
        for _ in range(20):
            summary, windows = self.path("summary"), self.path("windows")
            for path in (summary, windows):
                path.unlink(missing_ok=True)
            process = self.start("analyze", "-q", "--follow", self.log, "--alerts-to", os.devnull, "--windows-to", windows, "--summary", summary)
            self.wait_for(lambda path=windows: read(path), "windows", process=process)
            process.signal(SIGTERM)
            process.signal(SIGTERM)
            result = process.wait()
            self.assertEqual(0, result.code, str(result))
            self.assertTrue(json_lines(summary))

    def stop_while_it_reads_its_configuration(self, *args):
        """The process is at its very beginning then, and will stay there until the file has ended."""
        config = self.path("c.toml")
        os.mkfifo(config)
        process = self.start(*args, config)

        def begin_to_write():
            try:
                return os.fdopen(os.open(config, os.O_WRONLY | os.O_NONBLOCK), "wb")
            except OSError:
                return None  # nobody reads it yet

        with self.wait_for(begin_to_write, "reader", process=process):
            process.signal(SIGTERM)
            self.wait_for(lambda: not self.pending(process, SIGTERM), "delivery", process=process)
        config.unlink()
        return process.wait()

    @staticmethod
    def pending(process, number):
        status = read(f"/proc/{process.pid}/status").decode()
        masks = [int(line.split()[1], 16) for line in status.splitlines() if line.startswith(("SigPnd:", "ShdPnd:"))]
        return any(mask >> (number - 1) & 1 for mask in masks)

    def test_a_signal_that_comes_first_of_all(self):
        # It ended the process with 143, whoever had started it, until the job had begun.
        summary = self.path("summary")
        result = self.stop_while_it_reads_its_configuration("analyze", "-q", self.log, "--alerts-to", self.path("a"), "--summary", summary, "--config")
        self.assertEqual((0, ""), (result.code, result.message))
        self.assertEqual(0, json_lines(summary)[0]["lines"])
        result = self.stop_while_it_reads_its_configuration("generate", "-q", "--rate", 1000, "--config")
        self.assertEqual((0, ""), (result.code, result.message))
        result = self.stop_while_it_reads_its_configuration("thresholds", "-q", "-q", self.log, "--config")
        self.assertEqual((0, ""), (result.code, result.message))
        # Nothing is lost of a check, and nobody wants to wait for it.
        self.assertEqual(-SIGTERM, self.stop_while_it_reads_its_configuration("check-config").code)

    def test_a_signal_while_many_windows_close(self):
        # It was seen only when the last of them had closed, minutes later.
        log = self.write("gap.log", text_of([harness.combined(T0 + gap + n) for gap in (0, 86400) for n in range(200)]))

        def args(name):
            return ("analyze", "-q", "--state", self.path(f"{name}.state"), "--window", "1d", "--slide", "1s",
                    "--metrics", "error_rate", log, "--alerts-to", self.path(f"{name}.alerts"), "--windows-to", self.path(f"{name}.windows"))

        self.run_ok(*args("whole"))
        process = self.start(*args("stopped"))
        self.wait_for(lambda: read(self.path("stopped.windows")), "windows", process=process)
        process.signal(SIGTERM)
        self.assertEqual(0, process.wait().code)
        whole, stopped = read(self.path("whole.windows")), read(self.path("stopped.windows"))
        self.assertLess(len(stopped), len(whole))
        self.assertTrue(whole.startswith(stopped) and stopped.endswith(b"\n"))
        self.run_ok(*args("stopped"))
        self.assertEqual(whole, read(self.path("stopped.windows")))

    def test_a_file_option_is_no_endpoint(self):
        # The job took it for a socket that no check had seen.
        noise = self.write("noise.log", "noise\n")
        self.run_ok("analyze", "-q", noise, "--invalid-requests", "unix:name", cwd=self.dir)
        self.assertEqual(b"noise\n", read(self.path("unix:name")))

    def test_a_report_to_an_open_descriptor(self):
        # The file behind it was replaced.
        file = self.write("reports", "before\n")
        self.run_ok("analyze", "-q", self.log, "--summary", "/dev/fd/3", prefix=("/bin/sh", "-c", f'exec "$@" 3>>{file}', "sh"))
        before, report = read(file).splitlines()
        self.assertEqual(b"before", before)
        self.assertTrue(report.startswith(b"{"))

    def test_a_client_that_breaks_tls(self):
        # It ended the run, for everybody.
        certificate, key = harness.make_certificate(self.dir)
        context = ssl.create_default_context(cafile=certificate)
        address, windows = ("127.0.0.1", harness.free_port()), self.path("windows")
        process = self.start("analyze", "-q", f"tls-listen://:{address[1]}", "--tls-cert", certificate, "--tls-key", key,
                             "--alerts-to", os.devnull, "--windows-to", windows)

        def connect():
            return context.wrap_socket(harness.connect(socket.AF_INET, address, process), server_hostname="localhost")

        with connect() as broken:
            os.write(broken.fileno(), b"this is no record of TLS")
            self.wait_for(lambda: b"warning: tls client 127.0.0.1:" in process.err(), "warning", process=process)
        with connect() as peer:
            peer.sendall(read(self.log))
            peer.unwrap()
        self.wait_for(lambda: read(windows), "windows", process=process)
        process.signal(SIGTERM)
        result = process.wait()
        self.assertEqual((0, 1), (result.code, result.message.count("\n")), str(result))

    def test_stdin_is_not_stdout(self):
        # A path that names stdout was taken for the input.
        result = self.run_ok("analyze", "-q", "-", "--alerts-to", os.devnull, "--windows-to", "/dev/stdout", data=read(self.log))
        self.assertTrue(json_lines(result.out))


if __name__ == "__main__":
    unittest.main(verbosity=2)
