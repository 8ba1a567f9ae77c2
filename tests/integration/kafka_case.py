"""What the tests with a real Kafka broker share: one broker for all tests of a script, topics, users, messages."""
import os
import sys
import unittest

import harness
import kafka_broker
import kafka_client

BROKER = None  # one for all tests here; each has topics of its own
SOON = 15  # seconds within which a mistake is told


def records_of(lines):
    return [line.encode() for line in lines]


class KafkaCase(harness.Case):

    def setUp(self):
        super().setUp()
        self.brokers = BROKER.address()
        self.admin = kafka_client.Admin(self.brokers)
        self.topics = 0

    def topic(self, partitions=1, **config):
        self.topics += 1
        name = f"{self._testMethodName}-{self.topics}"
        self.admin.create_topic(name, partitions, **config)
        return name

    def filled_topic(self, *partitions, **config):
        """A topic with these values (bytes) in its partitions."""
        name = self.topic(len(partitions), **config)
        with kafka_client.Producer(self.brokers) as producer:
            for number, values in enumerate(partitions):
                producer.write_all(name, number, values)
        return name

    def url(self, topic, brokers=None):
        return f"kafka://{brokers or self.brokers}/{topic}"

    def analyze(self, topic, *args):
        """From its beginning to its present end."""
        return self.run_ok("analyze", self.url(topic), "--offset", "beginning", "--until", "end", *args)

    def config(self, user, listener="client", **more):
        """A file for --kafka-config with which `user` can log in."""
        properties = {"security.protocol": "sasl_ssl", "ssl.ca.location": BROKER.directory / "ca.pem", "sasl.mechanisms": "SCRAM-SHA-512",
                      "sasl.username": user, "sasl.password": BROKER.passwords.get(user, "none")}
        if listener == "mtls":
            properties = {"security.protocol": "ssl", "ssl.ca.location": BROKER.directory / "ca.pem",
                          "ssl.certificate.location": BROKER.directory / f"{user}.pem", "ssl.key.location": BROKER.directory / f"{user}.key"}
        elif BROKER.version.startswith("4"):
            properties["sasl.mechanisms"] = "PLAIN"  # SCRAM needs librdkafka 2.6.1 there
        properties.update({name.replace("_", "."): value for name, value in more.items()})
        path = self.write("kafka.properties", "".join(f"{name}={value}\n" for name, value in properties.items() if value is not None))
        path.chmod(0o600)
        return path

    def assert_told(self, words, *args, code=1, timeout=SOON):
        """One message with all the words, in time, without a secret."""
        result = self.run_any(*args, timeout=timeout)
        self.assertEqual(code, result.code, str(result))
        self.assertEqual(1, result.message.count("\n"), str(result))
        for word in (words,) if isinstance(words, str) else words:
            self.assertIn(word, result.message, str(result))
        for password in BROKER.passwords.values():
            self.assertNotIn(password, result.message)
        return result


def main():
    global BROKER  # pylint: disable=global-statement
    try:
        BROKER = kafka_broker.Broker()
    except kafka_broker.Unavailable as why:
        kafka_broker.skip(why)
    with BROKER:
        if not os.access(harness.SOCKLOG, os.X_OK):
            sys.exit(f"no executable at {harness.SOCKLOG}; set SOCKLOG")
        unittest.main(verbosity=2)
