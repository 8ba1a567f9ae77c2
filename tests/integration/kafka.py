#!/usr/bin/env python3
"""Kafka as input and output, against a real broker (kafka_broker.py). Without one all of it is skipped, and says so."""
import json
import os
import re
from signal import SIGTERM

import harness
import kafka_broker
import kafka_case
import kafka_client
from harness import T0, combined, json_lines, read, rfc3339, shop_lines, summary_of, text_of
from kafka_case import SOON, KafkaCase, records_of


class Reading(KafkaCase):

    def test_the_alerts_are_those_of_the_lines_as_files(self):
        parts = [shop_lines(seed, T0 + 3 * seed, 600, 10, shuffle=3) for seed in range(4)]
        files = [self.write(f"p{number}.log", text_of(lines)) for number, lines in enumerate(parts)]
        expected = self.run_ok("analyze", *files, "--windows-to", self.path("expected"), "--summary", self.path("expected.json"))
        self.assertGreater(len(json_lines(expected.out)), 4)
        topic = self.filled_topic(*map(records_of, parts), compression_type="lz4")
        for jobs in (1, 3):
            result = self.analyze(topic, "-j", jobs, "--windows-to", self.path("windows"), "--summary", self.path("summary.json"))
            self.assertEqual(expected.out, result.out)
            self.assertEqual(read(self.path("expected")), read(self.path("windows")))
            mine, theirs = summary_of(self.path("summary.json")), summary_of(self.path("expected.json"))
            mine.pop("malformed_samples"), theirs.pop("malformed_samples")
            self.assertEqual(theirs, mine)

    def test_many_lines_in_a_record(self):
        lines = shop_lines(1, T0, 300, 20)
        expected = self.run_ok("analyze", self.write("log", text_of(lines)))
        for size in (1, 7, 500):
            pieces = ["\n".join(lines[at:at + size]) for at in range(0, len(lines), size)]
            with_ends = [piece + "\n" if number % 2 else piece for number, piece in enumerate(pieces)]
            self.assertEqual(expected.out, self.analyze(self.filled_topic(records_of(with_ends))).out)

    def test_odd_records(self):
        """A tombstone is no line, an empty value an empty one; NUL bytes and endless lines are malformed ones."""
        good = combined(T0).encode()
        long = b"x" * ((1 << 20) + 100)
        values = [good, None, b"", b"\0\0", good + b"\n", good + b"\n" + good, long, good + b"\n" + long + b"\n" + good, good]
        topic = self.filled_topic(values, max_message_bytes=4 << 20)
        file = self.write("same.log", b"".join(v if v.endswith(b"\n") else v + b"\n" for v in values if v is not None))
        summaries = []
        for source in ((file,), (self.url(topic), "--offset", "beginning", "--until", "end")):
            self.run_ok("analyze", *source, "--summary", self.path("summary"), "--invalid-requests", self.path("invalid"))
            summary = summary_of(self.path("summary"))
            summary.pop("malformed_samples")
            summaries.append((summary, read(self.path("invalid"))))
        self.assertEqual(*summaries)
        self.assertEqual((7, 4), (summaries[0][0]["counted"], summaries[0][0]["malformed"]))

    def test_large_records(self):
        """Records of a MB with many lines each."""
        lines = shop_lines(3, T0, 900, 30)
        expected = self.run_ok("analyze", self.write("log", text_of(lines)))
        piece = "\n".join(lines)
        cut = [piece[at:at + 1000000] for at in range(0, len(piece), 1000000)]
        whole, rest = [], ""
        for part in cut:  # only whole lines
            head, _, tail = (rest + part).rpartition("\n")
            whole.append(head)
            rest = tail
        whole.append(rest)
        topic = self.filled_topic(records_of(whole), max_message_bytes=2 << 20, compression_type="zstd")
        self.assertEqual(expected.out, self.analyze(topic).out)

    def test_only_committed_records(self):
        topic = self.topic()
        with kafka_client.Producer(self.brokers, **{"transactional.id": topic}) as producer:
            for second in range(30):
                producer.begin()
                for _ in range(5):
                    producer.write(topic, 0, combined(T0 + second).encode())
                producer.flush()
                (producer.abort if second % 3 == 0 else producer.commit)()
        self.analyze(topic, "--summary", self.path("summary"))
        self.assertEqual(100, summary_of(self.path("summary"))["counted"])

    def test_offsets(self):
        values = records_of(combined(T0 + second) for second in range(20))
        topic = self.filled_topic(values, [])
        counted = {}
        for offset in ("beginning", "end", "5", "-3", "s@0", "s@99999999999999", "100", None):
            where = () if offset is None else ("--offset", offset)
            self.run_ok("analyze", self.url(topic), *where, "--until", "end", "--summary", self.path("summary"))
            counted[offset] = summary_of(self.path("summary"))["lines"]
        self.assertEqual({"beginning": 20, "end": 0, "5": 15, "-3": 3, "s@0": 20, "s@99999999999999": 0, "100": 0, None: 20}, counted)
        self.assert_told("--group", "analyze", self.url(topic), "--offset", "stored", "--until", "end", code=2)
        for wrong in ("start", "s@", "5x", "--5"):
            self.assert_told("offset", "analyze", self.url(topic), f"--offset={wrong}", code=2)

    def test_a_group_that_stored_nothing_begins_at_the_end(self):
        topic = self.filled_topic(records_of([combined(T0)]))
        result = self.run_ok("analyze", self.url(topic), "--group", "new", "--state", self.path("state"), "--until", "end", "--summary",
                             self.path("summary"))
        self.assertEqual(0, summary_of(self.path("summary"))["lines"])
        self.assertIn("group 'new' has stored no offsets", result.message)
        self.assertIn("--offset beginning", result.message)

    def test_records_that_retention_took(self):
        topic = self.filled_topic(records_of(combined(T0 + second) for second in range(20)))
        self.admin.delete_records(topic, 0, 8)
        result = self.run_ok("analyze", self.url(topic), "--offset", "2", "--until", "end", "--summary", self.path("summary"))
        summary = summary_of(self.path("summary"))
        self.assertEqual((12, 6), (summary["lines"], summary["lost_offsets"]))
        self.assertIn("retention", result.message)

    def test_a_record_that_compaction_took(self):
        """The place is in a record that is not there any more: nothing of the next one is skipped."""
        topic = self.topic()
        lines = [combined(T0 + second).encode() for second in range(3)]
        with kafka_client.Producer(self.brokers, **{"transactional.id": topic}) as producer:
            for line in lines:  # each has a mark behind it, which is no record
                producer.begin()
                producer.write(topic, 0, line)
                producer.commit()
        for offset, gone in ((2, False), (1, True)):
            kafka_client.commit(self.brokers, topic, topic, offset, f"1 - {len(lines[0]) + 1}".encode())
            result = self.run_ok("analyze", self.url(topic), "--group", topic, "--state", self.path(f"state{offset}"), "--until", "end", "--close",
                                 "--summary", self.path("summary"))
            self.assertEqual(2 if gone else 1, summary_of(self.path("summary"))["lines"], result.message)
            self.assertEqual(gone, "record 1 is gone" in result.message, result.message)
        kafka_client.commit(self.brokers, topic, topic, 2, b"1 - 1000")
        result = self.run_ok("analyze", self.url(topic), "--group", topic, "--state", self.path("more"), "--until", "end")
        self.assertIn("lines were skipped", result.message)

    def test_how_far_it_is_behind(self):
        """What a run that ends at once leaves unread; marks of transactions at the end are nothing to read."""
        topic = self.filled_topic(records_of(combined(T0 + second) for second in range(20)), [])
        with kafka_client.Producer(self.brokers, **{"transactional.id": topic}) as producer:
            producer.begin()
            producer.write(topic, 1, combined(T0).encode())
            producer.commit()
        result = self.analyze(topic, "--summary", self.path("summary"), "-v")
        self.assertEqual(0, summary_of(self.path("summary"))["lag"])
        self.assertIn("/0: read up to offset 20, 0 records behind", result.message)
        self.assertIn("/1: read up to offset 2, 0 records behind", result.message)
        # One partition waits for another that brings nothing.
        ahead = [combined(T0 + 60 * minute, url=f"/{'x' * 1000}") for minute in range(1000)]
        topic = self.filled_topic(records_of([combined(T0)]), records_of(ahead))
        process = self.start("analyze", self.url(topic), "--offset", "beginning", "--idle-timeout", "1h", "--summary", self.path("summary"), "-v")
        self.wait_for(lambda: process.err().count(b": combined") >= 1, "the first lines", process=process)
        process.signal(SIGTERM)
        result = process.wait()
        lag = summary_of(self.path("summary"))["lag"]
        self.assertIn(f"{lag:,} records not read yet", result.message)
        self.assertGreater(lag, 500)

    def test_thresholds_of_a_topic(self):
        lines = shop_lines(5, T0, 3600, 5)
        expected = self.run_ok("thresholds", self.write("log", text_of(lines)))
        topic = self.filled_topic(records_of(lines))
        for where in (("--offset", "beginning", "--until", "end"), ("--group", "analyzer")):  # with that the work is meant, not the history
            self.assertEqual(expected.out, self.run_ok("thresholds", self.url(topic), *where).out)

    def test_topic_and_file_together(self):
        lines = shop_lines(6, T0, 300, 10)
        file, other = self.write("a.log", text_of(lines[::2])), self.write("b.log", text_of(lines[1::2]))
        topic = self.filled_topic(records_of(lines[1::2]))
        expected = self.run_ok("analyze", file, other)
        self.assertEqual(expected.out, self.run_ok("analyze", file, self.url(topic), "--until", "end").out)


