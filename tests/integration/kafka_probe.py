#!/usr/bin/env python3
"""What check-config --probe finds out about a real Kafka broker: each fault has one message, which names the mend."""
from signal import SIGTERM

import harness
import kafka_case
import kafka_client
from harness import T0, combined, json_lines
from kafka_case import SOON, KafkaCase, records_of

PASSWORD = "hunter2"  # a wrong one
ANALYZE = '[analyze]\nfrom = "topic:{}"\n'


def rows_of(result):
    """{(check, topic or brokers): row} of --output json."""
    rows = [row for row in json_lines(result.out) if row["type"] == "socklog.probe.v1"]
    return {(row["check"], row["endpoint"].rsplit("/", 1)[-1]): row for row in rows}


def outcomes_of(rows):
    return {key: row["outcome"] for key, row in rows.items()}


class ProbeCase(KafkaCase):

    def configuration(self, section, listener="client", user="analyzer", address=None, file=None, **properties):
        """`topic:NAME` in the section is a topic at that listener, or at that address."""
        text = section.replace("topic:", f"kafka://{address or kafka_case.BROKER.address(listener)}/")
        if file is None and listener != "internal":
            file = self.config(user, listener, **properties)
        return self.write("probe.toml", (f'kafka_config = "{file}"\n' if file else "") + text)

    def probe(self, file, code, *args):
        """In time, and without a secret."""
        result = self.run_any("check-config", "--probe", *args, file, timeout=SOON)
        self.assertEqual(code, result.code, str(result))
        for password in (*kafka_case.BROKER.passwords.values(), PASSWORD):
            self.assertNotIn(password, result.message + result.out.decode())
        return result

    def assert_fault(self, check, words, section, **how):
        """One message with all the words, and one row that failed. Returns the rows' outcomes."""
        file = self.configuration(section, **how)
        result = self.probe(file, 2)
        self.assertEqual(1, result.message.count("\n"), str(result))
        self.assertRegex(result.message, r"probe\.toml:\d+:\d+: error: kafka://")
        for word in words:
            self.assertIn(word, result.message, str(result))
        self.assertRegex(result.out.decode(), rf"(?m)^{check} .* failed +see the error$")
        rows = rows_of(self.probe(file, 2, "--output", "json"))
        failed = [row for row in rows.values() if row["outcome"] == "failed"]
        self.assertEqual([check], [row["check"] for row in failed], str(rows))
        for word in words:
            self.assertIn(word, failed[0]["detail"])
        return outcomes_of(rows)


