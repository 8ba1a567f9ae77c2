#!/usr/bin/env python3
"""Times socklog and what else is installed on the same logs, and writes the page of docs that tells of it. Started by scripts/bench."""
import argparse
import pathlib
import random
import socket
import subprocess
import sys

import figures
import inputs
import measure
import peers
import report

ROOT = pathlib.Path(__file__).resolve().parents[1]
LINES, ROUNDS = 5_000_000, 5  # of the page in docs


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--lines", type=int, default=LINES, help=f"lines of the logs ({LINES})")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how often everything is measured, in turn ({ROUNDS})")
    parser.add_argument("--distinct", type=int, help="lines of the log without any two equal URLs (twice --lines)")
    parser.add_argument("--directory", type=pathlib.Path, default=ROOT / "build/bench", help="where the logs are made (build/bench)")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release", help="where socklog was built (build/release)")
    parser.add_argument("--output", type=pathlib.Path, help="where benchmarks.md and benchmarks.svg go (docs; beside the logs if less is measured)")
    parser.add_argument("--only", default="", help="measure only cases whose name contains this, and write no page")
    parser.add_argument("--dry-run", action="store_true", help="make the logs, compare what the programs count, and list what would be measured")
    arguments = parser.parse_args()
    arguments.distinct = arguments.distinct or 2 * arguments.lines
    everything = arguments.lines >= LINES and arguments.rounds >= ROUNDS
    arguments.output = arguments.output or (ROOT / "docs" if everything else arguments.directory)
    return arguments


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def warm(logs, case):
    """Reads the files that a case names, so that it is not the one to fetch them from the disk, or, on a virtual machine, from where the host
    has put memory that nobody touched for a while: that took as long as all the rest of a run."""
    named = case.shown() + " ".join(map(str, case.feed))
    for path in sorted(logs.directory.iterdir()):
        if str(path) in named:
            logs.warm(path)


def measure_all(cases, rounds, logs):
    """{name: samples of all rounds}. In each round every case has its turn, so that a change of the machine's pace hits all of them; in another
    order each time, since what ran before leaves its marks."""
    samples = {case.name: [] for case in cases}
    for number in range(rounds):
        for case in random.Random(number).sample(cases, len(cases)):
            warm(logs, case)
            sample = measure.run(case, logs.directory / "output")
            samples[case.name].append(sample)
            print(f"{number + 1}/{rounds} {case.name:32} {sample.wall:9.3f} s  {sample.cpu:9.3f} s of CPU  {report.megabytes(sample.peak)}", flush=True)
    return samples


def main():
    arguments = parse_arguments()
    socklog = str(arguments.build / "socklog")
    directory = arguments.directory.resolve()
    for peer in peers.ALL:
        if not peer.path():
            print(f"left out, not installed: {peer.name} ({peer.install})", flush=True)
    print("making the logs", flush=True)
    logs = inputs.Inputs(socklog, directory, arguments.lines)
    subprocess.run([sys.executable, "-B", str(ROOT / "bench/checks.py"), socklog, logs.check, str(directory)], check=True)
    cases = figures.cases(socklog, str(arguments.build / "bare_simdjson"), logs, arguments.distinct, free_port())
    cases = [case for case in cases if arguments.only in case.name]
    if arguments.dry_run:
        for case in cases:
            print(f"{case.name}: {case.shown()}")
        return
    once = [case for case in cases if case.name == figures.DISTINCT]
    in_turn = [case for case in cases if case not in once]
    samples = measure_all(in_turn, arguments.rounds, logs) | measure_all(once, 1, logs)
    results = {case.name: figures.Result(case, measure.median_of(samples[case.name])) for case in cases}
    if not arguments.only:
        report.write(arguments.output, results, logs, arguments)


if __name__ == "__main__":
    try:
        main()
    except measure.Failed as error:
        sys.exit(f"scripts/bench: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