class Running(KafkaCase):
    """A run that goes on."""

    def follow(self, topic, *args, brokers=None):
        return self.start("analyze", self.url(topic, brokers), "--offset", "beginning", "--windows-to", self.path("windows"), *args)

    def windows(self):
        return json_lines(b"".join(line + b"\n" for line in read(self.path("windows")).split(b"\n")[:-1]))

    def lines_in_windows(self):
        return sum(window["lines"] for window in self.windows())

    def test_an_idle_topic_still_closes_its_windows(self):
        lines = [combined(T0 + second, 500) for second in range(100) for _ in range(5)]
        topic = self.filled_topic(records_of(lines), [], [])
        process = self.follow(topic, "--idle-timeout", "1s")
        self.wait_for(lambda: self.lines_in_windows() == 500, "the last window", process=process)
        self.assertIn(b'"error_rate"', process.out())
        process.signal(SIGTERM)
        self.assertEqual(0, process.wait().code)

    def test_silence_is_seen_without_permission_for_a_group(self):
        topic = self.filled_topic(records_of(combined(T0 + second) for second in range(50)))
        self.admin.allow("analyzer", "read", "topic", topic)
        process = self.follow(topic, "--idle-timeout", "5s", "-v", "--kafka-config", self.config("analyzer"),
                              brokers=kafka_case.BROKER.address("client"))
        self.wait_for(lambda: self.lines_in_windows() == 50, "the last window", timeout=60, process=process)
        process.signal(SIGTERM)
        self.assertEqual(0, process.wait().code)

    def test_new_partitions_are_read_from_their_beginning(self):
        topic = self.filled_topic(records_of(combined(T0 + second) for second in range(100)))
        process = self.follow(topic, "--idle-timeout", "1h", "--max-skew", "1d")
        self.wait_for(lambda: self.lines_in_windows() >= 80, "the first windows", process=process)
        self.admin.add_partitions(topic, 3)
        self.wait_for(lambda: b"new partition, 2" in process.err(), "the new partitions", process=process)
        with kafka_client.Producer(self.brokers) as producer:
            producer.write_all(topic, 2, records_of(combined(T0 + second) for second in range(100, 300)))
            producer.write_all(topic, 1, records_of(combined(T0 + second) for second in range(100, 300)))
            producer.write_all(topic, 0, records_of(combined(T0 + second) for second in range(100, 300)))
        self.wait_for(lambda: self.lines_in_windows() >= 100 + 3 * 180, "windows with lines of all partitions", process=process)
        process.signal(SIGTERM)
        result = process.wait()
        self.assertEqual(0, result.code, str(result))
        for window in self.windows():  # each line once
            at = window["window_start"]
            self.assertEqual(10 if at < rfc3339(T0 + 100) else 30, window["lines"], str(window))

    def test_one_partition_far_ahead(self):
        """The one that is ahead waits, in bounded memory, and all come to the same."""
        ahead = [combined(T0 + second, url=f"/{'x' * 400}") for second in range(0, 86400, 1)]
        behind = [combined(T0 + second) for second in range(0, 86400, 60)]
        files = [self.write("ahead", text_of(ahead)), self.write("behind", text_of(behind))]
        expected = self.run_ok("analyze", *files)
        topic = self.filled_topic(records_of(ahead), records_of(behind), compression_type="lz4")
        result = self.run_measured("analyze", self.url(topic), "--until", "end", "-X", "queued.max.messages.kbytes=2048")
        self.assertEqual(expected.out, result.out)
        self.assert_memory(result, 150 << 20)

    def test_state_goes_on_where_a_kill_left_off(self):
        parts = [shop_lines(seed, T0, 1200, 20, shuffle=2) for seed in (1, 2)]
        files = [self.write(f"p{number}.log", text_of(lines)) for number, lines in enumerate(parts)]
        expected = self.run_ok("analyze", *files, "--alerts-to", self.path("expected"))
        self.assertEqual(b"", expected.out)
        topic = self.topic(2)
        state, alerts = self.path("state"), self.path("alerts")
        args = ("analyze", self.url(topic), "--offset", "beginning", "--state", state, "--alerts-to", alerts)
        pieces = 6

        def saved_now():
            return [read(file) for file in sorted(state.rglob("*")) if file.is_file()]

        with kafka_client.Producer(self.brokers) as producer:
            for piece in range(pieces):
                saved = saved_now()
                process = self.start(*args, "--idle-timeout", "1h")
                for number, lines in enumerate(parts):
                    size = len(lines) // pieces + 1
                    producer.write_all(topic, number, records_of(lines[piece * size:(piece + 1) * size]))
                self.wait_for(lambda before=saved: saved_now() != before, "a state that has more", process=process)
                process.signal(9)
                process.wait()
        self.run_ok(*args, "--until", "end", "--close", "--summary", self.path("summary"))
        self.assertEqual(read(self.path("expected")), read(alerts))
        self.assertEqual(sum(map(len, parts)), summary_of(self.path("summary"))["lines"])

    def test_what_a_state_speaks_of_is_gone(self):
        topic = self.filled_topic(records_of(combined(T0 + second) for second in range(100)))
        args = ("analyze", self.url(topic), "--offset", "beginning", "--until", "end", "--state", self.path("state"))
        self.run_ok(*args)
        with kafka_client.Producer(self.brokers) as producer:
            producer.write_all(topic, 0, records_of(combined(T0 + second) for second in range(100, 200)))
        self.admin.delete_records(topic, 0, 150)
        self.assertIn("gone (retention)", self.run_ok(*args, "--summary", self.path("second")).message)
        self.run_ok(*args, "--close", "--summary", self.path("third"))  # counts are of all runs together
        second, third = summary_of(self.path("second")), summary_of(self.path("third"))
        self.assertEqual(150, third["lines"])
        self.assertTrue(50 <= third["lost_offsets"] < 75, str(third))  # 50, and what the open windows had
        self.assertEqual(second["lost_offsets"], third["lost_offsets"])


