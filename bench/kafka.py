#!/usr/bin/env python3
"""Times socklog's reading and writing of a topic against kafka_bare, which calls librdkafka in a loop and does nothing with the records, on
a broker of its own on the same machine. Started by scripts/bench --kafka."""
import argparse
import pathlib
import re
import statistics
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/integration"))

import inputs  # pylint: disable=wrong-import-position
import kafka_broker  # pylint: disable=wrong-import-position
import kafka_client  # pylint: disable=wrong-import-position
import measure  # pylint: disable=wrong-import-position

PARTITIONS = 4


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench --kafka", description=__doc__)
    parser.add_argument("--lines", type=int, default=2_000_000, help="that are read, and half of them written (2000000)")
    parser.add_argument("--rounds", type=int, default=7, help="in which each program has its turn (7)")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release", help="where socklog was built (build/release)")
    return parser.parse_args()


class Bench:

    def __init__(self, arguments, broker, admin, directory):
        self.arguments, self.broker, self.admin, self.directory = arguments, broker, admin, pathlib.Path(directory)
        self.topics = 0

    def topic(self):
        self.topics += 1
        name = f"bench-{self.topics}"
        # The time of generated lines may be long ago.
        self.admin.create_topic(name, PARTITIONS, retention_ms=-1)
        return name

    def url(self, topic):
        return f"kafka://{self.broker.address()}/{topic}"

    def run(self, *commands):
        """Wall seconds of the whole process, CPU seconds, and what it printed."""
        output = self.directory / "output"
        case = measure.Case("", [[str(word) for word in command] for command in commands], 1)
        sample = measure.run_once(case, output)
        return sample.wall, sample.cpu, output.read_text(encoding="utf-8", errors="replace")

    def bare(self, what, topic, *feed):
        """Wall and CPU seconds of the loop alone."""
        _, _, text = self.run(*feed, [self.arguments.build / "kafka_bare", what, self.broker.address(), topic])
        wall, cpu = re.search(r", ([\d.]+) s, CPU ([\d.]+) s", text).groups()
        return float(wall), float(cpu)

    def generate(self, lines, to):
        return [*inputs.traffic(self.arguments.build / "socklog", lines), "--to", to]

    def read(self, topic, *flags):
        wall, cpu, _ = self.run([self.arguments.build / "socklog", "analyze", "-q", self.url(topic), "--offset", "beginning", "--until", "end", *flags])
        return wall, cpu

    def write(self, lines):
        wall, cpu, _ = self.run(self.generate(lines, self.url(self.topic())))
        return wall, cpu

    def compare(self, what, socklog, bare):
        socklog(), bare()  # so that all is in memory
        samples = [(socklog(), bare()) if number % 2 else (bare(), socklog())[::-1] for number in range(self.arguments.rounds)]
        (ours, our_cpu), (theirs, their_cpu) = ([statistics.median(values) for values in zip(*side)] for side in zip(*samples))
        print(f"{what}: socklog {ours:.2f} s (CPU {our_cpu:.2f} s), bare loop {theirs:.2f} s (CPU {their_cpu:.2f} s): "
              f"{theirs / ours:.2f} of its speed", flush=True)

    def measure(self):
        lines = self.arguments.lines
        full = self.topic()
        self.run(self.generate(lines, self.url(full)))
        self.compare(f"read {lines:,} lines", lambda: self.read(full), lambda: self.bare("read", full))
        self.compare(f"read {lines:,} lines, -j1", lambda: self.read(full, "-j1"), lambda: self.bare("read", full))
        log = self.directory / "log"
        self.run(self.generate(lines // 2, log))
        self.compare(f"write {lines // 2:,} lines", lambda: self.write(lines // 2), lambda: self.bare("write", self.topic(), ["cat", log]))


def main():
    arguments = parse_arguments()
    try:
        broker = kafka_broker.Broker()
    except kafka_broker.Unavailable as why:
        kafka_broker.skip(why)
    with broker, kafka_client.Admin(broker.address()) as admin, tempfile.TemporaryDirectory() as directory:
        print(f"Kafka {broker.version}, {PARTITIONS} partitions, medians of {arguments.rounds} rounds", flush=True)
        Bench(arguments, broker, admin, directory).measure()


if __name__ == "__main__":
    try:
        main()
    except measure.Failed as error:
        sys.exit(f"scripts/bench: {error}")
