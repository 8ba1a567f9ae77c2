#!/usr/bin/env python3
"""generate: shares that can be measured in its output, an exact rate in even steps, the same bytes for the same seed over every transport."""
import collections
import gzip
import re
import socket
import subprocess
import time

import harness
from harness import json_lines, read, summary_of

LINE = re.compile(r'(?P<client>\S+) - (?P<user>\S+) \[(?P<time>[^\]]+)\] "(?P<method>\S+) (?P<url>[^ ?]+)\S* [^"]*" (?P<status>\d+) (?P<bytes>\S+) '
                  r'"[^"]*" "[^"]*"')
START = ("--start", "2026-01-01T00:00:00Z")
# Formats with all that the metrics need. Those with a host have it in the keys of URLs.
HOST_FORMATS = ("vhost_combined", "vhost_common", "caddy", "traefik", "ecs", "nginx-json")
FORMATS = ("combined", "common",
           '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D',
           'apache:%{%s}t %a %u "%r" %>s %B',
           'nginx:$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"',
           'nginx:$time_iso8601 $remote_addr $remote_user "$request" $status $request_time')
DETECTED = HOST_FORMATS + ("combined", "common")


def parse(data):
    for line in data.decode().splitlines():
        yield LINE.fullmatch(line).groupdict()


class Shares(harness.Case):

    def assert_share(self, expected, part, whole, what):
        self.assertLessEqual(abs(part / whole - expected), 0.03 * expected, f"{what}: {part} of {whole}, not {expected:.1%}")

    def test_percentages_of_users_urls_and_requests(self):
        """30 % of the users fail, on 50 % of the URLs, in 60 % of those requests: each to 3 % of its value."""
        for seed in (1, 2, 3) if not harness.LONG else range(20):
            out = self.run_ok("generate", "--rate", 500, "--duration", "10m", "--speed", 0, "--users", 500, "--urls", 200, "--error-users", 30,
                              "--error-rate", 60, "--error-urls", 50, "--background-error-rate", 0, "--seed", seed, *START).out
            requests, errors = collections.Counter(), collections.Counter()
            for entry in parse(out):
                pair = entry["user"], entry["url"]
                requests[pair] += 1
                errors[pair] += int(entry["status"]) >= 400
            users, urls = {user for user, _ in requests}, {url for _, url in requests}
            bad_users = {user for (user, _), count in errors.items() if count}
            bad_urls = {url for (_, url), count in errors.items() if count}
            self.assert_share(0.30, len(bad_users), len(users), f"seed {seed}: users with errors")
            self.assert_share(0.50, len(bad_urls), len(urls), f"seed {seed}: URLs with errors")
            there = [pair for pair in requests if pair[0] in bad_users and pair[1] in bad_urls]
            self.assert_share(0.60, sum(errors[pair] for pair in there), sum(requests[pair] for pair in there), f"seed {seed}: requests")
            self.assertEqual(sum(errors.values()), sum(errors[pair] for pair in there), "errors elsewhere")
            self.assertEqual(300_000, sum(requests.values()))
            self.assertNotIn("-", bad_users)

    def test_background_and_mix(self):
        for seed in (4, 5):
            out = self.run_ok("generate", "--rate", 500, "--count", 200000, "--speed", 0, "--background-error-rate", 5, "--error-status", "404:5,500:2,429:3",
                              "--seed", seed, *START).out
            statuses = collections.Counter(entry["status"] for entry in parse(out))
            failed = {status: count for status, count in statuses.items() if int(status) >= 400}
            self.assertEqual({"404", "500", "429"}, set(failed))
            total = sum(failed.values())
            self.assert_share(0.05, total, 200000, "background")
            for status, share in (("404", 0.5), ("500", 0.2), ("429", 0.3)):
                self.assertLess(abs(failed[status] / total - share), 0.02, (status, failed))

    def test_an_incident(self):
        out = self.run_ok("generate", "--rate", 200, "--duration", "20m", "--speed", 0, "--background-error-rate", 0, "--seed", 6, *START, "--incident",
                          "error-burst at=10m for=5m rate=40%").out
        inside, outside = [0, 0], [0, 0]
        for entry in parse(out):
            minute = int(entry["time"].split(":")[2])
            counts = inside if 10 <= minute < 15 else outside
            counts[0] += 1
            counts[1] += int(entry["status"]) >= 400
        self.assertEqual(0, outside[1])
        self.assert_share(0.4, inside[1], inside[0], "the incident")

    def test_populations(self):
        out = self.run_ok("generate", "--rate", 500, "--count", 100000, "--speed", 0, "--users", 50, "--clients", 40, "--urls", 30, "--seed", 7, *START).out
        entries = list(parse(out))
        for field, count in (("user", 50), ("client", 40), ("url", 30)):
            values = {entry[field] for entry in entries} - {"-"}
            self.assertEqual(count, len(values), field)

    def test_popular_urls_are_popular(self):
        out = self.run_ok("generate", "--rate", 500, "--count", 100000, "--speed", 0, "--urls", 200, "--seed", 7, *START).out
        counts = [count for _, count in collections.Counter(entry["url"] for entry in parse(out)).most_common()]
        self.assertGreater(counts[0], 5 * counts[20])
        self.assertGreater(counts[0], 20 * counts[-1])