class Broken(KafkaCase):
    """A broker of its own, which may go away."""

    def test_broker_away_in_between(self):
        with kafka_broker.Broker() as broker:
            address = broker.address()
            with kafka_client.Admin(address) as admin:
                admin.create_topic("logs", 1)
            with kafka_client.Producer(address) as producer:
                producer.write_all("logs", 0, records_of(combined(T0 + second) for second in range(40)))
            process = self.start("analyze", f"kafka://{address}/logs", "--offset", "beginning", "--windows-to", self.path("windows"),
                                 "--idle-timeout", "2s", "--window", "1s")
            windows = lambda: json_lines(read(self.path("windows")).rpartition(b"\n")[0])  # the last may be half written
            count = lambda: sum(window["lines"] for window in windows())
            self.wait_for(lambda: count() == 40, "all windows", process=process)
            broker.kill()
            self.wait_for(lambda: b"cannot reach the broker" in process.err(), "a warning", process=process)
            closed = len(windows())
            broker.start()
            self.wait_for(lambda: b"the broker is back" in process.err(), "the note", process=process)
            self.assertEqual(1, process.err().count(b"cannot reach"), process.err())
            # Unreachable is not idle: event time stood still.
            self.assertLessEqual(len(windows()), closed + 1)
            with kafka_client.Producer(address) as producer:
                producer.write_all("logs", 0, records_of(combined(T0 + 600 + second) for second in range(40)))
            self.wait_for(lambda: count() >= 80, "the windows after it", process=process)
            process.signal(SIGTERM)
            result = process.wait()
            self.assertEqual(0, result.code, str(result))


