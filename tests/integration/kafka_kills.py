#!/usr/bin/env python3
"""analyze --group over four partitions, killed at random moments: the alerts that readers of what is committed see are, byte for byte and in
order, those of a run that was left alone.

    kafka_kills.py [--kills 25] [--seed 1] [--lines 400000]

A pass over the topic has a group and output topics of its own and is killed until it ends; passes follow each other until all kills are used up.
Says at the end how many kills hit the start-up, reading, an open transaction (the broker had to end it) and closing. With a seed the moments
are the same, as far as the machine is. Needs what kafka_broker.py needs; else it says so and exits with 77.
"""
import argparse
import collections
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import time

import harness
import kafka_broker
import kafka_client

PARTITIONS = 4
STATE = "socklog-state"
WORKS, BEGINS, COMMITTED, CLOSING = b"works for group", b"a transaction begins", b"the transaction is committed", b"closing"
# Long windows that slide by seconds make it slow, so that kills find it at work.
FLAGS = ("--window", "1m", "--slide", "1s", "--until", "end", "--close", "-v")


class Run:
    """One topic of lines, and passes over it."""

    def __init__(self, broker, directory, options):
        self.brokers = broker.address()
        self.directory = directory
        self.rng = random.Random(options.seed)
        self.admin = kafka_client.Admin(self.brokers)
        self.ends = [kafka_client.Watermarks(self.brokers, isolation) for isolation in ("read_committed", "read_uncommitted")]
        self.hits = collections.Counter()
        self.restarts = []
        self.admin.create_topic(STATE, 1, cleanup_policy="compact")
        self.admin.create_topic("http-logs", PARTITIONS, compression_type="lz4")
        seconds = options.lines // 200
        self.finish(harness.Process(directory, (
            "generate", "--count", options.lines, "--rate", 200, "--speed", 0, "--seed", options.seed, "--start", "2026-01-01T00:00:00Z", "--users", 400,
            "--urls", 80, "--incident", f"error-burst at={seconds // 5}s for={seconds // 10}s rate=40%", "--incident",
            f"error-burst at={seconds // 2}s for={seconds // 8}s rate=60%", "--to", f"kafka://{self.brokers}/http-logs")))

    def finish(self, process):
        result = process.wait()
        if result.code != 0:
            sys.exit(f"failed: {result}")

    def start(self, name):
        return harness.Process(self.directory, (
            "analyze", f"kafka://{self.brokers}/http-logs", "--group", name, "--offset", "beginning", "--alerts-to",
            f"kafka://{self.brokers}/alerts-{name}", "--windows-to", f"kafka://{self.brokers}/windows-{name}", *FLAGS))

    def make_topics(self, name):
        for kind in ("alerts", "windows"):
            self.admin.create_topic(f"{kind}-{name}", 1, retention_ms=-1)

    def written(self, name):
        alerts = kafka_client.read_all(self.brokers, f"alerts-{name}")[0]
        windows = kafka_client.read_all(self.brokers, f"windows-{name}")[0]
        return [(r.key, r.value, r.time, r.headers) for r in alerts], [r.value for r in windows]

    def moment(self):
        """What to wait for, how many times, and how many seconds longer."""
        dice = self.rng.random()
        if dice < 0.15:
            return b"", 0, self.rng.uniform(0, 0.4)
        if dice < 0.45:
            return WORKS, 1, self.rng.uniform(0, 1.5)
        if dice < 0.85:
            return BEGINS, self.rng.randint(1, 4), self.rng.uniform(0.002, 0.02)
        return CLOSING, 1, self.rng.uniform(0, 0.02)

    def kill(self, name):
        """Starts once and kills. False: it ended before."""
        word, count, longer = self.moment()
        begin = time.monotonic()
        process = self.start(name)
        first_commit = None
        deadline = None if word else begin + longer
        while process.running():
            text = process.err()
            now = time.monotonic()
            if first_commit is None and COMMITTED in text:
                first_commit = now - begin
            if deadline is None and text.count(word) >= count:
                deadline = now + longer
            if deadline is not None and now >= deadline:
                break
            time.sleep(0.0005)
        process.signal(signal.SIGKILL)
        result = process.wait()
        if first_commit is not None:
            self.restarts.append(first_commit)
        if result.code != -signal.SIGKILL:
            if result.code != 0:
                sys.exit(f"failed: {result}")
            return False
        self.hits[self.phase(name, result.err)] += 1
        return True

    def phase(self, name, err):
        if any(self.is_open(topic) for topic in (STATE, f"alerts-{name}", f"windows-{name}")):
            return "an open transaction"
        return "start-up" if WORKS not in err else "closing" if CLOSING in err else "reading"

    def is_open(self, topic):
        committed, all_there = (watermarks.end(topic) for watermarks in self.ends)
        return committed < all_there

    def run(self, kills):
        self.make_topics("whole")
        self.finish(self.start("whole"))
        expected = self.written("whole")
        if sum(b'"firing"' in value for _, value, _, _ in expected[0]) < 10:
            sys.exit("the input should raise alerts")
        passes = 0
        while sum(self.hits.values()) < kills:
            passes += 1
            name = f"pass{passes}"
            self.make_topics(name)
            ended = False
            while not ended and sum(self.hits.values()) < kills:
                ended = not self.kill(name)
            if not ended:
                self.finish(self.start(name))
            self.compare(expected, name)
        restarts = sorted(self.restarts)
        harness.tell(f"{sum(self.hits.values())} kills in {passes} passes over {len(expected[0])} alerts and {len(expected[1])} windows: " +
                     ", ".join(f"{count} hit {phase}" for phase, count in sorted(self.hits.items())))
        harness.tell(f"from a start to its first commit: median {restarts[len(restarts) // 2]:.2f} s, at most {restarts[-1]:.2f} s")

    def compare(self, expected, name):
        for kind, one, other in zip(("alerts", "windows"), expected, self.written(name)):
            if one == other:
                continue
            at = next((n for n, pair in enumerate(zip(one, other)) if pair[0] != pair[1]), min(len(one), len(other)))
            sys.exit(f"{name}: {kind} differ at record {at} of {len(one)} and {len(other)}:\n{one[at:at + 1]}\n{other[at:at + 1]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lines", type=int, default=400000)
    options = parser.parse_args()
    try:
        broker = kafka_broker.Broker()
    except kafka_broker.Unavailable as why:
        kafka_broker.skip(why)
    if not os.access(harness.SOCKLOG, os.X_OK):
        sys.exit(f"no executable at {harness.SOCKLOG}; set SOCKLOG")
    directory = pathlib.Path(tempfile.mkdtemp(prefix="socklog-test-"))
    try:
        with broker:
            Run(broker, directory, options).run(options.kills)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
