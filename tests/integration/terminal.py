#!/usr/bin/env python3
"""What people see on a terminal: tables, colours, progress, usage."""
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
import unittest

import harness
from harness import SOCKLOG, T0, combined, read, text_of


class Terminal(harness.ShopCase):

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
