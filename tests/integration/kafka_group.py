#!/usr/bin/env python3
"""Exactly once: analyze --group, against a real broker. Several instances are in kafka_instances.py, random kills in kafka_kills.py."""
import time
from signal import SIGKILL, SIGTERM

import kafka_broker
import kafka_case
import kafka_client
from harness import T0, combined, json_lines, read, shop_lines, summary_of, text_of
from kafka_case import SOON, KafkaCase, records_of

COMMITTED = b"the transaction is committed"


class GroupCase(KafkaCase):

    def setUp(self):
        super().setUp()
        self.state_topic = self.topic(cleanup_policy="compact")
        self.alerts, self.windows = self.topic(retention_ms=-1), self.topic(retention_ms=-1)
        self.group = self._testMethodName

    def args(self, topic, *more, brokers=None):
        return ("analyze", self.url(topic, brokers), "--group", self.group, "--state-topic", self.state_topic, "--offset", "beginning",
                "--alerts-to", self.url(self.alerts, brokers), "--windows-to", self.url(self.windows, brokers), "-v", *more)

    def values(self, topic):
        return [record.value for record in kafka_client.read_all(self.brokers, topic)[0]]

    def expect(self, *parts, flags=()):
        """(alerts, windows) of the same lines in files."""
        files = [self.write(f"part{number}.log", text_of(lines)) for number, lines in enumerate(parts)]
        self.run_ok("analyze", *files, "--alerts-to", self.path("expected.alerts"), "--windows-to", self.path("expected.windows"), *flags)
        expected = tuple(read(self.path(f"expected.{kind}")).splitlines() for kind in ("alerts", "windows"))
        self.assertGreater(len(expected[0]), 2, "the input should raise alerts")
        return expected

    def assert_written(self, expected):
        self.assertEqual(expected, (self.values(self.alerts), self.values(self.windows)))

    def wait_for_work(self, process, word=COMMITTED, timeout=60):
        self.wait_for(lambda: word in process.err(), word.decode(), timeout=timeout, process=process)


