#!/usr/bin/env python3
"""Exactly once: analyze --group, against a real broker. Random kills are in kafka_kills.py."""
import time
from signal import SIGCONT, SIGKILL, SIGSTOP, SIGTERM

import harness
import kafka_broker
import kafka_case
import kafka_client
from harness import T0, combined, json_lines, read, shop_lines, summary_of, text_of
from kafka_case import SOON, KafkaCase, records_of

# Seconds. The best of several is measured, since this machine may be busy.
RECOVERY = 1  # from a restart to the first commit
HAND_OVER = 1  # from the end of one instance to the first commit of another
SESSION = 6  # the session time-out
TRIES = 4
WORKS = b"works for group"
STANDS_BY = b"standing by"
BEGINS = b"a transaction begins"
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


class Instances(GroupCase):

    def setUp(self):
        super().setUp()
        self.lines = shop_lines(1, T0, 900, 10)
        self.expected = self.expect(self.lines)
        self.logs = self.topic()

    def fill(self, begin=0, end=1):
        """These shares of the lines."""
        size = len(self.lines)
        with kafka_client.Producer(self.brokers) as producer:
            producer.write_all(self.logs, 0, records_of(self.lines[int(size * begin):int(size * end)]))

    def finish(self, process):
        """The worker has its alerts, and all that is open is closed."""
        process.signal(SIGTERM)
        self.assertEqual(0, process.wait(SOON).code)
        self.run_ok(*self.args(self.logs, "--until", "end", "--close"))
        self.assert_written(self.expected)

    def assert_taken_over(self, process):
        result = process.wait(SOON)
        self.assertEqual(1, result.code, str(result))
        self.assertIn("taken over", result.message.splitlines()[-1])

    def test_restart_after_a_kill(self):
        waited = []
        for number in range(TRIES + 1):
            self.fill(number / (TRIES + 1), (number + 1) / (TRIES + 1))
            begin = time.monotonic()
            process = self.start(*self.args(self.logs))
            self.wait_for_work(process)
            waited.append(time.monotonic() - begin)
            # The first stores where reading begins; the next has what was read.
            self.wait_for(lambda worker=process: worker.err().count(BEGINS) > 1, "a transaction", process=process)
            process.signal(SIGKILL)
            process.wait()
        harness.tell("works again after " + ", ".join(f"{seconds:.2f} s" for seconds in waited[1:]))
        self.assertLess(min(waited[1:]), RECOVERY, str(waited))
        process = self.start(*self.args(self.logs))
        self.wait_for_work(process)
        self.finish(process)

    def test_a_second_instance_ends(self):
        """At once, however the brokers are spelled."""
        first = self.start(*self.args(self.logs))
        self.wait_for_work(first)
        for brokers in (self.brokers, self.brokers.replace("127.0.0.1", "localhost")):
            result = self.run_any(*self.args(self.logs, brokers=brokers), timeout=SOON)
            self.assertEqual(1, result.code, str(result))
            self.assertIn(f"another instance works for group '{self.group}' already (on this machine)", result.message)
        self.fill()
        self.wait_for(lambda: self.values(self.alerts), "alerts of the first", process=first)
        self.finish(first)

    def test_an_instance_elsewhere(self):
        """Who starts beside it ends when the other has had time to be dead; with --standby it takes nothing from it."""
        with kafka_client.Member(self.brokers, self.group, self.state_topic, "web1") as other:
            self.wait_for(other.has_work, "the other's work")
            result = self.run_any(*self.args(self.logs), timeout=SOON)
            self.assertEqual(1, result.code, str(result))
            self.assertIn(f"another instance works for group '{self.group}' already (web1 at ", result.message)
            standby = self.start(*self.args(self.logs, "--standby"))
            self.wait_for(lambda: other.has_work() and STANDS_BY in standby.err(), "one that stands by", process=standby)
            self.assertNotIn(WORKS, standby.err())

    def test_a_stopped_instance_is_fenced(self):
        self.fill(0, 0.5)
        first = self.start(*self.args(self.logs))
        self.wait_for_work(first)
        first.signal(SIGSTOP)
        with kafka_client.Producer(self.brokers, **{"transactional.id": f"socklog-{self.group}-worker"}):
            self.fill(0.5, 1)
            first.signal(SIGCONT)
            self.assert_taken_over(first)
        second = self.start(*self.args(self.logs))
        self.wait_for_work(second)
        self.finish(second)

    def test_an_instance_that_has_nothing_to_do_is_fenced(self):
        process = self.start(*self.args(self.logs, "-X", "group.instance.id=twin"))
        self.wait_for_work(process)
        with kafka_client.Member(self.brokers, self.group, self.state_topic, "twin") as twin:
            self.wait_for(lambda: twin.has_work() and not process.running(), "the end of the first")
        self.assert_taken_over(process)


