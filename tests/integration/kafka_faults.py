#!/usr/bin/env python3
"""Faults of others: what is no broker, brokers that lose records, odd records, and who would like to see a password."""
import base64
import contextlib
import os
import shutil
import socket
import subprocess
import threading
import time
from signal import SIGTERM

import harness
import kafka_broker
import kafka_case
import kafka_client
from harness import T0, combined, json_lines, read, shop_lines, summary_of, text_of
from kafka_case import SOON, KafkaCase, records_of

SLACK = 2  # seconds beyond --connect-timeout


@contextlib.contextmanager
def answering(answer):
    """The address of a server that says `answer` to whatever comes; None: it takes what comes and is silent."""
    with harness.listening(socket.AF_INET, ("127.0.0.1", 0)) as server:
        peers = []

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    peer = server.accept()[0]
                    peers.append(peer)
                    if answer is not None:
                        peer.recv(4096)
                        peer.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        for peer in peers:
            peer.close()


class NoBroker(KafkaCase):
    """Something else is at that port."""

    def told(self, words, *args, within, code=1):
        begin = time.monotonic()
        self.assert_told(words, *args, code=code)
        self.assertLess(time.monotonic() - begin, within)

    def test_silence(self):
        with answering(None) as address:
            for args in (("analyze", self.url("t", address)),
                         ("analyze", self.url("t", address), "--group", "g"),
                         ("analyze", self.write("log", text_of([combined(T0)])), "--alerts-to", self.url("t", address)),
                         ("generate", "--count", 1, "--to", self.url("t", address))):
                with self.subTest(args=args):
                    self.told(("cannot reach the broker", "tried for 3s"), *args, "--connect-timeout", "3s", "-q", within=3 + SLACK)

    def test_another_protocol(self):
        """Without any --connect-timeout."""
        for answer in (b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", b"220 mail.example ESMTP\r\n", b"\0\0\0\4\0\0\0\1"):
            with self.subTest(answer=answer), answering(answer) as address:
                self.told(("no Kafka broker", "port"), "analyze", self.url("t", address), within=SOON)


class Silent(KafkaCase):
    """The broker takes what is written, and says nothing of it."""

    def test_a_slow_writer(self):
        """It tells of the silence, and that what it wrote may be lost."""
        topic = self.topic()
        process = self.start("generate", "--rate", 20, "--to", self.url(topic))
        with kafka_client.Watermarks(self.brokers, "read_uncommitted") as watermarks:
            self.wait_for(lambda: watermarks.end(topic) > 0, "a record", process=process)
        kafka_case.BROKER.pause()
        try:
            self.wait_for(lambda: b"on the way, until it is back" in process.err(), "a warning", process=process)
            process.signal(SIGTERM)
            result = process.wait(3 * SOON)
        finally:
            kafka_case.BROKER.resume()
        self.assertEqual(1, result.code, str(result))
        self.assertIn("records were not confirmed", result.message)


class NoTopic(KafkaCase):
    """What is written has no place."""

    def test_a_topic_that_is_not_there(self):
        log, words = self.write("log", text_of([combined(T0)])), ("no topic 'nowhere'", "kafka-topics")
        self.assert_told(words, "generate", "--count", 1, "--to", self.url("nowhere"))
        for output in ("alerts-to", "windows-to", "late-to", "invalid-requests"):
            with self.subTest(output=output):
                self.assert_told(words, "analyze", log, f"--{output}", self.url("nowhere"), "-q")
        state, logs = self.topic(cleanup_policy="compact"), self.topic()
        self.assert_told(words, "analyze", self.url(logs), "--group", "g", "--state-topic", state, "--alerts-to", self.url("nowhere"), "-q")


class Shortened(KafkaCase):
    """A broker of its own that comes back without some of the records it had."""

    def without(self, broker, change, end=kafka_broker.Broker.kill):
        """Ends it, lets change(directory of the partition) take something away, and starts it."""
        end(broker)
        for marker in (broker.directory / "logs").glob(".kafka_cleanshutdown"):
            marker.unlink()  # so that it looks what there is
        change(broker.directory / "logs" / "logs-0")
        broker.start()

    @contextlib.contextmanager
    def filled_broker(self, lines):
        with kafka_broker.Broker() as broker, kafka_client.Admin(broker.address()) as admin:
            admin.create_topic("logs", 1)
            self.fill(broker, lines)
            yield broker, admin

    def fill(self, broker, lines):
        with kafka_client.Producer(broker.address(), **{"batch.num.messages": 1}) as producer:
            producer.write_all("logs", 0, records_of(lines))

    def follow(self, broker, *args):
        return self.start("analyze", f"kafka://{broker.address()}/logs", "--offset", "beginning", "--windows-to", self.path("windows"), "--window",
                          "1s", "--idle-timeout", "1s", "--summary", self.path("summary"), *args)

    def lines_in_windows(self):
        return sum(window["lines"] for window in json_lines(read(self.path("windows")).rpartition(b"\n")[0]))

    def end(self, process, lines, late=0):
        self.wait_for(lambda: self.lines_in_windows() == lines - late, "the last windows", process=process)
        process.signal(SIGTERM)
        result = process.wait(SOON)
        self.assertEqual(0, result.code, str(result))
        summary = summary_of(self.path("summary"))
        self.assertEqual((lines, late, 0), (summary["lines"], summary["late"], summary["lost_offsets"]), str(result))
        return result

    def test_all_records(self):
        with self.filled_broker(combined(T0 + second) for second in range(40)) as (broker, _):
            process = self.follow(broker)
            self.wait_for(lambda: self.lines_in_windows() == 40, "all windows", process=process)
            self.without(broker, shutil.rmtree)
            self.fill(broker, [combined(T0 + 100 + second) for second in range(10)])
            self.assertEqual(1, self.end(process, 50).message.count("reading it from its beginning"))

    def test_the_last_records(self):
        def cut(directory):
            log = directory / f"{0:020}.log"
            os.truncate(log, log.stat().st_size * 3 // 4)

        with self.filled_broker(combined(T0 + second) for second in range(40)) as (broker, admin):
            process = self.follow(broker)
            self.wait_for(lambda: self.lines_in_windows() == 40, "all windows", process=process)
            admin.delete_records("logs", 0, 8)
            self.without(broker, cut, kafka_broker.Broker.stop)  # it keeps which records were deleted
            self.wait_for(lambda: b"going on at its end" in process.err(), "a warning", process=process)
            self.fill(broker, [combined(T0 + 100 + second) for second in range(10)])
            self.end(process, 50)

    def test_a_run_to_the_end_ends(self):
        """Also at an end that is before the one that there was when it began."""
        ahead = [combined(T0 + 60 * number, url=f"/{'x' * 1000}") for number in range(3000)]
        with self.filled_broker(ahead) as (broker, _):
            process = self.start("analyze", f"kafka://{broker.address()}/logs", "-", "--until", "end", "-X", "queued.max.messages.kbytes=64", "-X",
                                 "fetch.message.max.bytes=65536", "--summary", self.path("summary"), stdin=subprocess.PIPE)
            process.popen.stdin.write(text_of([combined(T0)]))
            process.popen.stdin.flush()
            self.wait_for(lambda: process.err().count(b": combined") == 2, "the first lines", process=process)
            self.without(broker, shutil.rmtree)
            process.popen.stdin.close()
            result = process.wait(60)
            self.assertEqual(0, result.code, str(result))
            self.assertIn("reading it from its beginning", result.message)
            self.assertTrue(1 < summary_of(self.path("summary"))["lines"] < 2900, str(result))


class Records(KafkaCase):
    """As others may write them."""

    def test_every_compression(self):
        lines = shop_lines(7, T0, 600, 10)
        odd = [b"", b"\0" * 100, b"\x1f\x8b\x08 no gzip", None, b"\xff\xfe" * 50, os.urandom(1000)]
        records = [value for number, line in enumerate(records_of(lines)) for value in (line, *odd[number % 500:number % 500 + 1])]
        values = [value for value in records if value is not None]
        file = self.write("same.log", b"".join(value if value.endswith(b"\n") else value + b"\n" for value in values))
        expected = self.run_ok("analyze", file, "--summary", self.path("expected"))
        for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
            with self.subTest(codec=codec):
                topic = self.topic()
                with kafka_client.Producer(self.brokers, **{"compression.codec": codec}) as producer:
                    producer.write_all(topic, 0, records)
                result = self.analyze(topic, "--summary", self.path("summary"))
                self.assertEqual(expected.out, result.out)
                for name in ("lines", "malformed", "counted", "late"):
                    self.assertEqual(summary_of(self.path("expected"))[name], summary_of(self.path("summary"))[name], name)

    def test_aborted_ones_between_and_at_the_end(self):
        """What was aborted is no line, and its marks are no place to wait at; compressed batches as well."""
        topic, good = self.topic(), 0
        with kafka_client.Producer(self.brokers, **{"transactional.id": topic, "compression.codec": "gzip"}) as producer:
            for second in range(30):
                producer.begin()
                for value in (combined(T0 + second).encode(), None, b"", b"\0"):
                    producer.write(topic, 0, value)
                producer.flush()
                aborted = second % 3 == 0 or second > 25
                good += not aborted
                (producer.abort if aborted else producer.commit)()
        self.analyze(topic, "--summary", self.path("summary"))
        summary = summary_of(self.path("summary"))
        self.assertEqual((good, 2 * good, 0), (summary["counted"], summary["malformed"], summary["lag"]))


class Secrets(KafkaCase):

    def test_no_secret_is_told(self):
        """Not with everything that librdkafka logs, nor in what is written; and nobody else may look into the process."""
        topic = self.filled_topic(records_of([combined(T0)]))
        self.admin.allow("analyzer", "read", "topic", topic)
        client = self.url(topic, kafka_case.BROKER.address("client"))
        password = kafka_case.BROKER.passwords["analyzer"]
        encoded = base64.b64encode(f"\0analyzer\0{password}".encode()).decode()
        # The kernel gives what there is of such a process to root; who is root would see no difference.
        user = {"user": 65534, "group": 65534, "extra_groups": []} if os.getuid() == 0 else {}
        for mechanism in ("PLAIN", None):
            config = self.config("analyzer", **({"sasl_mechanisms": mechanism} if mechanism else {}))
            if user:
                for path in (config, self.dir):
                    os.chown(path, 65534, 65534)
                kafka_case.BROKER.directory.chmod(0o711)
                (kafka_case.BROKER.directory / "ca.pem").chmod(0o644)
            process = self.start("analyze", client, "--offset", "beginning", "-v", "-X", "debug=all", "--kafka-config", config,
                                 "--summary", self.path("summary"), **user)
            self.wait_for(lambda running=process: b"librdkafka: SASLMECHS" in running.err(), "a log-in", process=process)
            self.assertEqual(0, os.stat(f"/proc/{process.pid}/environ").st_uid, "the process is not root's alone")
            process.signal(SIGTERM)
            result = process.wait(SOON)
            self.assertEqual(0, result.code, str(result))
            self.assertIn("librdkafka: CONF", result.message)
            for secret in (password, encoded):
                self.assertNotIn(secret, result.message + result.out.decode())


class States(KafkaCase):
    """Of a group, and what may become of them and of the topics they speak of."""

    def setUp(self):
        super().setUp()
        self.state_topic, self.alerts = self.topic(cleanup_policy="compact,delete", retention_ms=-1), self.topic(retention_ms=-1)
        self.group = self._testMethodName

    def args(self, *topics, offset="beginning"):
        return ("analyze", *map(self.url, topics), "--group", self.group, "--state-topic", self.state_topic, "--offset", offset,
                "--alerts-to", self.url(self.alerts), "--until", "end", "--summary", self.path("summary"))

    def test_a_topic_that_is_gone(self):
        """Its place is kept, but the broker is told no offset of it: it would take none, and so no alert."""
        stays, goes = self.filled_topic(records_of([combined(T0)])), self.filled_topic(*[records_of([combined(T0)])] * 2)
        self.run_ok(*self.args(stays, goes))
        self.admin.delete_topic(goes)
        self.run_ok(*self.args(stays))
        self.admin.create_topic(goes)  # with fewer partitions
        self.run_ok(*self.args(stays, goes))

    def test_a_topic_that_is_deleted_while_it_is_read(self):
        """The run ends and says why: the library alone would wait for ever for one of its threads."""
        for flags in ((), ("--group", self.group, "--state-topic", self.state_topic)):
            with self.subTest(flags=flags):
                topic = self.filled_topic(records_of([combined(T0)]))
                process = self.start("analyze", self.url(topic), "--offset", "beginning", "-v", *flags)
                self.wait_for(lambda seen=process: b": combined" in seen.err(), "the first line", process=process)
                self.admin.delete_topic(topic)
                result = process.wait()
                self.assertEqual(1, result.code, str(result))
                self.assertIn(f"there is no topic '{topic}'", result.message)

    def state(self):
        """The last value by key, without that of the group."""
        records = kafka_client.read_all(self.brokers, self.state_topic)[0]
        return {record.key.decode().rpartition(" ")[2]: record.value for record in records}

    def test_a_state_that_cannot_be_read(self):
        """Is refused, and replaced by --reset-state, with all that is left of it."""
        topic = self.filled_topic(records_of(combined(T0 + second) for second in range(100)))
        with kafka_client.Producer(self.brokers) as producer:
            for name in ("0", "1", "2", "manifest"):
                producer.write(self.state_topic, 0, b"garbage", f"{len(self.group)} {self.group} {name}".encode())
            producer.flush()
        self.assert_told((f"the state of group '{self.group}' in {self.url(self.state_topic)}", "--reset-state"), *self.args(topic), "-q", code=2)
        self.run_ok(*self.args(topic), "--reset-state")
        state = self.state()
        self.assertEqual([None, None], [state["1"], state["2"]])
        self.run_ok(*self.args(topic))
        self.assertEqual(100, summary_of(self.path("summary"))["lines"])

    def test_an_offset_that_was_moved(self):
        """That of the state is a hint: wherever it is, the state is found; and where there is none, that is told."""
        topic = self.filled_topic(records_of(combined(T0 + second) for second in range(100)))
        self.run_ok(*self.args(topic), "--standby")  # which leaves the group when it ends
        after = (*self.args(topic, offset="stored"), "--standby")
        with kafka_client.Watermarks(self.brokers, "read_committed") as ends:
            for records in (2, 1, 0):  # of the state: the manifest and a marker are left; the marker; nothing
                kafka_client.commit(self.brokers, self.group, self.state_topic, ends.end(self.state_topic) - records)
                self.assertNotIn("warning", self.run_ok(*after).message)
                self.assertEqual(100, summary_of(self.path("summary"))["lines"])
            self.admin.delete_records(self.state_topic, 0, ends.end(self.state_topic))
        self.assertIn("its state is gone", self.run_ok(*after).message)
        self.assertLess(summary_of(self.path("summary"))["lines"], 100)

    def test_another_state_topic(self):
        """What was told is not told again, whatever --offset says; the offsets of the topics that are read show it."""
        topic = self.filled_topic(records_of(combined(T0 + second) for second in range(100)))
        self.run_ok(*self.args(topic), "--standby")
        self.state_topic = self.topic(cleanup_policy="compact")
        self.assertIn("its state is gone", self.run_ok(*self.args(topic), "--standby").message)
        self.assertLess(summary_of(self.path("summary"))["lines"], 100)
        self.run_ok(*self.args(topic), "--reset-state")
        self.assertEqual(100, summary_of(self.path("summary"))["lines"])

    def test_a_state_that_shrinks(self):
        """What no longer belongs to it is removed."""
        lines = [combined(T0 + number // 200, 500, f"/{number % 6000:0200}") for number in range(12000)]
        flags = ("--threshold", "error_rate_by_url=0.01", "--min-samples", "error_rate_by_url=1")
        topic = self.filled_topic(records_of(lines))
        self.run_ok(*self.args(topic), *flags)
        self.assertIsNotNone(self.state()["1"])
        with kafka_client.Producer(self.brokers) as producer:
            producer.write_all(topic, 0, records_of(combined(T0 + second) for second in range(60, 600)))
        self.run_ok(*self.args(topic), *flags)
        self.assertEqual({"0", "manifest"}, {name for name, value in self.state().items() if value is not None})


if __name__ == "__main__":
    kafka_case.main()
