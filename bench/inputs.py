"""Makes the logs that are read, by `socklog generate`: the same bytes on every machine."""
import gzip
import itertools
import pathlib
import shutil
import subprocess

PASTED = '%v %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D'
START = "2026-01-01T00:00:00Z"
RATE = 10000  # lines in a second of log time
TRAFFIC = ["--rate", RATE, "--urls", 20000, "--users", 50000, "--clients", 50000]

SLOW_PART = 10  # slow peers read one line in so many
SHORT_LINES = 10_000
FIRST_LINES = 10
CHECK_LINES = 200_000  # whole windows, so that nothing is left over


def traffic(socklog, lines, *flags, seed=1):
    """The command that writes such a log to stdout."""
    flags = ["-q", "--speed", 0, "--seed", seed, "--start", START, "--count", lines, *TRAFFIC, *flags]
    return [str(socklog), "generate", *map(str, flags)]


class Inputs:
    """Paths of the logs in `directory`, made if they are not there in that size."""

    def __init__(self, socklog, directory, lines):
        self.socklog = socklog
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.lines = lines
        self.slow_lines = max(lines // SLOW_PART, 1)
        self.combined = self.generated(f"combined-{lines}.log", lines)
        self.halves = [self.generated(f"half{i}-{lines}.log", lines // 2, seed=10 + i) for i in range(2)]
        self.json = self.generated(f"nginx-{lines}.json", lines, "--log-format", "nginx-json")
        self.pasted = self.generated(f"pasted-{lines}.log", lines, "--log-format", PASTED)
        self.zipped = self.made(f"combined-{lines}.log.gz", self.zip)
        self.slow = self.head(f"slow-{lines}.log", self.slow_lines)
        self.short = self.head(f"short-{lines}.log", SHORT_LINES)
        self.first = self.head(f"first-{lines}.log", FIRST_LINES)
        self.check = self.generated("check.log", CHECK_LINES, "--background-error-rate", "5%")

    def traffic(self, lines, *flags, seed=1):
        return traffic(self.socklog, lines, *flags, seed=seed)

    def generated(self, name, lines, *flags, seed=1):
        def generate(path):
            subprocess.run([*self.traffic(lines, *flags, seed=seed), "--to", path], check=True)
        return self.made(name, generate)

    def head(self, name, lines):
        def copy(path):
            with open(self.combined, "rb") as source, open(path, "wb") as target:
                target.writelines(itertools.islice(source, lines))
        return self.made(name, copy)

    def zip(self, path):
        with open(self.combined, "rb") as source, gzip.open(path, "wb", compresslevel=6) as target:
            shutil.copyfileobj(source, target, 1 << 20)

    def made(self, name, make):
        path = self.directory / name
        if not path.exists():
            part = self.directory / f"{name}.part"
            make(part)
            part.rename(path)
        return str(path)

    def warm(self, path):
        """Reads a file once, so that the page cache has it."""
        with open(path, "rb", buffering=0) as file:
            while file.read(1 << 20):
                pass

    @staticmethod
    def bytes_per_line(path, lines):
        return pathlib.Path(path).stat().st_size / lines
