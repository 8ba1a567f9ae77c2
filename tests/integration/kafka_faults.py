#!/usr/bin/env python3
"""What is no broker, brokers that lose records, and records that are odd."""
import contextlib
import socket
import threading
import time

import harness
import kafka_case
from harness import T0, combined, text_of
from kafka_case import SOON, KafkaCase

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


if __name__ == "__main__":
    kafka_case.main()
