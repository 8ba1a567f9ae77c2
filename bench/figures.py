"""What is timed, and which ratios of it are wanted."""
import dataclasses
import sys

import inputs
import measure
import peers

# Names of cases.
TWO = "socklog, URLs and users"
DEFAULT = "socklog, all metrics"
DISTINCT = "socklog, distinct URLs"
MAWK_AT_END = "mawk, all windows at the end"
MAWK_CLOSING = "mawk, closing windows"
DUCKDB_SPLIT = "DuckDB, splitting"
DUCKDB_CSV = "DuckDB, as CSV"
DUCKDB_REGEXP = "DuckDB, by expression"
START_RUNS = 20


@dataclasses.dataclass
class Result:
    case: measure.Case
    sample: measure.Sample

    def seconds_per_line(self, clock):
        return getattr(self.sample, clock) / self.case.lines


@dataclasses.dataclass
class Figure:
    """How many times as fast as `peer` the case `name` is wanted to be, for each line."""
    what: str
    name: str
    peer: str
    at_least: float

    def measured(self, results, clock="wall"):
        if self.name not in results or self.peer not in results:
            return None
        return results[self.peer].seconds_per_line(clock) / results[self.name].seconds_per_line(clock)


FIGURES = (
    Figure("URLs and users in windows, one thread, against `grep -c ' 404 '`", TWO, "grep", 1.7),
    Figure("all default metrics, one thread, against `grep -c ' 404 '`", DEFAULT, "grep", 1.3),
    Figure("URLs and users in windows, against the same in mawk, all windows kept until the end", TWO, MAWK_AT_END, 15),
    Figure("URLs and users in windows, against the same in mawk, which forgets closed windows", TWO, MAWK_CLOSING, 15),
    Figure("URLs and users in windows, against the same in DuckDB, splitting lines at blanks", TWO, DUCKDB_SPLIT, 12),
    Figure("URLs and users in windows, against the same in DuckDB, reading the log as CSV", TWO, DUCKDB_CSV, 12),
    Figure("URLs and users in windows, against the same in DuckDB, by an expression", TWO, DUCKDB_REGEXP, 20),
    Figure("URLs and users in windows, against URLs in windows in lnav", TWO, "lnav", 25),
    Figure("URLs and users in windows, against URLs in windows in angle-grinder", TWO, "angle-grinder", 40),
    Figure("all default metrics, against GoAccess's report", DEFAULT, "GoAccess", 100),
    Figure("two threads against one, one file", "-j2, one file", DEFAULT, 1.5),
    Figure("two threads against one, two files", "-j2, two files", "-j1, two files", 1.7),
    Figure("two threads against one, 10,000 lines", "-j2, 10,000 lines", "-j1, 10,000 lines", 1.0),
    Figure("JSON lines, against bare simdjson", "JSON lines", "bare simdjson", 0.55),
    Figure("a pasted format, against combined", "a pasted format", TWO, 0.8),
    Figure("`generate` into a pipe, against `cat` of the same bytes", "generate to cat", "cat to cat", 0.25),
    Figure("from a pipe, against the file", "from a pipe", DEFAULT, 0.5),
    Figure("over TCP, against the file", "over TCP", DEFAULT, 0.5),
)

MOST_MEMORY = 256 * 10**6  # bytes, with DISTINCT
LONGEST_START = 0.020  # seconds more than `true`


def cases(socklog, bare_simdjson, logs, distinct, port):
    """Everything that can be timed on this machine."""
    def analyze(name, *flags, lines=logs.lines, **more):
        return measure.Case(name, [[socklog, "analyze", "-q", *map(str, flags)]], lines, **more)

    metrics = ("-j1", "--metrics", "error_rate_by_url,error_rate_by_user")
    found = [
        analyze(TWO, *metrics, logs.combined),
        analyze(DEFAULT, "-j1", logs.combined),
        analyze("-j2, one file", "-j2", logs.combined),
        measure.Case("-j1, two runs at once", [["sh", "-c", '"$@" & "$@"; wait', "sh", socklog, "analyze", "-q", "-j1", logs.combined]], 2 * logs.lines),
        analyze("-j1, two files", "-j1", *logs.halves),
        analyze("-j2, two files", "-j2", *logs.halves),
        analyze("-j1, 10,000 lines", "-j1", logs.short, lines=inputs.SHORT_LINES, repeat=START_RUNS),
        analyze("-j2, 10,000 lines", "-j2", logs.short, lines=inputs.SHORT_LINES, repeat=START_RUNS),
        analyze("JSON lines", *metrics, "--log-format", "nginx-json", logs.json),
        measure.Case("bare simdjson", [[bare_simdjson, logs.json]], logs.lines),
        analyze("a pasted format", *metrics, "--log-format", inputs.PASTED, logs.pasted),
        analyze("from gzip", "-j1", logs.zipped),
        measure.Case("from a pipe", [["cat", logs.combined], [socklog, "analyze", "-q", "-j1"]], logs.lines),
        # With room for more clients each would have smaller tables.
        analyze("over TCP", "-j1", "--once", "--max-clients", 1, f"tcp-listen://127.0.0.1:{port}", feed=(port, logs.combined)),
        measure.Case("generate to cat", [logs.traffic(logs.lines), ["cat"]], logs.lines),
        measure.Case("cat to cat", [["cat", logs.combined], ["cat"]], logs.lines),
        analyze("10 lines", "-j1", logs.first, lines=inputs.FIRST_LINES, repeat=START_RUNS),
        measure.Case("true", [["true"]], inputs.FIRST_LINES, repeat=START_RUNS),
        measure.Case(DISTINCT, [[sys.executable, str(peers.HERE / "distinct.py"), str(distinct)], [socklog, "analyze", "-q"]], distinct),
    ]
    return found + peer_cases(logs)


def peer_cases(logs):
    def case(name, command, slow=False):
        return measure.Case(name, [command], logs.slow_lines if slow else logs.lines)

    found = []
    if peers.GREP.path():
        found.append(case("grep", peers.count_404(peers.GREP, logs.combined)))
    if peers.RIPGREP.path():
        found.append(case("ripgrep", peers.count_404(peers.RIPGREP, logs.combined)))
    if peers.MAWK.path():
        found.append(case(MAWK_AT_END, peers.mawk_windows("windows_at_end.awk", logs.combined)))
        found.append(case(MAWK_CLOSING, peers.mawk_windows("windows.awk", logs.combined)))
    if peers.DUCKDB.path():
        found.append(case(DUCKDB_SPLIT, peers.duckdb_windows(peers.SPLIT, logs.combined)))
        found.append(case(DUCKDB_CSV, peers.duckdb_windows(peers.AS_CSV, logs.combined)))
        found.append(case(DUCKDB_REGEXP, peers.duckdb_windows(peers.REGEXP, logs.slow), slow=True))
    if peers.LNAV.path():
        found.append(case("lnav", peers.lnav_windows(logs.slow), slow=True))
    if peers.AGRIND.path():
        found.append(case("angle-grinder", peers.agrind_windows(logs.slow), slow=True))
    if peers.GOACCESS.path():
        found.append(case("GoAccess", peers.goaccess_report(logs.slow, str(logs.directory / "goaccess.json")), slow=True))
    return found
