"""The page and the picture that tell what was measured."""
import datetime
import os
import pathlib
import platform
import re
import subprocess

import bars
import figures
import measure
import peers

ROOT = pathlib.Path(__file__).resolve().parents[1]

HEAD = """# Benchmarks

How fast socklog is beside other programs that read access logs. `scripts/bench` (or `make bench`) measures it all again on your machine, and writes this page.

![Lines per second of socklog and of other programs](benchmarks.svg)

"""

AIMS = """## What is aimed at

The aims that the project has set itself, how many times as fast for one line, and what this run came to. What is not met is still to be done,
or out of reach; [performance.md](performance.md) has the reasons.

"""

METHOD = """## How it was measured

Each program runs as a whole process on the same files, which are in the page cache; its output goes to a file. All of them take their turn in each of {rounds}
rounds; the tables show medians. Wall time is from the start of the first process to the end of the last; CPU is what all processes of a pipeline used,
user and system; memory is the peak of the biggest process. A ratio is that of the wall times for one line: 2 means twice as fast. Where a busy
machine makes waiting times long, the ratio of the CPU times, beside it, is the steadier one. Two runs at once show how much more two processors of this machine
do than one: threads that share their data can hardly bring more.

Before anything is timed, socklog, mawk and DuckDB count requests and errors of every URL and user in every window of a small log, and grep and ripgrep the lines with
` 404 `; the run ends unless all agree.

The logs are made by `socklog generate` ({lines:,} lines; 20,000 URLs, 50,000 users, 50,000 clients; 10,000 lines for each second of log time; {combined:.0f} bytes a line
as combined, {json:.0f} as nginx's JSON, {pasted:.0f} as the pasted format). Programs marked * are slow and read the first {slow:,} lines only; the ratios are for
one line.

"""


def duration(seconds):
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def megabytes(size):
    return f"{size / 1e6:.0f} MB" if size > measure.least_peak() else f"up to {size / 1e6:.0f} MB"


def table(head, rows):
    lines = [head, ["---"] + ["---:"] * (len(head) - 1)] + rows
    return "".join("| " + " | ".join(line) + " |\n" for line in lines) + "\n"


def verdict(is_met):
    return "met" if is_met else "**not met**"


def ratio(value):
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def wanted(results):
    rows = []
    for figure in figures.FIGURES:
        value = figure.measured(results)
        if value is None:
            rows.append([figure.what, f"{figure.at_least:g}", "not measured", "", ""])
            continue
        rows.append([figure.what, f"{figure.at_least:g}", ratio(value), ratio(figure.measured(results, "cpu")), verdict(value >= figure.at_least)])
    return AIMS + table(["", "at least", "wall", "CPU", ""], rows) + bounds(results)


def bounds(results):
    rows = []
    if figures.DISTINCT in results:
        result = results[figures.DISTINCT]
        rows.append([f"memory, {result.case.lines:,} lines of which no two have the same URL or client", f"{figures.MOST_MEMORY / 1e6:.0f} MB",
                     f"{result.sample.peak / 1e6:.0f} MB", verdict(result.sample.peak <= figures.MOST_MEMORY)])
    start = results["10 lines"].sample.wall - results["true"].sample.wall
    rows.append(["from start to end on 10 lines, more than `true` takes", duration(figures.LONGEST_START), duration(start),
                 verdict(start <= figures.LONGEST_START)])
    return table(["", "at most", "measured", ""], rows)


def all_measured(results, logs):
    rows = []
    for name, result in results.items():
        sample = result.sample
        mark = " *" if result.case.lines == logs.slow_lines else ""
        rows.append([name + mark, duration(sample.wall), duration(sample.cpu), f"{result.case.lines / sample.wall / 1e6:.3g}", megabytes(sample.peak)])
    return "## All that was measured\n\n" + table(["", "wall", "CPU", "million lines/s", "memory"], rows)


def about_peers():
    rows = [[peer.name, peer.version_text() if peer.path() else f"not installed: `{peer.install}`", peer.does] for peer in peers.ALL]
    text = "## The other programs\n\n"
    text += "What none of them was asked, since none can: to wait for late lines, to close a window once log time has passed it, and to tell when trouble began and ended.\n\n"
    lines = [["", "version", "what it did here"], ["---"] * 3] + rows
    return text + "".join("| " + " | ".join(line) + " |\n" for line in lines) + "\n"


def first_line(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.splitlines()[0]


def machine(build):
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    compiler = re.search(r"CMAKE_CXX_COMPILER:\w+=(.*)", (build / "CMakeCache.txt").read_text(encoding="utf-8"))
    changed = subprocess.run(["git", "diff", "--quiet", "HEAD", "--", "src", "include"], cwd=ROOT, check=False).returncode
    return (f"{datetime.date.today()}, commit {first_line('git', 'rev-parse', '--short=12', 'HEAD')}{' with changes' if changed else ''}; "
            f"{os.cpu_count()} x {cpu.group(1) if cpu else platform.machine()}; Linux {platform.release()}; {first_line(compiler.group(1), '--version')}.\n\n")


def write(directory, results, logs, arguments):
    method = METHOD.format(rounds=arguments.rounds, lines=logs.lines, slow=logs.slow_lines, combined=logs.bytes_per_line(logs.combined, logs.lines),
                           json=logs.bytes_per_line(logs.json, logs.lines), pasted=logs.bytes_per_line(logs.pasted, logs.lines))
    text = HEAD + machine(arguments.build) + wanted(results) + all_measured(results, logs) + about_peers() + method
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "benchmarks.md").write_text(text.rstrip() + "\n", encoding="utf-8")
    (directory / "benchmarks.svg").write_text(bars.draw(speeds(results)), encoding="utf-8")
    print(f"written: {directory / 'benchmarks.md'} and {directory / 'benchmarks.svg'}")


def speeds(results):
    """(name, million lines per second, whether it is socklog) of what reads a whole log alone, the fastest first."""
    names = (figures.TWO, figures.DEFAULT, "grep", "ripgrep", figures.MAWK_AT_END, figures.DUCKDB_SPLIT, figures.DUCKDB_REGEXP, "lnav", "angle-grinder", "GoAccess")
    found = [(name, results[name].case.lines / results[name].sample.wall / 1e6, name.startswith("socklog")) for name in names if name in results]
    return sorted(found, key=lambda entry: -entry[1])
