#!/usr/bin/env python3
"""How many instructions one line costs, counted by valgrind and compared with what is written in instructions.json: time can be measured only
on a quiet machine, instructions on every one.

    instructions.py           exit 1 if a count has changed by more than 3 %; 77 if nothing can be compared, and why
    instructions.py --renew   writes the counts of this build into instructions.json

The counts of two sizes of the same log are subtracted, so that what a run costs whatever it reads drops out. They depend on the compiler
and the libraries of its distribution, so there is an entry for each. Valgrind does not know AVX-512: what the program chooses by the
processor is its AVX2 path, on every machine that has that.

Environment, set by ctest: SOCKLOG, SOCKLOG_COMPILER (x86_64-gnu-12), SOCKLOG_OPTIMISED and SOCKLOG_SANITIZE (empty: no).
"""
import concurrent.futures
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

SOCKLOG = os.environ.get("SOCKLOG", "socklog")
COMPILER = os.environ.get("SOCKLOG_COMPILER", "")
FILE = pathlib.Path(__file__).with_suffix(".json")
TOLERANCE = 0.03
SKIPPED = 77

# Whole windows of ten seconds, several times as many keys as one has.
FEW, MANY = 20_000, 60_000
GENERATE = ["generate", "-q", "--speed", "0", "--seed", "1", "--start", "2026-01-01T00:00:00Z", "--rate", "1000", "--urls", "5000", "--users", "5000",
            "--clients", "5000"]
PASTED = '%v %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D'
FORMATS = {"combined": "combined", "caddy": "caddy", "nginx-json": "nginx-json", "pasted": PASTED}


def reason_to_skip():
    if os.environ.get("SOCKLOG_SANITIZE"):
        return "the build is sanitized"
    if not os.environ.get("SOCKLOG_OPTIMISED"):
        return "the build is not optimised; .ci/run has one that is"
    if not shutil.which("valgrind"):
        return "there is no valgrind; apt-get install valgrind"
    if platform.machine() == "x86_64" and " avx2 " not in pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace"):
        return "this processor has no AVX2, so another path would be counted"
    return ""


def count(arguments):
    """Instructions of one run."""
    command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", SOCKLOG, *arguments]
    result = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    found = re.search(r"I +refs: +([\d,]+)", result.stderr)
    if result.returncode or not found:
        sys.exit(f"instructions: {' '.join(command)}: exit code {result.returncode}: {result.stderr[-2000:]}")
    return int(found.group(1).replace(",", ""))


def runs(directory):
    """{(what, lines): arguments}."""
    found = {}
    for lines in (FEW, MANY):
        found["generate", lines] = [*GENERATE, "--count", str(lines)]
        for name, log_format in FORMATS.items():
            log = str(directory / f"{name}{lines}")
            subprocess.run([SOCKLOG, *GENERATE, "--count", str(lines), "--log-format", log_format, "--to", log], check=True)
            found[f"analyze {name}", lines] = ["analyze", "-q", "-j1", "--log-format", log_format, log]
    return found


def measure():
    with tempfile.TemporaryDirectory() as directory, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        to_run = runs(pathlib.Path(directory))
        counts = dict(zip(to_run, pool.map(count, to_run.values())))
    return {what: round((counts[what, MANY] - counts[what, FEW]) / (MANY - FEW)) for what, lines in to_run if lines == FEW}


def differences(expected, measured):
    for what in sorted(expected.keys() | measured.keys()):
        was, now = expected.get(what), measured.get(what)
        if was is None or now is None:
            yield f"{what}: {was} then, {now} now"
        elif abs(now - was) > TOLERANCE * was:
            yield f"{what}: {now} instructions a line, not {was} ({now / was - 1:+.1%})"


def main():
    if why := reason_to_skip():
        print(f"instructions: NOT COMPARED: {why}")
        return SKIPPED
    known = json.loads(FILE.read_text(encoding="utf-8"))
    if "--renew" in sys.argv[1:]:
        known[COMPILER] = measure()
        FILE.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        print(f"instructions: written to {FILE}: {known[COMPILER]}")
        return 0
    renew = "cmake --build BUILD_DIRECTORY --target renew_instructions"
    if COMPILER not in known:
        print(f"instructions: NOT COMPARED: {FILE.name} has no entry for {COMPILER}; {renew} makes one")
        return SKIPPED
    measured = measure()
    print(f"instructions a line: {measured}")
    changed = list(differences(known[COMPILER], measured))
    for line in changed:
        print(line)
    if changed:
        print(f"If the change is meant, more or fewer: {renew}, and commit {FILE.name}.")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