class Pace(harness.Case):

    def test_exact_counts_in_even_steps(self):
        out = self.run_ok("generate", "--rate", 200, "--duration", "5m", "--speed", 0, "--seed", 7, *START).out
        per_second = collections.Counter(entry["time"] for entry in parse(out))
        self.assertEqual({200}, set(per_second.values()))
        self.assertEqual(300, len(per_second))
        for rate, count in (("0.5", 30), ("3", 180), ("0.1", 6)):
            out = self.run_ok("generate", "--rate", rate, "--duration", "1m", "--speed", 0, "--seed", 7, *START).out
            self.assertEqual(count, out.count(b"\n"), rate)
        self.assertEqual(b"", self.run_ok("generate", "--count", 0, "--speed", 0).out)
        self.assertEqual(7, self.run_ok("generate", "--count", 7, "--duration", "1h", "--rate", 100, "--speed", 0).out.count(b"\n"))

    def test_an_hour(self):
        log = self.path("h.log")
        self.run_ok("generate", "--rate", 200, "--duration", "1h", "--speed", 0, "--seed", 7, *START, "--to", log)
        self.run_ok("analyze", "-q", log, "--summary", self.path("s"), "--alerts-to", self.path("a"))
        summary = summary_of(self.path("s"))
        self.assertEqual((720000, 720000, 360), (summary["lines"], summary["counted"], summary["windows"]))

    def test_five_lines_take_four_seconds(self):
        begin = time.monotonic()
        out = self.run_ok("generate", "--count", 5).out
        took = time.monotonic() - begin
        self.assertEqual(5, out.count(b"\n"))
        self.assertGreater(took, 3.9)
        self.assertEqual(5, len({entry["time"] for entry in parse(out)}))

    def test_speed(self):
        begin = time.monotonic()
        self.run_ok("generate", "--rate", 10, "--duration", "1m", "--speed", 60, "--seed", 1, *START)
        self.assertGreater(time.monotonic() - begin, 0.9)
        # Faster than real time, lines come while time goes on, not all at the end.
        process = self.start("generate", "--rate", 1, "--speed", 100)
        self.wait_for(lambda: process.out().count(b"\n") >= 20, "lines at speed", timeout=30, process=process)
        process.signal(harness.SIGTERM)
        self.assertEqual(0, process.wait().code)

    def test_lines_come_one_by_one(self):
        """At one line a second nobody waits for a buffer to fill."""
        process = self.start("generate")
        self.wait_for(lambda: process.out().endswith(b"\n"), "the first line", timeout=30, process=process)
        process.signal(harness.SIGTERM)
        self.assertEqual(0, process.wait().code)