class Once(GroupCase):

    def test_goes_on_where_the_run_before_ended(self):
        # A partition that is read to its end holds up no other: so they are cut at the same time, within the lateness.
        parts = [shop_lines(seed, T0, 900, 10, shuffle=2) for seed in range(3)]
        expected = self.expect(*parts)
        topic = self.topic(3)
        with kafka_client.Producer(self.brokers) as producer:
            for piece in range(3):
                for number, lines in enumerate(parts):
                    size = len(lines) // 3
                    producer.write_all(topic, number, records_of(lines[piece * size:(piece + 1) * size]))
                # How far a state is written does not depend on where the stream was cut.
                self.run_ok(*self.args(topic, "--until", "end", "-j", piece + 1))
        stored = kafka_client.committed(self.brokers, self.group, topic, 3)
        for (offset, note), lines in zip(stored, parts):  # the first line of the oldest window that is open
            self.assertTrue(len(lines) - 1000 < offset < len(lines), str(stored))
            self.assertRegex(note, rb"^1 2026-01-01T00:1\d:\d\dZ \d+$")
        self.run_ok(*self.args(topic, "--until", "end", "--close", "--summary", self.path("summary")))
        self.assert_written(expected)
        self.assertEqual(sum(map(len, parts)), summary_of(self.path("summary"))["lines"])
        # Nothing to do: nothing is written again.
        self.run_ok(*self.args(topic, "--until", "end", "--close"))
        self.assert_written(expected)

    def test_an_alert_does_not_wait_for_the_next_second(self):
        """Each round begins when the alert of the one before can be read: a second later, if each waited for the next save."""
        topic, rounds = self.topic(), 8
        process = self.start(*self.args(topic, "--idle-timeout", "1h"))
        self.wait_for_work(process)
        begin = time.monotonic()
        with kafka_client.Producer(self.brokers) as producer, kafka_client.Watermarks(self.brokers, "read_committed") as ends:
            for number in range(rounds):
                end, start = ends.end(self.alerts), T0 + number * 600
                producer.write_all(topic, 0, records_of([combined(start, 500)] * 50 + [combined(start + 300)]))
                self.wait_for(lambda seen=end: ends.end(self.alerts) > seen, "an alert", process=process)
        self.assertLess(time.monotonic() - begin, (rounds - 1) * 0.7)
        process.signal(SIGTERM)
        result = process.wait(SOON)
        self.assertEqual(0, result.code, str(result))

    def test_an_alert_of_a_topic_that_falls_silent(self):
        """Of the window that is open then: after --idle-timeout, for who reads what is committed."""
        topic = self.filled_topic(records_of(combined(T0 + second, 500) for second in range(10) for _ in range(50)), [])
        process = self.start(*self.args(topic, "--idle-timeout", "2s"))
        self.wait_for_work(process)
        begin = time.monotonic()
        self.wait_for(lambda: self.values(self.alerts), "the alert", process=process)
        self.assertLess(time.monotonic() - begin, 10 + SOON)  # the longer of the two times, and a watchdog
        self.assertEqual("firing", json_lines(self.values(self.alerts)[0])[0]["status"])
        process.signal(SIGTERM)
        self.assertEqual(0, process.wait(SOON).code)

    def test_files_and_topics_in_one_run(self):
        """What goes to a file is there once as well."""
        lines = shop_lines(5, T0, 900, 10)
        expected = self.expect(lines)
        topic, third = self.topic(), len(lines) // 3
        more = ("--alerts-to", self.path("alerts"), "--late-to", self.url(self.topic()))
        for number in range(3):
            with kafka_client.Producer(self.brokers) as producer:
                producer.write_all(topic, 0, records_of(lines[number * third:(number + 1) * third]))
            before = len(read(self.path("alerts")))
            process = self.start(*self.args(topic, *more))
            self.wait_for(lambda size=before: len(read(self.path("alerts"))) > size, "an alert in the file", process=process)
            process.signal(SIGKILL)
            process.wait()
        self.run_ok(*self.args(topic, *more, "--until", "end", "--close"))
        self.assert_written(expected)
        self.assertEqual(expected[0], read(self.path("alerts")).splitlines())

    def test_a_reset_begins_at_the_stored_offsets(self):
        topic = self.filled_topic(records_of(combined(T0 + second) for second in range(100)))
        self.run_ok(*self.args(topic, "--until", "end"))
        self.run_ok("analyze", self.url(topic), "--group", self.group, "--state-topic", self.state_topic, "--reset-state", "--until", "end",
                    "--close", "--summary", self.path("summary"))
        self.assertTrue(0 < summary_of(self.path("summary"))["lines"] < 30)

    def test_other_windows_are_refused(self):
        topic = self.filled_topic(records_of([combined(T0)]))
        self.run_ok(*self.args(topic, "--until", "end"))
        result = self.run_any(*self.args(topic, "--until", "end", "--window", "1m"))
        self.assertEqual(2, result.code, str(result))
        self.assertIn(f"the state of group '{self.group}'", result.message)
        self.assertIn("--reset-state", result.message)

    def test_all_or_nothing(self):
        """A record that its topic does not take: no other of its transaction is there either."""
        self.alerts = self.topic(retention_ms=-1, max_message_bytes=200)
        topic = self.filled_topic(records_of(shop_lines(1, T0, 600, 10)))
        result = self.run_any(*self.args(topic, "--until", "end", "--close", "-q"), timeout=SOON)
        self.assertEqual(1, result.code, str(result))
        self.assertIn(f"{self.alerts}: a record is larger than the topic takes", result.message)
        self.assertEqual(([], []), (self.values(self.alerts), self.values(self.windows)))


