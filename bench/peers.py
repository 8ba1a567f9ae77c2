"""Other programs that read access logs: what each is asked, how to get it, and what it cannot do."""
import dataclasses
import pathlib
import shutil
import subprocess

HERE = pathlib.Path(__file__).parent
# Where programs may be that are not on the PATH.
PLACES = ("/opt/duckdb/bin", "/opt/agrind/bin", "~/.local/bin", "~/.cargo/bin")

TELL = "n >= 20 AND e > 0.1 * n"  # what windows.awk tells
GROUPS = "GROUP BY GROUPING SETS ((w, url), (w, usr))"

LINES = "read_csv('{log}', header = false, auto_detect = false, delim = E'\\x01', quote = '', escape = '', columns = {{'line': 'VARCHAR'}})"

# Each line split at its blanks.
SPLIT = r"""
SELECT w, coalesce(url, usr) AS key, count(*) AS n, count(*) FILTER (status >= '400') AS e FROM (
  SELECT substr(f[4], 2, 19) AS w, split_part(f[7], '?', 1) AS url, f[3] AS usr, f[9] AS status FROM (
    SELECT string_split(line, ' ') AS f FROM """ + LINES + r"""))
""" + GROUPS + " HAVING {having}"

# The whole log read as a file of values with blanks between them, which its format happens to allow.
AS_CSV = r"""
SELECT w, coalesce(url, usr) AS key, count(*) AS n, count(*) FILTER (status >= 400) AS e FROM (
  SELECT substr(t, 2, 19) AS w, split_part(split_part(request, ' ', 2), '?', 1) AS url, usr, status
  FROM read_csv('{log}', header = false, auto_detect = false, delim = ' ', quote = '"', escape = '"', columns = {{
    'client': 'VARCHAR', 'ident': 'VARCHAR', 'usr': 'VARCHAR', 't': 'VARCHAR', 'zone': 'VARCHAR', 'request': 'VARCHAR',
    'status': 'SMALLINT', 'bytes': 'VARCHAR', 'referer': 'VARCHAR', 'agent': 'VARCHAR'}}))
""" + GROUPS + " HAVING {having}"

# The same by a regular expression over the whole line.
REGEXP = r"""
SELECT w, coalesce(url, usr) AS key, count(*) AS n, count(*) FILTER (status >= '400') AS e FROM (
  SELECT substr(r.t, 1, 19) AS w, r.url AS url, r.usr AS usr, r.status AS status FROM (
    SELECT regexp_extract(line, '^(\S+) \S+ (\S+) \[([^\]]+)\] "(\S+) ([^ ?"]+)[^"]*" (\d+)',
                          ['client', 'usr', 't', 'method', 'url', 'status']) AS r
    FROM """ + LINES + r"""))
""" + GROUPS + " HAVING {having}"

LNAV_QUERY = (";SELECT timeslice(log_time, '10s') AS w, cs_uri_stem AS url, count(*) AS n, sum(sc_status >= 400) AS e FROM access_log "
        f"GROUP BY 1, 2 HAVING {TELL}")

AGRIND_QUERY = (r'* | parse regex "^\S+ \S+ \S+ \[(?P<w>[^\]]{19})[^\]]*\] \"\S+ (?P<url>[^ ?\"]+)[^\"]*\" (?P<status>\d+)" '
          "| if(status >= 400, 1, 0) as failed | count as n, sum(failed) as e by w, url")


@dataclasses.dataclass
class Peer:
    name: str
    program: str
    install: str
    does: str  # of what socklog does, in the run that is timed
    version: tuple = ("--version",)

    def path(self):
        on_path = shutil.which(self.program)
        return on_path or next((found for place in PLACES if (found := shutil.which(self.program, path=pathlib.Path(place).expanduser()))), None)

    def version_text(self):
        result = subprocess.run([self.path(), *self.version], capture_output=True, text=True, check=False)
        return (result.stdout or result.stderr).strip().splitlines()[0]


GREP = Peer("grep", "grep", "apt-get install grep", "counts the lines with ` 404 `: no windows, no keys")
RIPGREP = Peer("ripgrep", "rg", "apt-get install ripgrep", "as grep")
MAWK = Peer("mawk", "mawk", "apt-get install mawk",
            "requests and errors of every URL and user in 10 s windows: kept until the end (bench/windows_at_end.awk), or forgotten as each window closes "
            "(bench/windows.awk)", ("-W", "version"))
DUCKDB = Peer("DuckDB", "duckdb", "pip install duckdb-cli", "as mawk, in SQL, with one thread; all windows at the end")
LNAV = Peer("lnav", "lnav", "apt-get install lnav", "requests and errors of every URL in 10 s windows, in SQL; users would be a second query", ("-V",))
AGRIND = Peer("angle-grinder", "agrind", "cargo install ag", "requests and errors of every URL in 10 s windows; users would be a second run")
GOACCESS = Peer("GoAccess", "goaccess", "apt-get install goaccess", "its report: URLs, statuses, visitors; no windows, no users' error rates")
ALL = (GREP, RIPGREP, MAWK, DUCKDB, LNAV, AGRIND, GOACCESS)


def count_404(peer, log):
    return [peer.path(), "-c", " 404 ", log]


def mawk_windows(script, log, every=False):
    return [MAWK.path(), *(["-v", "all=1"] if every else []), "-f", str(HERE / script), log]


def duckdb_windows(query, log, every=False):
    query = query.format(log=log, having="true" if every else TELL)
    return [DUCKDB.path(), "-list", "-noheader", "-separator", "\t", "-c", f"SET threads = 1; {query}"]


def lnav_windows(log):
    return [LNAV.path(), "-n", "-c", LNAV_QUERY, "-c", ":write-csv-to /dev/stdout", log]


def agrind_windows(log):
    return [AGRIND.path(), "-o", "json", "-f", log, AGRIND_QUERY]


def goaccess_report(log, report):
    return [GOACCESS.path(), log, "--log-format=COMBINED", "--no-progress", "--no-global-config", "-o", report]