class Bytes(harness.Case):

    ARGS = ("generate", "--rate", 100, "--count", 20000, "--speed", 0, "--seed", 11, *START, "--error-users", 20, "--error-urls", 20, "--error-rate", 50,
            "--daily-cycle")

    def test_the_same_bytes_over_every_transport(self):
        expected = self.run_ok(*self.ARGS).out
        self.assertEqual(expected, self.run_ok(*self.ARGS).out)
        self.assertNotEqual(expected, self.run_ok(*self.ARGS, "--seed", 12).out)
        self.run_ok(*self.ARGS, "--to", self.path("file"))
        self.assertEqual(expected, read(self.path("file")))
        self.run_ok(*self.ARGS, "--to", self.path("one"), "--to", self.path("other"))
        self.assertEqual([expected] * 2, [read(self.path("one")), read(self.path("other"))])
        for family, address in ((socket.AF_INET, ("127.0.0.1", 0)), (socket.AF_UNIX, self.path("s"))):
            with harness.listening(family, address) as server:
                name = f"unix:{address}" if family == socket.AF_UNIX else f"tcp://127.0.0.1:{server.getsockname()[1]}"
                process = self.start(*self.ARGS, "--to", name)
                peer, _ = server.accept()
                self.assertEqual(expected, drain(peer), name)
                self.assertEqual(0, process.wait().code)
        port = harness.free_port()
        for family, address, flags in ((socket.AF_INET, ("127.0.0.1", port), ("--to", f"tcp-listen://:{port}")),
                                       (socket.AF_INET, ("127.0.0.1", port), ("--host", "127.0.0.1", "--port", port)),
                                       (socket.AF_UNIX, self.path("l"), ("--to", f"unix-listen:{self.path('l')}"))):
            process = self.start(*self.ARGS, *flags)
            self.assertEqual(expected, drain(harness.connect(family, address, process)), flags)
            self.assertEqual(0, process.wait().code)

    def test_without_a_seed_each_run_differs(self):
        args = ("generate", "--count", 100, "--speed", 0, *START)
        self.assertNotEqual(self.run_ok(*args).out, self.run_ok(*args).out)

    def test_a_listening_one_waits_for_its_first_client(self):
        port = harness.free_port()
        process = self.start("generate", "--rate", 1000, "--count", 1000, "--speed", 0, "--to", f"tcp-listen://:{port}", "-v")
        self.wait_for(lambda: b"waiting" in process.err(), "waiting", process=process)
        self.assertTrue(process.running())
        self.assertEqual(1000, drain(harness.connect(socket.AF_INET, ("127.0.0.1", port), process)).count(b"\n"))

    def test_clients_get_whole_lines_from_when_they_join(self):
        port = harness.free_port()
        process = self.start("generate", "--rate", 2000, "--seed", 3, *START, "--to", f"tcp-listen://:{port}")
        first = harness.connect(socket.AF_INET, ("127.0.0.1", port), process)
        early = first.recv(200000)
        late = [harness.connect(socket.AF_INET, ("127.0.0.1", port), process) for _ in range(3)]
        received = [[] for _ in late]
        joins = [harness.in_thread(collect, peer, received[n], 300000) for n, peer in enumerate(late)]
        joins.append(harness.in_thread(collect, first, [early], 0))
        for join in joins[:3]:
            join()
        process.signal(harness.SIGTERM)
        self.assertEqual(0, process.wait().code)
        whole = self.run_ok("generate", "--rate", 2000, "--seed", 3, *START, "--count", 400000, "--speed", 0).out
        for data in map(b"".join, received):
            start = whole.find(data[:data.index(b"\n") + 1])
            self.assertGreater(start, 0, "it joined later")
            self.assertEqual(b"\n", whole[start - 1:start], "a whole line comes first")
            self.assertEqual(whole[start:start + len(data)], data)

    def test_a_client_that_leaves_disturbs_nobody(self):
        port = harness.free_port()
        process = self.start("generate", "--rate", 100000, "--count", 2000000, "--speed", 0, "--seed", 3, *START, "--to", f"tcp-listen://:{port}")
        stays = harness.connect(socket.AF_INET, ("127.0.0.1", port), process)
        leaves = harness.connect(socket.AF_INET, ("127.0.0.1", port), process)
        stays.recv(1000)
        leaves.close()
        total = 0
        last = b""
        with stays:
            while total < 20_000_000 and (last := stays.recv(1 << 20)):
                total += len(last)
        self.assertGreater(total, 19_000_000)
        process.signal(harness.SIGTERM)
        self.assertEqual(0, process.wait().code)