class Places(GroupCase):

    def refused(self, words, args, code):
        result = self.run_any(*args, "-q", timeout=SOON)
        self.assertEqual(code, result.code, str(result))
        for word in words:
            self.assertIn(word, result.message, str(result))

    def test_topics_for_a_state(self):
        topic = self.filled_topic(records_of([combined(T0)]))
        self.state_topic = self.topic(2)
        self.refused(("has 2 partitions", "--state-topic"), self.args(topic), 2)
        self.state_topic = "nowhere"
        self.refused(("no topic 'nowhere'", "kafka-topics"), self.args(topic), 1)

    def test_permissions(self):
        """What a worker needs, and what is said where something is missing."""
        lines = shop_lines(1, T0, 600, 10)
        expected = self.expect(lines)
        topic = self.filled_topic(records_of(lines))
        args = self.args(topic, "--until", "end", "--close", "--kafka-config", self.config("analyzer"), brokers=kafka_case.BROKER.address("client"))
        allow = self.admin.allow
        for words, give in (
            ((f"topic '{self.state_topic}'", "--operation Write"), lambda: allow("analyzer", "write", "topic", self.state_topic)),
            ((f"group '{self.group}'", "--operation Read --group"), lambda: allow("analyzer", "read", "group", self.group)),
            (("transactional id", f"--operation Write --transactional-id socklog-{self.group}- --resource-pattern-type prefixed"),
             lambda: kafka_case.BROKER.allow_transactional_ids("analyzer", f"socklog-{self.group}-")),
            ((f"topic '{self.state_topic}'", "--operation Read"), lambda: allow("analyzer", "read", "topic", self.state_topic)),
            ((f"topic '{topic}'", "--operation Read"), lambda: allow("analyzer", "read", "topic", topic)),
            ((f"topic '{self.alerts}'", "--operation Write"), lambda: allow("analyzer", "write", "topic", self.alerts)),
            ((f"topic '{self.windows}'", "--operation Write"), lambda: allow("analyzer", "write", "topic", self.windows)),
        ):
            with self.subTest(missing=words):
                self.refused(words, args, 1)
            give()
        self.run_ok(*args)
        self.assert_written(expected)

    def test_a_long_state_topic_is_not_read_again(self):
        """The group remembers where the last states are: what is before them is of no use."""
        self.state_topic = self.topic(cleanup_policy="compact,delete", retention_ms=-1)
        lines = shop_lines(3, T0, 900, 10)
        expected = self.expect(lines)
        topic, begins = self.topic(), []
        for piece in range(3):
            with kafka_client.Producer(self.brokers) as producer:
                producer.write_all(topic, 0, records_of(lines[piece * 3000:(piece + 1) * 3000]))
            self.run_ok(*self.args(topic, "--until", "end"))
            begins.append(kafka_client.committed(self.brokers, self.group, self.state_topic, 1)[0][0])
        self.assertLess(begins[0], begins[1])
        self.assertLess(begins[1], begins[2])
        end = kafka_client.Watermarks(self.brokers, "read_committed").end(self.state_topic)
        self.assertLessEqual(end - begins[2], 6)
        # Nothing is missed where it begins; nor where the topic begins later than the group remembers.
        self.admin.delete_records(self.state_topic, 0, begins[2])
        self.run_ok(*self.args(topic, "--until", "end"))
        self.admin.delete_records(self.state_topic, 0, begins[2] + 3)
        self.run_ok(*self.args(topic, "--until", "end", "--close"))
        self.assert_written(expected)

    def test_a_state_of_several_records(self):
        lines = [combined(T0 + number // 200, 500 if number < 12000 else 200, f"/{number % 6000:0200}") for number in range(14000)]
        flags = ("--threshold", "error_rate_by_url=0.01", "--min-samples", "error_rate_by_url=1", "--keep-firing-for", "1h")
        expected = self.expect(lines, flags=flags)
        topic = self.filled_topic(records_of(lines))
        self.run_ok(*self.args(topic, "--until", "end", *flags))
        keys = [record.key for record in kafka_client.read_all(self.brokers, self.state_topic)[0]]
        self.assertTrue(keys[-1].endswith(b"manifest"), str(keys))
        self.assertGreater(len(set(keys)), 2, str(keys))
        self.run_ok(*self.args(topic, "--until", "end", "--close", *flags))
        self.assert_written(expected)


class Outage(KafkaCase):

    def is_complete(self, address):
        with kafka_client.OpenTransactions(address) as transactions:
            return not transactions.in_any("alerts", "socklog-state")

    def test_broker_away_in_between(self):
        """For less than transaction.timeout.ms: the run goes on, and nothing is lost or told twice."""
        lines = shop_lines(1, T0, 1200, 10)
        file = self.write("log", text_of(lines))
        self.run_ok("analyze", file, "--alerts-to", self.path("expected"))
        with kafka_broker.Broker() as broker:
            address = broker.address()
            with kafka_client.Admin(address) as admin:
                admin.create_topic("logs", 1)
                admin.create_topic("alerts", 1, retention_ms=-1)
                admin.create_topic("socklog-state", 1, cleanup_policy="compact")
            args = ("analyze", f"kafka://{address}/logs", "--group", "g", "--offset", "beginning", "--alerts-to", f"kafka://{address}/alerts",
                    "--idle-timeout", "1h", "-v")
            process = self.start(*args)
            committed, unreachable = (lambda: process.err().count(COMMITTED)), (lambda: process.err().count(b"cannot reach the broker"))
            self.wait_for(committed, "the first commit", process=process)
            for third in range(3):
                before = committed()
                with kafka_client.Producer(address) as producer:
                    producer.write_all("logs", 0, records_of(lines[third * 4000:(third + 1) * 4000]))
                self.wait_for(lambda seen=before: committed() > seen, "a commit", process=process)
                if third == 2:
                    break
                # One broker of Kafka 4.3 that is killed before it has marked a transaction as committed may forget to.
                self.wait_for(lambda: self.is_complete(address), "the end of the transaction", process=process)
                before = unreachable()
                broker.kill()
                self.wait_for(lambda seen=before: unreachable() > seen, "a warning", process=process)
                broker.start()
            process.signal(SIGTERM)
            result = process.wait()
            self.assertEqual(0, result.code, str(result))
            self.run_ok(*args, "--until", "end", "--close")
            self.assertEqual(read(self.path("expected")).splitlines(), [record.value for record in kafka_client.read_all(address, "alerts")[0]])


if __name__ == "__main__":
    kafka_case.main()