class Connecting(ProbeCase):

    def setUp(self):
        super().setUp()
        self.logs = self.topic(3)
        self.admin.allow("analyzer", "read", "topic", self.logs)
        self.section = ANALYZE.format(self.logs)

    def test_all_is_well(self):
        for listener, tls, login in (("client", "ok", "as 'analyzer'"), ("mtls", "ok", "by a client certificate"),
                                     ("internal", "not_tried", "without a name")):
            with self.subTest(listener=listener):
                file = self.configuration(self.section, listener)
                brokers = kafka_case.BROKER.address(listener)
                rows = rows_of(self.probe(file, 0, "--output", "json", "--fail-on-warning"))
                self.assertEqual([("address", brokers), ("connection", brokers), ("tls", brokers), ("login", brokers), ("topic", self.logs),
                                  ("read", self.logs)], list(rows))
                self.assertEqual(tls, rows["tls", brokers]["outcome"])
                if tls == "ok":
                    self.assertRegex(rows["tls", brokers]["detail"], r"ends in (29|30) days")
                self.assertIn(login, rows["login", brokers]["detail"])
                self.assertIn("3 partitions, replication 1", rows["topic", self.logs]["detail"])
                told = "retention 7d" if listener == "internal" else "not told (needs DescribeConfigs)"
                self.assertIn(told, rows["topic", self.logs]["detail"])
                place = rows["read", self.logs]
                self.assertEqual((str(file), 8), (place["file"], place["column"]))
                text = self.probe(file, 0).out.decode()
                self.assertRegex(text, rf"(?m)^read +kafka://{brokers}/{self.logs} +ok +allowed$")

    def test_who_may_not_come_in(self):
        other = kafka_case.BROKER.directory / "other-ca.pem"
        stranger = {f"ssl_{what}_location": kafka_case.BROKER.directory / f"stranger.{ending}"
                    for what, ending in (("certificate", "pem"), ("key", "key"))}
        none = {"ssl_certificate_location": None, "ssl_key_location": None}
        for check, words, how in (
            ("login", ("refused the login of 'analyzer'", "sasl.password", "--kafka-config"), {"sasl_password": PASSWORD}),
            ("login", ("does not offer the mechanism", "SCRAM-SHA-512"), {"sasl_mechanisms": "SCRAM-SHA-256"}),
            ("tls", ("certificate is not accepted: unable to get local issuer", "--tls-ca"), {"ssl_ca_location": other}),
            ("tls", ("certificate is not accepted", "mismatch", "name the broker as its certificate does"), {"listener": "misnamed"}),
            ("tls", ("certificate has expired", "renew it"), {"listener": "expired"}),
            ("login", ("expects TLS", "security.protocol=sasl_ssl"), {"security_protocol": "plaintext"}),
            ("login", ("expects a login", "sasl.mechanisms"), {"security_protocol": "ssl"}),
            ("login", ("does not speak TLS", "give the port where it does"), {"address": kafka_case.BROKER.address("internal")}),
            ("login", ("refused this side's certificate", "--tls-cert"), {"listener": "mtls", **none}),
            ("login", ("refused this side's certificate", "--tls-cert"), {"listener": "mtls", **stranger}),
            ("connection", ("refused", "start the broker"), {"address": f"localhost:{harness.free_port()}"}),
            ("address", ("cannot look up 'nowhere.invalid'", "correct the name"), {"address": "nowhere.invalid:9093"}),
        ):
            with self.subTest(words=words):
                outcomes = self.assert_fault(check, words, self.section, **how)
                self.assertEqual("not_tried", outcomes["topic", self.logs])

    def test_a_broker_that_is_away(self):
        """Another is there."""
        there = kafka_case.BROKER.address("client")
        file = self.configuration(self.section, address=f"localhost:{harness.free_port()},{there}")
        result = self.probe(file, 0)
        self.assertIn("warning", result.message)
        self.assertIn("refused", result.message)
        self.probe(file, 2, "--fail-on-warning")

    def test_a_broker_that_does_not_answer(self):
        kafka_case.BROKER.pause()
        try:
            self.assert_fault("login", ("cannot reach the broker: it takes the connection and does not answer",), self.section,
                              listener="internal")
            self.assert_fault("login", ("cannot reach the broker",), self.section)
        finally:
            kafka_case.BROKER.resume()

    def test_topics(self):
        unknown = ANALYZE.format("nowhere")
        self.assert_fault("topic", ("no topic 'nowhere'", "kafka-topics.sh --create"), unknown, listener="internal")
        self.assert_fault("topic", ("or no such topic, which the broker does not tell", "kafka-acls.sh"), unknown)
        self.assert_fault("topic", ("to read topic", "--allow-principal User:nobody --operation Read"), self.section, user="nobody")
        # It may be described, but not read.
        self.admin.allow("reader", "describe", "topic", self.logs)
        outcomes = self.assert_fault("read", ("to read topic", f"User:reader --operation Read --topic {self.logs}"), self.section,
                                     user="reader")
        self.assertEqual("ok", outcomes["topic", self.logs])

    def test_writing_without_a_group(self):
        alerts = self.topic()
        section = f'[generate]\nto = "topic:{alerts}"\n'
        self.assert_fault("topic", ("to write to topic", "--operation Write"), section, user="generator")
        self.admin.allow("generator", "describe", "topic", alerts)
        self.assert_fault("write", ("to write to topic", f"User:generator --operation Write --topic {alerts}"), section, user="generator")
        self.admin.allow("generator", "write", "topic", alerts)
        rows = rows_of(self.probe(self.configuration(section, user="generator"), 0, "--output", "json", "--fail-on-warning"))
        self.assertIn(rows["write", alerts]["outcome"], ("ok", "not_tried"))
        small = self.topic(min_insync_replicas=2)
        self.assert_fault("topic", ("min.insync.replicas is 2", "kafka-configs.sh --alter"), f'[generate]\nto = "topic:{small}"\n',
                          listener="internal")

    def test_stored_offsets(self):
        section = self.section + 'group = "secret"\noffset = "stored"\nstate = "state"\n'
        self.assert_fault("group", ("group 'secret'", "--operation Read --group secret"), section)


