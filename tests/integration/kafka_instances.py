#!/usr/bin/env python3
"""Several instances of analyze --group, against a real broker: one works, and another after it. SOCKLOG_HAND_OVERS says how many hand-overs
of each kind there are to be in time (2).
"""
import os
import statistics
import time
from signal import SIGCONT, SIGKILL, SIGSTOP, SIGTERM

import harness
import kafka_case
import kafka_client
from harness import T0, combined, shop_lines
from kafka_case import SOON, records_of
from kafka_group import COMMITTED, GroupCase

# Seconds. Of several the best counts, the one in the middle, or two of them, since this machine may be busy.
RECOVERY = 1  # from a restart to the first commit, at best
PROMISED = 3  # of it in the middle
HAND_OVER = 1  # from the end of one instance to the first commit of another
SESSION = 6  # the session time-out
TRIES = 4
HAND_OVERS = int(os.environ.get("SOCKLOG_HAND_OVERS", "2"))
WORKS = b"works for group"
STANDS_BY = b"standing by"
BEGINS = b"a transaction begins"
UNDONE = b"failed and was undone"


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
        self.assertLess(statistics.median(waited[1:]), PROMISED, str(waited))
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
        """Ends the worker, until others have taken over in time often enough; returns the last one."""
        in_time, tries = 0, HAND_OVERS + TRIES // 2
        for _ in range(tries):
            end(worker)
            in_time += self.take_over(other) < limit
            if in_time == HAND_OVERS:
                return other
            worker, other = other, self.instance(STANDS_BY)
        raise AssertionError(f"in {tries} times only {in_time} took over within {limit} s")

    def has_open_transaction(self):
        with kafka_client.OpenTransactions(self.brokers) as transactions:
            return transactions.in_any(self.state_topic, self.alerts, self.windows)

    def kill_in_a_transaction(self, worker):
        """Whether one was open then. It is stopped before, so that there is time to look."""
        for _ in range(10):
            before = worker.err().count(BEGINS)
            self.fill(self.written / len(self.lines) + 0.002)
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
        were_open = 0
        for _ in range(HAND_OVERS + TRIES // 2):
            were_open += self.kill_in_a_transaction(worker)
            self.assertLess(self.take_over(other), SESSION + SOON)
            if were_open >= HAND_OVERS / 2:
                return self.finish(other)
            worker, other = other, self.instance(STANDS_BY)
        raise AssertionError(f"only {were_open} transactions were open when their worker was killed")

    def test_a_worker_that_is_stopped_is_fenced(self):
        worker, other = self.two()
        worker.signal(SIGSTOP)
        self.assertLess(self.take_over(other), SESSION + SOON)
        worker.signal(SIGCONT)
        self.finish(other)
        result = worker.wait(SOON)
        self.assertEqual(1, result.code, str(result))
        self.assertIn("taken over", result.message)


class Joining(GroupCase):

    def setUp(self):
        super().setUp()
        self.logs, self.lines, self.is_over = self.topic(), [], False
        self.flags = ("--window", "5s", "--slide", "1s", "--lateness", "0s", "--threshold", "error_rate=0.3", "--idle-timeout", "1h")

    def feed(self):
        """Far more traffic than the time it takes, so that transactions follow each other."""
        with kafka_client.Producer(self.brokers) as producer:
            while not self.is_over:
                second = len(self.lines) // 10
                more = [combined(T0 + second, 500 if second % 20 > 10 else 200)] * 10
                producer.write_all(self.logs, 0, records_of(more))
                self.lines += more

    def wait_for_commits(self, worker):
        before = worker.err().count(COMMITTED)
        self.wait_for(lambda: worker.err().count(COMMITTED) > before + 1 or UNDONE in worker.err(), "transactions", process=worker)
        self.assertNotIn(UNDONE, worker.err())

    def test_one_that_joins_while_the_worker_commits(self):
        """Each that comes or goes makes the group form anew: the worker goes on as if nothing had been."""
        args = self.args(self.logs, *self.flags, "--standby")
        worker = self.start(*args)
        self.wait_for_work(worker)
        second = self.start(*args)
        self.wait_for_work(second, STANDS_BY)
        join = harness.in_thread(self.feed)
        try:
            for _ in range(6):
                third = self.start(*args)
                self.wait_for_work(third, STANDS_BY)
                self.wait_for_commits(worker)
                third.signal(SIGTERM)
                self.assertEqual(0, third.wait(SOON).code)
                self.wait_for_commits(worker)
                self.assertNotIn(WORKS, second.err() + third.err())
                self.assertEqual(1, worker.err().count(WORKS), worker.err())
        finally:
            self.is_over = True
            join()
        for process in (second, worker):
            process.signal(SIGTERM)
            self.assertEqual(0, process.wait(SOON).code)
        self.run_ok(*args, "--until", "end", "--close")
        self.assert_written(self.expect(self.lines, flags=self.flags))


if __name__ == "__main__":
    kafka_case.main()
