"""Whether the programs that are timed count the same on one small log. Arguments: socklog, the log, a directory for its output. A process of
its own, since what is timed must not be started by a big one (see measure.py)."""
import json
import pathlib
import subprocess
import sys

import inputs
import peers


class Disagreement(Exception):
    pass


def output_of(command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def expect_equal(what, expected, got):
    if expected == got:
        print(f"the same: {what}")
        return
    if isinstance(expected, dict):
        differ = [key for key in expected.keys() | got.keys() if expected.get(key) != got.get(key)]
        raise Disagreement(f"{what}: {len(differ)} differ, such as {[(key, expected.get(key), got.get(key)) for key in differ[:3]]}")
    raise Disagreement(f"{what}: {expected} and {got}")


def socklog_windows(socklog, log, directory):
    """{(second of the window's start, key): (requests, errors)} of URLs and of users; the summary."""
    windows, summary = directory / "check.windows", directory / "check.summary"
    every = [f"--min-samples={metric}=1" for metric in ("error_rate_by_url", "error_rate_by_user")]
    output_of([socklog, "analyze", "-q", log, "--windows-to", windows, "--summary", summary, "--top", "100000", *every])
    counts = {}
    for line in windows.read_text().splitlines():
        window = json.loads(line)
        for metric in ("error_rate_by_url", "error_rate_by_user"):
            for entry in window["metrics"][metric]["top"]:
                key = window["window_start"][11:18], entry["key"]
                counts[key] = entry["samples"], round(entry["value"] * entry["samples"])
    return counts, json.loads(summary.read_text())


def peer_windows(command):
    counts = {}
    for line in output_of(command).splitlines():
        window, key, requests, errors = line.split("\t")
        counts[window[12:], key] = int(requests), int(errors)
    return counts


def check(socklog, log, directory):
    counts, summary = socklog_windows(socklog, log, directory)
    expect_equal("lines, in socklog and in the log", inputs.CHECK_LINES, summary["counted"])
    lines_404 = sum(b" 404 " in line for line in open(log, "rb"))
    for peer in (peers.GREP, peers.RIPGREP):
        if peer.path():
            expect_equal(f"lines with 404, in {peer.name} and in the log", lines_404, int(output_of(peers.count_404(peer, log))))
    commands = []
    if peers.MAWK.path():
        for script in ("windows_at_end.awk", "windows.awk"):
            commands.append((f"mawk, {script}", peers.mawk_windows(script, log, every=True)))
    if peers.DUCKDB.path():
        for how, query in (("splitting", peers.SPLIT), ("as CSV", peers.AS_CSV), ("by expression", peers.REGEXP)):
            commands.append((f"DuckDB, {how}", peers.duckdb_windows(query, log, every=True)))
    for name, command in commands:
        expect_equal(f"requests and errors of each URL and user in each window, in socklog and in {name}", counts, peer_windows(command))


if __name__ == "__main__":
    try:
        check(sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]))
    except Disagreement as error:
        sys.exit(f"scripts/bench: {error}")