class Mistakes(KafkaCase):
    """Each is told in one message with its mend."""

    def setUp(self):
        super().setUp()
        self.logs = self.filled_topic(records_of([combined(T0)]))
        self.admin.allow("analyzer", "read", "topic", self.logs)

    def told(self, words, address, config, *more, topic=None, code=1):
        self.assert_told(words, "analyze", self.url(topic or self.logs, address), "--offset", "beginning", "--until", "end",
                         "--kafka-config", config, *more, code=code)

    def test_the_right_way(self):
        for listener in ("client", "mtls"):
            with self.subTest(listener=listener):
                self.run_ok("analyze", self.url(self.logs, kafka_case.BROKER.address(listener)), "--until", "end", "--kafka-config",
                            self.config("analyzer", listener), "--summary", self.path("summary"))
                self.assertEqual(1, summary_of(self.path("summary"))["lines"])
        plain = self.config("analyzer", sasl_mechanisms="PLAIN")
        self.run_ok("analyze", self.url(self.logs, kafka_case.BROKER.address("client")), "--until", "end", "--kafka-config", plain)

    def test_login(self):
        client = kafka_case.BROKER.address("client")
        self.told(("refused the login of 'analyzer'", "password"), client, self.config("analyzer", sasl_password="wrong"))
        self.told(("refused the login of 'stranger'", "user"), client, self.config("stranger"))
        self.told(("mechanism", "PLAIN"), client, self.config("analyzer", sasl_mechanisms="SCRAM-SHA-256"), code=2)

    def test_certificates(self):
        other = kafka_case.BROKER.directory / "other-ca.pem"
        self.told(("certificate is not accepted", "--tls-ca"), kafka_case.BROKER.address("client"), self.config("analyzer", ssl_ca_location=other))
        self.told(("mismatch", "name the broker"), kafka_case.BROKER.address("misnamed"), self.config("analyzer"))
        self.told(("certificate has expired", "renew it"), kafka_case.BROKER.address("expired"), self.config("analyzer"))
        mtls = kafka_case.BROKER.address("mtls")
        for nothing in (None, kafka_case.BROKER.directory / "stranger.pem"):
            key = nothing and kafka_case.BROKER.directory / "stranger.key"
            with self.subTest(certificate=nothing):
                config = self.config("analyzer", "mtls", ssl_certificate_location=nothing, ssl_key_location=key)
                self.told(("certificate", "--tls-cert"), mtls, config)

    def test_wrong_ports(self):
        plain = self.write("plain.properties", "security.protocol=plaintext\n")
        self.told(("expects TLS", "security.protocol"), kafka_case.BROKER.address("client"), plain)
        self.told("does not speak TLS", kafka_case.BROKER.address("internal"), self.config("analyzer"))
        tls = self.write("tls.properties", f"security.protocol=ssl\nssl.ca.location={kafka_case.BROKER.directory}/ca.pem\n")
        self.told(("expects a login", "sasl"), kafka_case.BROKER.address("client"), tls)

    def test_topics(self):
        self.assert_told(("no topic 'nowhere'", "kafka-topics"), "analyze", self.url("nowhere"), "--until", "end")
        client = kafka_case.BROKER.address("client")
        self.told(("permission", "kafka-acls.sh", "User:nobody"), client, self.config("nobody"))
        self.told(("permission", "or no such topic"), client, self.config("analyzer"), topic="nowhere")
        self.told(("group 'secret'", "--operation Read --group secret"), client, self.config("analyzer"), "--group", "secret",
                  "--state", self.path("state"), "--offset", "stored")
        # Where its offsets are not asked for, the group may be one that must not be used.
        self.run_ok("analyze", self.url(self.logs, client), "--offset", "beginning", "--until", "end", "--kafka-config",
                    self.config("analyzer"), "--group", "secret", "--state", self.path("state"))

    def test_nobody_there(self):
        port = harness.free_port()
        result = self.run_any("analyze", f"kafka://127.0.0.1:{port}/t", "--connect-timeout", "2s", timeout=SOON)
        self.assertEqual(1, result.code, str(result))
        self.assertRegex(result.message, "cannot reach the broker.*refused.*tried for 2s")
        result = self.run_any("analyze", "kafka://nowhere.invalid/t", "--connect-timeout", "2s", timeout=SOON)
        self.assertRegex(result.message, "cannot find the broker's address.*tried for 2s")

    def test_a_signal_while_connecting(self):
        process = self.start("analyze", f"kafka://127.0.0.1:{harness.free_port()}/t", "-v")
        self.wait_for(lambda: b"refused" in process.err(), "an attempt", process=process)
        process.signal(SIGTERM)
        self.assertEqual(0, process.wait(SOON).code)