class Formats(harness.Case):

    ARGS = ("generate", "--rate", 50, "--duration", "10m", "--speed", 0, "--seed", 21, *START, "--error-users", 20, "--error-urls", 20, "--error-rate", 50)

    def windows_of(self, data, *args):
        windows = self.path("windows")
        self.run_ok("analyze", "-q", "--windows-to", windows, "--summary", self.path("s"), *args, data=data)
        self.assertEqual((30000, 0), (summary_of(self.path("s"))["counted"], summary_of(self.path("s"))["malformed"]), args)
        return read(windows)

    def test_what_is_written_is_read(self):
        """Every format gives the windows that combined gives: named, detected, in an envelope."""
        plain = self.windows_of(self.run_ok(*self.ARGS).out)
        hosts = self.windows_of(self.run_ok(*self.ARGS, "--log-format", "vhost_combined").out)
        self.assertEqual(60, plain.count(b"\n"))
        for log_format in FORMATS + HOST_FORMATS:
            expected = hosts if log_format in HOST_FORMATS else plain
            with self.subTest(log_format=log_format):
                data = self.run_ok(*self.ARGS, "--log-format", log_format).out
                self.assertEqual(expected, self.windows_of(data, "--log-format", log_format))
                if log_format in DETECTED:
                    self.assertEqual(expected, self.windows_of(data))

    def test_virtual_hosts(self):
        """Formats with a host have it in the URL's key; all but those keys is the same."""
        expected = json_lines(self.windows_of(self.run_ok(*self.ARGS).out))
        got = json_lines(self.windows_of(self.run_ok(*self.ARGS, "--log-format", "vhost_combined").out))
        for one, other in zip(expected, got):
            self.assertEqual({name: value for name, value in one["metrics"].items() if "url" not in name},
                             {name: value for name, value in other["metrics"].items() if "url" not in name})
        keys = [entry["key"] for window in got for entry in window["metrics"]["error_rate_by_url"]["top"]]
        self.assertTrue(keys)
        self.assertTrue(all("/" in key and not key.startswith("/") for key in keys), keys[:3])

    def test_an_envelope(self):
        for log_format in ("combined", "caddy"):
            expected = self.windows_of(self.run_ok(*self.ARGS, "--log-format", log_format).out)
            data = self.run_ok(*self.ARGS, "--log-format", log_format, "--envelope", "message").out
            self.assertTrue(data.startswith(b'{'))
            self.assertEqual(expected, self.windows_of(data, "--log-format", log_format, "--envelope", "message"))
            self.assertEqual(expected, self.windows_of(data), "the usual envelope is detected")

    def test_a_pipe(self):
        """As on the command line: generate | analyze."""
        feeder = subprocess.Popen([harness.SOCKLOG, *map(str, self.ARGS)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        with feeder:
            result = self.start("analyze", "-q", "--windows-to", self.path("w"), stdin=feeder.stdout).wait()
        self.assertEqual((0, 0), (feeder.returncode, result.code))
        self.assertEqual(self.windows_of(self.run_ok(*self.ARGS).out), read(self.path("w")))

    def test_over_a_socket_as_in_the_issue(self):
        port = harness.free_port()
        generate = self.start("generate", "--rate", 100, "--speed", 0, "--count", 20000, "--seed", 5, *START, "--host", "127.0.0.1", "--port", port)
        result = self.run_ok("analyze", "-q", "--host", "127.0.0.1", "--port", port, "--alerts-to", self.path("alerts.jsonl"), "--windows-to",
                             self.path("windows.jsonl"), "--summary", self.path("s"))
        self.assertEqual(0, generate.wait().code)
        self.assertEqual(b"", result.out)
        self.assertEqual(20000, summary_of(self.path("s"))["counted"])
        self.assertEqual(20, len(json_lines(self.path("windows.jsonl"))))

    def test_compressed(self):
        log = self.write("x.log.gz", gzip.compress(self.run_ok(*self.ARGS).out))
        self.run_ok("analyze", "-q", log, "--windows-to", self.path("w"))
        self.assertEqual(self.windows_of(self.run_ok(*self.ARGS).out), read(self.path("w")))


def drain(peer):
    with peer:
        data = b""
        while piece := peer.recv(1 << 20):
            data += piece
        return data


def collect(peer, pieces, at_least):
    """Receives until there are so many bytes; 0: to the end."""
    total = 0
    with peer:
        while (not at_least or total < at_least) and (piece := peer.recv(1 << 16)):
            pieces.append(piece)
            total += len(piece)


if __name__ == "__main__":
    harness.main()