class Standby(GroupCase):
    """Several instances, of which one works."""

    def setUp(self):
        super().setUp()
        self.lines = shop_lines(2, T0, 1200, 10)
        self.expected = self.expect(self.lines)
        self.logs = self.topic()
        self.written = 0

    def fill(self, share):
        """Up to that share of the lines."""
        end = int(len(self.lines) * share)
        with kafka_client.Producer(self.brokers) as producer:
            producer.write_all(self.logs, 0, records_of(self.lines[self.written:end]))
        self.written = end

    def instance(self, word):
        process = self.start(*self.args(self.logs, "--standby", "--idle-timeout", "1h"))
        self.wait_for_work(process, word)
        return process

    def wait_for_alerts(self, process, more_than=0):
        self.wait_for(lambda: len(self.values(self.alerts)) > more_than, "more alerts", process=process)

    def two(self):
        """A worker that has told something, and one that stands by."""
        worker, other = self.instance(COMMITTED), self.instance(STANDS_BY)
        self.fill(0.4)
        self.wait_for_alerts(worker)
        self.assertNotIn(WORKS, other.err(), "the one that joins takes nothing from the one that works")
        return worker, other

    def finish(self, worker):
        before = len(self.values(self.alerts))
        self.fill(1)
        self.wait_for_alerts(worker, before)
        worker.signal(SIGTERM)
        self.assertEqual(0, worker.wait(SOON).code)
        self.run_ok(*self.args(self.logs, "--standby", "--until", "end", "--close"))
        self.assert_written(self.expected)

    def take_over(self, other):
        begin = time.monotonic()
        self.wait_for_work(other)
        took = time.monotonic() - begin
        harness.tell(f"took over after {took:.2f} s")
        return took

    def hand_over(self, worker, other, end, limit):
        """Ends the worker, until another has taken over in time; returns that."""
        for _ in range(TRIES):
            end(worker)
            if self.take_over(other) < limit:
                return other
            worker, other = other, self.instance(STANDS_BY)
        raise AssertionError(f"{TRIES} times nobody took over within {limit} s")

    def has_open_transaction(self):
        with (kafka_client.Watermarks(self.brokers, "read_committed") as committed,
              kafka_client.Watermarks(self.brokers, "read_uncommitted") as all_there):
            return any(committed.end(topic) < all_there.end(topic) for topic in (self.state_topic, self.alerts, self.windows))

    def kill_in_a_transaction(self, worker):
        """Whether one was open then. It is stopped before, so that there is time to look."""
        for _ in range(10):
            before = worker.err().count(BEGINS)
            self.fill(self.written / len(self.lines) + 0.01)
            self.wait_for(lambda seen=before: worker.err().count(BEGINS) > seen, "a transaction", process=worker)
            worker.signal(SIGSTOP)
            if all(self.has_open_transaction() for _ in range(5)):  # its end is hardly on its way
                break
            worker.signal(SIGCONT)
        worker.signal(SIGKILL)
        worker.wait()
        return self.has_open_transaction()

    def test_a_worker_that_ends_hands_over(self):

        def end(worker):
            worker.signal(SIGTERM)
            self.assertEqual(0, worker.wait(SOON).code)

        self.finish(self.hand_over(*self.two(), end, HAND_OVER))

    def test_a_worker_that_is_killed(self):

        def end(worker):
            worker.signal(SIGKILL)
            worker.wait()

        self.finish(self.hand_over(*self.two(), end, SESSION + 1))

    def test_a_worker_that_is_killed_in_a_transaction(self):
        worker, other = self.two()
        for _ in range(TRIES):
            was_open = self.kill_in_a_transaction(worker)
            self.assertLess(self.take_over(other), SESSION + SOON)
            if was_open:
                return self.finish(other)
            worker, other = other, self.instance(STANDS_BY)
        raise AssertionError("no transaction was open when its worker was killed")

    def test_a_worker_that_is_stopped_is_fenced(self):
        worker, other = self.two()
        worker.signal(SIGSTOP)
        self.assertLess(self.take_over(other), SESSION + SOON)
        worker.signal(SIGCONT)
        self.finish(other)
        result = worker.wait(SOON)
        self.assertEqual(1, result.code, str(result))
        self.assertIn("taken over", result.message)


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
        committed, all_there = (kafka_client.Watermarks(address, isolation) for isolation in ("read_committed", "read_uncommitted"))
        with committed, all_there:
            return all(committed.end(topic) == all_there.end(topic) for topic in ("alerts", "socklog-state"))

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
