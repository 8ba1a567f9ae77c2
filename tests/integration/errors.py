#!/usr/bin/env python3
"""What goes wrong with inputs and usage is said in one clear line on stderr, with the exit code that was promised."""
import os
import shutil
import subprocess
import sys
import unittest

import harness
from harness import SOCKLOG, T0, combined, read, text_of

ROOT = os.geteuid() == 0
NOBODY = 65534


class Errors(harness.ShopCase):

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


if __name__ == "__main__":
    sys.exit(harness.main())
