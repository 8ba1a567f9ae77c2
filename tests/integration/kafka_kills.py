#!/usr/bin/env python3
"""analyze --group over four partitions, killed at random moments: the alerts that readers of what is committed see are, byte for byte and in
order, those of a run that was left alone.

    kafka_kills.py [--kills 25] [--broker-kills 1] [--seed 1] [--lines 400000]

A pass over the topic has a group and output topics of its own and is killed until it ends; passes follow each other until all kills are used up.
In one pass of five two instances compete (--standby); now and then their worker is stopped instead, and goes on once the other has taken over.
Some kills are of the broker, which is started again at once. Says at the end how many kills hit the start-up, reading, an open transaction (the
broker had to end it) and closing. With a seed the moments are the same, as far as the machine is. Needs what kafka_broker.py needs; else it
says so and exits with 77.
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
TAKEN_OVER = b"taken over"
# Long windows that slide by seconds make it slow, so that kills find it at work.
FLAGS = ("--window", "1m", "--slide", "1s", "--until", "end", "--close", "-v")


class Topics:
    """A broker with a topic of lines."""

    def __init__(self, broker, directory, options):
        self.broker = broker
        self.brokers = broker.address()
        self.directory = directory
        self.admin = kafka_client.Admin(self.brokers)
        self.transactions = kafka_client.OpenTransactions(self.brokers)
        self.admin.create_topic(STATE, 1, cleanup_policy="compact")
        self.admin.create_topic("http-logs", PARTITIONS, compression_type="lz4")
        seconds = options.lines // 200
        finish(harness.Process(directory, (
            "generate", "--count", options.lines, "--rate", 200, "--speed", 0, "--seed", options.seed, "--start", "2026-01-01T00:00:00Z", "--users", 400,
            "--urls", 80, "--incident", f"error-burst at={seconds // 5}s for={seconds // 10}s rate=40%", "--incident",
            f"error-burst at={seconds // 2}s for={seconds // 8}s rate=60%", "--to", f"kafka://{self.brokers}/http-logs")))

    def make_outputs(self, name):
        for kind in ("alerts", "windows"):
            self.admin.create_topic(f"{kind}-{name}", 1, retention_ms=-1)

    def start(self, name, *flags):
        return harness.Process(self.directory, (
            "analyze", f"kafka://{self.brokers}/http-logs", "--group", name, "--offset", "beginning", "--alerts-to",
            f"kafka://{self.brokers}/alerts-{name}", "--windows-to", f"kafka://{self.brokers}/windows-{name}", *FLAGS, *flags))

    def written(self, name):
        alerts = kafka_client.read_all(self.brokers, f"alerts-{name}")[0]
        windows = kafka_client.read_all(self.brokers, f"windows-{name}")[0]
        return [(r.key, r.value, r.time, r.headers) for r in alerts], [r.value for r in windows]

    def has_open_transaction(self, name):
        return self.transactions.in_any(STATE, f"alerts-{name}", f"windows-{name}")

    def restart_broker(self):
        self.broker.kill()
        self.broker.start()


def finish(process):
    result = process.wait()
    if result.code != 0:
        sys.exit(f"failed: {result}")


class Counts:
    """What the kills of all passes came to."""

    def __init__(self):
        self.hits = collections.Counter()
        self.others = collections.Counter()
        self.recoveries = collections.defaultdict(list)  # seconds, by what they are from

    @property
    def kills(self):
        return sum(self.hits.values())

    def tell(self):
        for heading, counts in (("", self.hits), ("besides: ", self.others)):
            harness.tell(heading + (", ".join(f"{count} {what}" for what, count in sorted(counts.items())) or "nothing"))
        for what, seconds in sorted(self.recoveries.items()):
            seconds.sort()
            harness.tell(f"{what} to the next commit: {len(seconds)} times, median {seconds[len(seconds) // 2]:.2f} s, at most {seconds[-1]:.2f} s")


class Pass:
    """Works on the topic until that is done, whoever is killed meanwhile."""

    def __init__(self, topics, rng, counts, name, instances):
        self.topics, self.rng, self.counts, self.name = topics, rng, counts, name
        self.instances = instances
        self.flags = ("--standby",) if instances > 1 else ()
        self.processes = []
        self.stopped = []
        self.since = None  # when the one that worked was killed
        self.broker_was_killed = False
        topics.make_outputs(name)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        for process in (*self.processes, *self.stopped):
            process.close()

    def start_missing(self):
        while len(self.processes) < self.instances:
            self.processes.append(self.topics.start(self.name, *self.flags))
            if self.instances == 1:
                self.since = time.monotonic()

    def worker(self):
        """Who was given the work last."""
        return next((process for process in reversed(self.processes) if WORKS in process.err()), None)

    def moment(self):
        """What to wait for, how many times, and how many seconds longer."""
        dice = self.rng.random()
        if dice < 0.1:
            return b"", 0, self.rng.uniform(0, 0.4)
        if dice < 0.45:
            return WORKS, 1, self.rng.uniform(0, 1)
        if dice < 0.95:
            return BEGINS, self.rng.randint(1, 2), self.rng.uniform(0.002, 0.02)
        return CLOSING, 1, self.rng.uniform(0, 0.02)

    def has_ended(self):
        """One of them has done the rest. An outage may end one with exit status 1, which says that it is to be started again."""
        for process in list(self.processes):
            if process.running():
                continue
            self.processes.remove(process)
            if process.result.code == 0:
                return True
            if process.result.code != 1 or not self.broker_was_killed:
                sys.exit(f"failed: {process.result}")
            self.counts.others["ended after a broker's death"] += 1
            harness.tell(process.result.err.decode().rstrip().rsplit("\n", 1)[-1])
            self.start_missing()
        return False

    def wait_for_moment(self):
        """False: the pass ended before."""
        self.start_missing()
        word, count, longer = self.moment()
        deadline = None if word else time.monotonic() + longer
        while not self.has_ended():
            worker = self.worker()
            text = worker.err() if worker else b""
            now = time.monotonic()
            if self.since is not None and COMMITTED in text:
                self.counts.recoveries["a kill -9 of the worker" if self.flags else "a start"].append(now - self.since)
                self.since = None
            if deadline is None and text.count(word) >= count:
                deadline = now + longer
            if deadline is not None and now >= deadline:
                return True
            time.sleep(0.0005)
        return False

    def kill(self):
        """Kills once. False: the pass ended before."""
        if not self.wait_for_moment():
            return False
        worker = self.worker()
        victim = worker or self.processes[-1]
        if self.instances > 1 and worker and self.rng.random() < 0.1:
            victim = next(process for process in self.processes if process is not worker)
        victim.signal(signal.SIGKILL)
        killed = time.monotonic()
        result = victim.wait()
        if result.code != -signal.SIGKILL:
            return not self.has_ended()
        self.processes.remove(victim)
        if self.instances > 1 and victim is worker:
            self.since = killed
        self.counts.hits["hit " + self.phase(result.err)] += 1
        return True

    def kill_broker(self):
        if not self.wait_for_moment():
            return False
        self.broker_was_killed = True
        self.since = None
        self.topics.restart_broker()
        self.counts.hits["of the broker"] += 1
        return True

    def stop_worker(self):
        """For so long that another takes over. False: the pass ended before."""
        if self.instances == 1 or not self.wait_for_moment():
            return self.instances == 1
        worker = self.worker()
        if worker is None:
            return True
        worker.signal(signal.SIGSTOP)
        self.processes.remove(worker)
        self.stopped.append(worker)
        other = self.processes[-1]
        deadline = time.monotonic() + harness.PATIENCE
        while COMMITTED not in other.err() and other.running():
            if time.monotonic() > deadline:
                sys.exit(f"{self.name}: nobody took over: {other.err()}")
            time.sleep(0.001)
        worker.signal(signal.SIGCONT)
        result = worker.wait()
        self.stopped.remove(worker)
        if result.code != 0 and (result.code != 1 or TAKEN_OVER not in result.err):
            sys.exit(f"failed: {result}")
        self.counts.others["stopped and fenced"] += 1
        return True

    def phase(self, err):
        if self.topics.has_open_transaction(self.name):
            return "an open transaction"
        return "start-up" if WORKS not in err else "closing" if CLOSING in err else "reading"

    def finish(self, ended):
        if not ended:
            self.start_missing()
            while not self.has_ended():
                time.sleep(0.01)
        for process in self.processes:
            finish(process)


def compare(expected, written, name):
    for kind, one, other in zip(("alerts", "windows"), expected, written):
        if one == other:
            continue
        at = next((n for n, pair in enumerate(zip(one, other)) if pair[0] != pair[1]), min(len(one), len(other)))
        sys.exit(f"{name}: {kind} differ at record {at} of {len(one)} and {len(other)}:\n{one[at:at + 1]}\n{other[at:at + 1]}")


def run(topics, options):
    rng = random.Random(options.seed)
    counts = Counts()
    topics.make_outputs("whole")
    finish(topics.start("whole"))
    expected = topics.written("whole")
    if sum(b'"firing"' in value for _, value, _, _ in expected[0]) < 10:
        sys.exit("the input should raise alerts")
    of_broker = set(rng.sample(range(options.kills), min(options.broker_kills, options.kills)))
    passes = 0
    while counts.kills < options.kills:
        passes += 1
        with Pass(topics, rng, counts, f"pass{passes}", 2 if passes % 5 == 2 else 1) as one:
            going_on = True
            while going_on and counts.kills < options.kills:
                if counts.kills in of_broker:
                    going_on = one.kill_broker()
                elif rng.random() < 0.1:
                    going_on = one.stop_worker()
                else:
                    going_on = one.kill()
            one.finish(not going_on)
        compare(expected, topics.written(one.name), one.name)
        if sys.stderr.isatty():
            harness.tell(f"{one.name}: identical; {counts.kills} kills so far")
    harness.tell(f"{counts.kills} kills in {passes} passes over {len(expected[0])} alerts and {len(expected[1])} windows: all identical")
    counts.tell()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--broker-kills", type=int, default=1)
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
            run(Topics(broker, directory, options), options)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
