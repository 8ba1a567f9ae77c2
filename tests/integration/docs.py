#!/usr/bin/env python3
"""Runs what README.md and docs/*.md tell the reader to type: the blocks marked as sh or console, in their order, a directory for each page.

An HTML comment on the line before a block changes that:
    <!-- not run: WHY -->    it is left out, and says why
    <!-- test: ... -->       another test runs it (adding_a_metric.py)
    <!-- exact -->           what a console block shows is compared byte for byte with what comes out
    <!-- lines -->           each line of a sh block is a command of its own; one that goes on is stopped after a while
    <!-- setup ... -->       anywhere: commands of the lines between, run before the page's first block, that the reader does not see
Each page finds the executable on its PATH, and a log to try things on: access.log, and access.log.gz. The directories /etc and /var/lib are
replaced by some in the page's own directory, and commands in its bin/ are found.
"""
import gzip
import os
import pathlib
import re
import shutil
import subprocess

import harness

SOURCE = pathlib.Path(os.environ.get("SOCKLOG_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
BLOCK = re.compile(r"^(?:<!--[ ]*(?P<comment>[^\n]*?)[ ]*-->\n+)?```(?P<language>sh|console)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
SETUP = re.compile(r"^<!-- setup\n(.*?)^-->$", re.MULTILINE | re.DOTALL)
OPT_OUT = re.compile(r"not run: \S.{10,}")


# How long a command that goes on until it is stopped may show that it fails.
LISTEN = 2
STOPPED = 128 + harness.SIGTERM


def commands_of(language, body, by_lines):
    """(command, shown output) of each command; a sh block is one command."""
    if language == "sh":
        return [(line, "") for line in body.splitlines()] if by_lines else [(body, "")]
    commands = []
    for line in body.splitlines():
        if line.startswith("$ "):
            commands.append([line[2:], ""])
        elif line.startswith("> ") and commands and not commands[-1][1]:
            commands[-1][0] += "\n" + line[2:]
        elif commands and commands[-1][0].endswith("\\") and not commands[-1][1]:
            commands[-1][0] += "\n" + line
        elif commands:
            commands[-1][1] += line + "\n"
        else:
            raise ValueError(f"a console block must begin with '$ ', not with {line!r}")
    return [tuple(command) for command in commands]


class Docs(harness.Case):

    def run_command(self, command, place, stop=False):
        shim = self.path("bin")
        if not shim.exists():
            shim.mkdir()
            (shim / "socklog").symlink_to(harness.SOCKLOG)
        work = self.path("work")
        if not work.exists():
            for directory in ("bin", "etc", "var/lib"):
                (work / directory).mkdir(parents=True)
            self.run_ok("generate", "--rate", 20, "--duration", "10m", "--speed", 0, "--seed", 1, "--start", "2026-01-01T00:00:00Z", "--to",
                        work / "access.log")
            (work / "access.log.gz").write_bytes(gzip.compress((work / "access.log").read_bytes()))
        environment = {**os.environ, "PATH": f"{shim}:{work}/bin:{os.environ['PATH']}", "HOME": str(work)}
        command = command.replace("/etc/", f"{work}/etc/").replace("/var/lib/", f"{work}/var/lib/")
        # A session of its own, so that what it leaves running ends with it.
        process = subprocess.Popen(["bash", "-eo", "pipefail", "-c", command], cwd=work, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, env=environment, start_new_session=True)
        try:
            output, _ = process.communicate(timeout=LISTEN if stop else harness.PATIENCE)
        except subprocess.TimeoutExpired:
            if not stop:
                self.fail(f"{place}: does not end:\n{command}")
            end_session(process)
            output, _ = process.communicate(timeout=harness.PATIENCE)
        finally:
            end_session(process)
        self.assertIn(process.returncode, (0, STOPPED, -harness.SIGTERM) if stop else (0,), f"{place}: exit {process.returncode} of\n{command}\n{output.decode(errors='replace')}")
        return output.decode()

    def run_page(self, text, name):
        """Returns the number of commands run."""
        count = 0
        for setup in SETUP.findall(text):
            self.run_command(setup, f"{name}: setup")
        for block in BLOCK.finditer(text):
            comment = block["comment"] or ""
            if OPT_OUT.match(comment) or comment.startswith("test: "):
                continue
            place = f"{name}:{text.count(chr(10), 0, block.start('body')) + 1}"
            with self.subTest(place=place):
                by_lines = comment == "lines"
                for command, shown in commands_of(block["language"], block["body"], by_lines):
                    output = self.run_command(command, place, stop=by_lines)
                    count += 1
                    if comment == "exact":
                        self.assertEqual(shown, output, place)
        return count

    def test_pages(self):
        for page in [SOURCE / "README.md", *sorted((SOURCE / "docs").glob("*.md"))]:
            if not page.exists():
                continue
            shutil.rmtree(self.path("work"), ignore_errors=True)
            self.run_page(page.read_text(), page.relative_to(SOURCE))

    def test_the_runner_itself(self):
        page = "<!-- setup\necho hidden > given\n-->\nText.\n\n```console\n$ cat \\\n  given\nanything\n```\n<!-- exact -->\n```console\n$ cat given\nhidden\n```\n"
        self.assertEqual(2, self.run_page(page, "page"))
        self.assertEqual(1, self.run_page("```sh\nsocklog --version | grep socklog\n```\n", "page"))
        self.assertEqual(2, self.run_page("<!-- lines -->\n```sh\nsleep 1000 | cat\ntrue\n```\n", "page"))
        self.assertEqual(0, self.run_page("<!-- not run: it would reformat your disk -->\n```sh\nfalse\n```\n", "page"))
        self.assertEqual(0, self.run_page("```cpp\nfalse\n```\n", "page"))
        for wrong in ("```sh\nfalse\n```\n", "<!-- not run: -->\n```sh\nfalse\n```\n", "```sh\nfalse | cat\n```\n", "<!-- remark -->\n\n```sh\nfalse\n```\n", "<!-- lines -->\n```sh\ntrue\nfalse\n```\n",
                      "<!-- exact -->\n```console\n$ echo a\nb\n```\n", "```console\n$ true\n$ no-such-command\n```\n"):
            failed = Inner(wrong).run()
            self.assertEqual(1, len(failed.failures), wrong)


class Inner(Docs):
    """Runs one page, to see it fail."""

    def __init__(self, page):
        super().__init__("check")
        self.page = page

    def check(self):
        self.run_page(self.page, "page")

    test_pages = test_the_runner_itself = None


def end_session(process):
    for member in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if int((member / "stat").read_text().rpartition(")")[2].split()[3]) == process.pid:
                os.kill(int(member.name), harness.SIGTERM)
        except (OSError, ValueError):
            pass  # it has ended


if __name__ == "__main__":
    harness.main()