class Group(ProbeCase):
    """What the exactly-once work of a group needs."""

    def set_up_group(self, group, **state):
        self.group, self.logs, self.alerts, self.late = group, self.topic(2), self.topic(retention_ms=-1), self.topic()
        self.state = self.topic(**{"cleanup_policy": "compact", **state})

    def section(self, **other):
        names = {"logs": self.logs, "alerts": self.alerts, "state": self.state, "group": self.group, **other}
        return ('[analyze]\nfrom = "topic:{logs}"\nalerts_to = "topic:{alerts}"\nlate_to = "topic:{late}"\ngroup = "{group}"\n'
                'state_topic = "{state}"\n').format(late=self.late, **names)

    def permissions(self):
        """By what is missing without it: the check that tells, what to say, and how it is given."""
        acl, allow = "--allow-principal User:analyzer --operation", self.admin.allow
        return {
            "input": ("read", f"{acl} Read --topic {self.logs}", lambda: allow("analyzer", "read", "topic", self.logs)),
            "alerts": ("write", f"{acl} Write --topic {self.alerts}", lambda: allow("analyzer", "write", "topic", self.alerts)),
            "state, read": ("read", f"{acl} Read --topic {self.state}", lambda: allow("analyzer", "read", "topic", self.state)),
            "state, write": ("write", f"{acl} Write --topic {self.state}", lambda: allow("analyzer", "write", "topic", self.state)),
            "group": ("group", f"{acl} Read --group {self.group}", lambda: allow("analyzer", "read", "group", self.group)),
        }

    def test_each_permission(self):
        method = self._testMethodName
        self.admin.allow("analyzer", "describe", "topic", method, prefixed=True)
        kafka_case.BROKER.allow_transactional_ids("analyzer", f"socklog-{method}")
        for number, missing in enumerate(("input", "alerts", "state, read", "state, write", "group", "group but Describe", "id", "nothing")):
            self.set_up_group(f"{'other' if missing == 'id' else method}-{number}")
            permissions = self.permissions()
            absent = missing.removesuffix(" but Describe")
            for name, (_, _, give) in permissions.items():
                if name != absent:
                    give()
            self.admin.allow("analyzer", "write", "topic", self.late)
            if absent != missing:
                self.admin.allow("analyzer", "describe", "group", self.group)
            with self.subTest(missing=missing):
                if absent in permissions:
                    check, words, _ = permissions[absent]
                    self.assert_fault(check, (words,), self.section())
                elif missing == "id":
                    outcomes = self.assert_fault("transaction", (f"--transactional-id socklog-{self.group}- --resource-pattern-type prefixed",),
                                                 self.section())
                    self.assertEqual("not_tried", outcomes["write", self.alerts])
                else:
                    self.assert_allowed()

    def assert_allowed(self):
        outcomes = outcomes_of(rows_of(self.probe(self.configuration(self.section()), 0, "--output", "json", "--fail-on-warning")))
        self.assertIn(outcomes.pop(("write", self.late)), ("ok", "not_tried"))  # of no transaction: only a new library can ask
        self.assertEqual({"ok"}, set(outcomes.values()), str(outcomes))
        brokers = kafka_case.BROKER.address("client")
        needed = {("read", self.logs), ("read", self.state), ("write", self.alerts), ("write", self.state), ("transaction", brokers),
                  ("group", brokers)}
        self.assertEqual(needed, {key for key in outcomes if key[0] in ("read", "write", "transaction", "group")})

    def test_the_state_topic(self):
        self.set_up_group("g", cleanup_policy="delete")
        self.assert_fault("topic", ("not compacted (cleanup.policy=delete)", "kafka-configs.sh --alter", "cleanup.policy=compact"),
                          self.section(), listener="internal")
        self.assert_fault("topic", ("has 2 partitions", "--state-topic"), self.section(state=self.topic(2, cleanup_policy="compact")),
                          listener="internal")
        self.set_up_group("g", cleanup_policy="compact,delete")
        file = self.configuration(self.section(), "internal")
        self.assertIn("deletes what is older than retention.ms", self.probe(file, 0).message)
        self.probe(file, 2, "--fail-on-warning")

    def test_who_works_is_not_disturbed(self):
        """Nothing of the probe is seen, and the worker keeps its work."""
        self.set_up_group("g")
        lines = records_of(combined(T0 + second, 500 if second > 60 else 200) for second in range(100) for _ in range(10))
        process = self.start("analyze", self.url(self.logs), "--group", self.group, "--state-topic", self.state, "--offset", "beginning",
                             "--alerts-to", self.url(self.alerts), "-v")
        committed = b"the transaction is committed"
        self.wait_for(lambda: committed in process.err(), "a transaction", timeout=60, process=process)
        for _ in range(3):
            before = process.err().count(committed)
            self.probe(self.configuration(self.section(), "internal"), 0)
            with kafka_client.Producer(self.brokers) as producer:
                producer.write_all(self.logs, 0, lines)
            self.wait_for(lambda seen=before: process.err().count(committed) > seen, "a transaction", process=process)
        process.signal(SIGTERM)
        result = process.wait(SOON)
        self.assertEqual(0, result.code, str(result))
        alerts = kafka_client.read_all(self.brokers, self.alerts)[0]
        self.assertGreater(len(alerts), 0)
        for topic in (self.alerts, self.state):
            self.assertNotIn(b"socklog-probe", [record.key for record in kafka_client.read_all(self.brokers, topic)[0]])


if __name__ == "__main__":
    kafka_case.main()
