#!/usr/bin/env python3
"""Faults that were found in real processes once, and must not come back."""
import os
import pathlib
import resource
import sys
import time
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
            time.sleep(0.001)
            process.signal(SIGTERM)
            result = process.wait()
            self.assertEqual(0, result.code, str(result))
            self.assertTrue(json_lines(summary))

    def test_stdin_is_not_stdout(self):
        # A path that names stdout was taken for the input.
        result = self.run_ok("analyze", "-q", "-", "--alerts-to", os.devnull, "--windows-to", "/dev/stdout", data=read(self.log))
        self.assertTrue(json_lines(result.out))


if __name__ == "__main__":
    unittest.main(verbosity=2)