class Writing(KafkaCase):

    def read(self, topic, partitions=1):
        return kafka_client.read_all(self.brokers, topic, partitions)

    def test_generated_lines(self):
        topic = self.topic(4)
        args = ("generate", "--speed", 0, "--seed", 1, "--start", "2026-01-01T00:00:00Z", "--count", 20000, "--rate", 100, "--users", 50)
        self.run_ok(*args, "--to", self.url(topic), "--to", self.path("same.log"))
        partitions = self.read(topic, 4)
        lines = [record.value for records in partitions for record in records]
        self.assertEqual(sorted(read(self.path("same.log")).splitlines()), sorted(lines))
        where = {}
        for number, records in enumerate(partitions):
            self.assertGreater(len(records), 1000)
            for record in records:
                self.assertEqual(number, where.setdefault(record.key, number), "a key stays in its partition")
                user = re.match(rb"(\S+) \S+ (\S+) ", record.value)
                self.assertEqual(record.key, user[1] if user[2] == b"-" else user[2])

    def test_alerts_windows_and_lines(self):
        lines = shop_lines(1, T0, 900, 10, shuffle=20) + ["nonsense"]
        log = self.write("log", text_of(lines))
        outputs = ("alerts-to", "windows-to", "late-to", "invalid-requests")
        # Alerts carry the time of their window, which is long ago: no retention must take them.
        topics = {output: self.topic(retention_ms=-1) for output in outputs}
        self.run_ok("analyze", log, *(word for output in outputs for word in (f"--{output}", self.url(topics[output]))))
        self.run_ok("analyze", log, *(word for output in outputs for word in (f"--{output}", self.path(output))))
        for output in outputs:
            with self.subTest(output=output):
                values = [record.value for record in self.read(topics[output])[0]]
                self.assertEqual(read(self.path(output)).splitlines(), values)
                self.assertGreater(len(values), 0)
        for record in self.read(topics["alerts-to"])[0]:
            alert = json.loads(record.value)
            self.assertEqual(alert["fingerprint"], record.key.decode())
            self.assertEqual(alert["window_end"], rfc3339(record.time // 1000))
            self.assertEqual({"ce_specversion": "1.0", "ce_id": alert["id"], "ce_source": "/socklog", "ce_type": alert["type"],
                              "ce_subject": alert["fingerprint"], "ce_time": alert["window_end"], "content-type": "application/json"},
                             record.headers)

    def test_one_topic_for_two_is_refused(self):
        url = self.url("t")
        self.assert_told("is taken", "analyze", self.write("log", ""), "--alerts-to", url, "--windows-to", url, code=2)
        self.assert_told("is read as input", "analyze", url, "--alerts-to", url, code=2)

    def test_what_cannot_be_written_is_told(self):
        topic = self.topic(max_message_bytes=300)
        log = self.write("log", text_of(shop_lines(1, T0, 60, 10)))
        self.assert_told(("larger than the topic takes", "not delivered"), "analyze", log, "--windows-to", self.url(topic), "-q", "-X",
                         "compression.codec=none")
        self.admin.allow("reader", "read", "topic", topic)
        client = self.url(topic, kafka_case.BROKER.address("client"))
        self.assert_told(("permission to write", "--operation Write"), "generate", "--count", 5, "--speed", 0, "--to", client,
                         "--kafka-config", self.config("reader"))
        self.assert_told(("permission to write", "User:nobody"), "generate", "--count", 5, "--speed", 0, "--to", client, "--kafka-config",
                         self.config("nobody"))

    def test_lines_that_no_topic_takes(self):
        """A line of a MiB is written where the topic takes it, and dropped with a warning where not."""
        log = self.write("log", text_of([os.urandom(1 << 20).hex(), "nonsense"]))
        large, small = self.topic(max_message_bytes=4 << 20), self.topic(max_message_bytes=100000)
        self.run_ok("analyze", log, "--invalid-requests", self.url(large))
        self.assertEqual([1 << 20, 8], [len(record.value) for record in self.read(large)[0]])
        result = self.run_ok("analyze", log, "--invalid-requests", self.url(small))
        self.assertIn("larger than the topic takes, and dropped", result.message)
        self.assertEqual([b"nonsense"], [record.value for record in self.read(small)[0]])

    def test_least_permissions(self):
        logs, alerts = self.topic(), self.topic(retention_ms=-1)
        self.admin.allow("generator", "write", "topic", logs)
        self.admin.allow("analyzer", "read", "topic", logs)
        self.admin.allow("analyzer", "write", "topic", alerts)
        client = kafka_case.BROKER.address("client")
        self.run_ok("generate", "--count", 5000, "--speed", 0, "--seed", 1, "--rate", 10, "--error-users", 100, "--error-urls", 100,
                    "--error-rate", 50, "--to", self.url(logs, client), "--kafka-config", self.config("generator"))
        self.run_ok("analyze", self.url(logs, client), "--until", "end", "--alerts-to", self.url(alerts, client), "--kafka-config",
                    self.config("analyzer"))
        self.assertGreater(len(self.read(alerts)[0]), 0)


class Properties(KafkaCase):

    def refused(self, words, *args):
        self.assert_told(words, "analyze", self.url("t"), *args, code=2)

    def test_secrets(self):
        self.refused(("sasl.password", "--kafka-config"), "-X", "sasl.password=hunter2")
        result = self.run_any("analyze", self.url("t"), "-X", "ssl.key.password=hunter2")
        self.assertNotIn("hunter2", result.message)
        secret = self.config("analyzer")
        secret.chmod(0o644)
        self.refused(("sasl.password", "chmod 600"), "--kafka-config", secret)
        key = self.write("key", "")
        key.chmod(0o644)
        self.refused(("private key", "chmod 600"), "-X", f"ssl.key.location={key}")

    def test_names_and_values(self):
        self.refused(("'security.protocl'", "did you mean 'security.protocol'"), "-X", "security.protocl=ssl")
        self.refused("security.protocol", "-X", "security.protocol=tls")
        self.refused("NAME=VALUE", "-X", "security.protocol")
        self.refused("--group", "-X", "group.id=g")
        file = self.write("kafka.properties", "# a comment\n\nsecurity.protocl = ssl\n")
        self.refused("kafka.properties:3", "--kafka-config", file)
        self.refused("--kafka-config", "--kafka-config", self.path("missing"))

    def test_check_config(self):
        topic = self.filled_topic([])
        for line, code, words in (("", 0, "1 partition"), ('kafka_property = ["security.protocl=ssl"]', 2, "did you mean 'security.protocol'"),
                                  ('windows_to = "kafka://BROKERS/nowhere"', 2, "there is no topic 'nowhere'")):
            file = self.write("c.toml", f'[analyze]\nfrom = "{self.url(topic)}"\n{line.replace("BROKERS", self.brokers)}\n')
            with self.subTest(line=line):
                result = self.run_any("check-config", "--probe", file, timeout=SOON)
                self.assertEqual(code, result.code, str(result))
                self.assertIn(words, result.message + result.out.decode(), str(result))
        remote = self.write("remote.toml", 'from = "kafka://broker.example/t"\n')
        self.assertIn("insecure", self.run_ok("check-config", remote).message)

    def test_verification(self):
        for off in ("ssl.endpoint.identification.algorithm=none", "enable.ssl.certificate.verification=false"):
            self.refused(("--kafka-insecure", "pretend"), "-X", off)


if __name__ == "__main__":
    kafka_case.main()
