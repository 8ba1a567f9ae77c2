#!/usr/bin/env python3
"""Input that nobody meant well: random bytes, mutated lines, endless lines, a million keys, keys that attack terminals. Exit 0, sums that hold,
bounded memory, output that stays JSON and printable."""
import json
import random
import re
import resource

import harness
from harness import LONG, T0, combined, json_lines, read, shop_lines, stamp, summary_of, text_of

MB = 1 << 20
SIZE = (100 if LONG else 10) * MB
# Control characters, the second set included, do not belong into output; only the end of a line does.
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


class Hostile(harness.Case):

    def assert_printable(self, data, what):
        text = data.decode("utf-8")  # raises if it is none
        found = CONTROL.search(text)
        self.assertIsNone(found, f"{what}: {text[max(0, found.start() - 50):found.end() + 50]!r}" if found else "")

    def analyze(self, log, *args):
        windows, alerts, summary = self.path("windows"), self.path("alerts"), self.path("summary")
        result = self.run_measured("analyze", log, "-v", "--windows-to", windows, "--alerts-to", alerts, "--summary", summary, *args)
        counts = summary_of(summary)
        self.assertEqual(counts["lines"], counts["parsed"] + counts["malformed"])
        self.assertEqual(counts["parsed"], counts["counted"] + counts["late"] + counts["ahead"] + counts["ignored"] + counts["outside"])
        self.assertLessEqual(counts["late_after_idle"], counts["late"])
        for path in (windows, alerts, summary):
            self.assert_printable(read(path), path.name)
            for line in read(path).splitlines():
                json.loads(line)
        self.assert_printable(result.err, "stderr")
        self.assertEqual(counts["alerts_fired"] + counts["alerts_resolved"], len(json_lines(alerts)))
        self.assertEqual(counts["windows"], sum(window["windows"] for window in json_lines(windows)))
        return result, counts

    def bound(self, result):
        return int(re.search(r"bounded by ([\d,]+) MiB", result.message).group(1).replace(",", "")) * MB

    def test_random_bytes(self):
        rng = random.Random(1)
        with open(self.path("x.log"), "wb") as file:
            for _ in range(SIZE // MB):
                file.write(rng.randbytes(MB))
        lines = sum(block.count(b"\n") for block in iter_blocks(self.path("x.log")))
        for log_format in ("auto", "combined", "caddy", "nginx-json", r"regex:(?P<time>\d+) (?P<status>\d+)"):
            with self.subTest(log_format=log_format):
                result, counts = self.analyze(self.path("x.log"), "--log-format", log_format)
                self.assertIn(counts["lines"], (lines, lines + 1))
                self.assert_memory(result, 200 * MB)
            if log_format == "auto" and not LONG:
                self.path("x.log").write_bytes(rng.randbytes(MB))
                lines = read(self.path("x.log")).count(b"\n")

    def test_mutated_lines(self):
        rng = random.Random(2)
        for log_format in ("combined", "caddy", "vhost_combined"):
            size = SIZE if log_format == "combined" else SIZE // 5
            log = self.generate(f"{log_format}.log", "--log-format", log_format, "--rate", 100, "--count", size // 300)
            mutated = self.path("mutated.log")
            with open(log, "rb") as source, open(mutated, "wb") as out:
                for line in source:
                    out.write(mutate(line, rng))
            written = read(mutated) if size < 50 * MB else b""
            for choice in (log_format, "auto"):
                with self.subTest(log_format=log_format, given=choice):
                    _, counts = self.analyze(mutated, "--log-format", choice)
                    if written:
                        self.assertEqual(written.count(b"\n") + (not written.endswith(b"\n")), counts["lines"])
                    self.assertGreater(counts["malformed"], 100)
                    self.assertGreater(counts["parsed"], 0)

    def test_a_million_keys_in_ten_seconds(self):
        """Distinct URLs, users and clients; the documentation's IPv6 prefix has room for them."""
        count = 1_000_000
        with open(self.path("x.log"), "w", encoding="ascii") as file:
            times = [stamp(T0 + second) for second in range(10)]
            for first in range(0, count, 10000):
                file.write("".join(f'2001:db8:{n >> 16:x}:{n & 65535:x}::1 - u{n} [{times[n * 10 // count]}] "GET /p{n} HTTP/1.1" '
                                   f'{404 if n % 3 else 200} 5 "-" "-"\n' for n in range(first, first + 10000)))
        for more in ((), ("--max-keys", "1000")) + ((("--max-memory", "64MiB"), ("--window", "1s", "-j", "1")) if LONG else ()):
            with self.subTest(flags=more):
                result, counts = self.analyze(self.path("x.log"), *more)
                self.assertEqual(count, counts["counted"])
                if "--window" not in more:
                    self.assertGreater(counts["evicted_keys"], 0)
                self.assert_memory(result, self.bound(result) + 64 * MB)

    def test_keys_stay_counted_when_others_are_evicted(self):
        """A frequent key among a flood of rare ones is found, and the doubt is stated."""
        lines = [combined(T0 + n // 5000, 500 if n % 2 else 200, f"/rare{n}" if n % 5 else "/hot") for n in range(50000)]
        _, counts = self.analyze(self.write("x.log", text_of(lines)), "--max-keys", "640", "--metrics", "error_rate_by_url", "--threshold",
                                 "error_rate_by_url=0.3")
        self.assertGreater(counts["evicted_keys"], 0)
        self.assertIn("/hot", {alert["key"] for alert in json_lines(self.path("alerts"))})

    def test_more_memory_than_allowed_is_refused(self):
        log = self.write("x.log", "")
        self.assert_fails(2, "--max-memory", "analyze", log, "--max-keys", 16_000_000)

    def test_want_of_memory_ends_the_run(self):
        """Whichever thread meets it, and however few threads can be started: one line, exit 1, no hang."""
        if harness.SANITIZED:
            self.skipTest("such a build reserves more memory than any limit")
        log = self.generate("x.log", "--count", 60_000, "--rate", 1000)
        least = self.least_memory(self.write("empty.log", ""))
        for kilobytes in (least + more for more in (1_000, 8_000, 18_000, 28_000, 58_000, 380_000)):
            for jobs in (2, 8, 40):
                with self.subTest(kilobytes=kilobytes, jobs=jobs):
                    result = self.run_limited(kilobytes << 10, "analyze", "-q", "-j", jobs, "--alerts-to", self.path("a"), log)
                    self.assertIn((result.code, result.message), ((0, ""), (1, "socklog: out of memory\n")))

    def least_memory(self, log):
        """KiB of address space with which the libraries are loaded and find room for what they need themselves."""
        return next(size for size in range(10_000, 200_000, 500) if self.run_limited(size << 10, "analyze", "-q", log).code in (0, 1))

    def run_limited(self, size, *args):
        return self.run_any(*args, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size)))

    def test_long_distinct_urls(self):
        """A scanner with another URL of 7 kB in each request."""
        with open(self.path("x.log"), "w", encoding="ascii") as file:
            for n in range(6000):
                file.write(combined(T0 + n // 600, 404, f"/{n}" + "a" * 7000) + "\n")
        result, counts = self.analyze(self.path("x.log"), "--max-keys", "640")
        self.assertEqual(6000, counts["counted"])
        self.assertGreater(counts["evicted_keys"], 0)
        self.assert_memory(result, self.bound(result) + 64 * MB)

    def test_small_tables_of_many_inputs_are_told(self):
        logs = [self.write(f"{i}.log", text_of([combined(T0 + i)])) for i in range(100)]
        result, _ = self.analyze(*logs)
        self.assertRegex(result.message, "warning: with 100 inputs a table holds [0-9,]+ keys, .*raise --max-memory")
        for inputs in (logs[:2], [*logs, "--max-keys", "700"]):
            result, _ = self.analyze(*inputs)
            self.assertNotIn("a table holds", result.message)

    def test_many_inputs_take_what_they_need(self):
        """Of each some text is in hand at the same time, with what became of it."""
        lines = text_of([combined(T0 + n // 10, 200, f"/{n % 7}", agent="a" * 150) for n in range(1000)])
        logs = [self.write(f"{i}.log", lines) for i in range(400)]
        result, counts = self.analyze(*logs)
        self.assertEqual(400_000, counts["counted"])
        self.assert_memory(result, 170 * MB)

    def test_endless_lines(self):
        good = text_of(shop_lines(3, T0, 30, 10))
        for size in (MB - 1, MB, MB + 1, 5 * MB):
            middles = (b"x" * size, combined(T0 + 10, url="/" + "a" * size).encode(), b"\0" * size, b'"' * size, b"\\" * size, b"{" * size)
            for middle in middles if size > MB or LONG else middles[:2]:
                result, counts = self.analyze(self.write("x.log", good + middle + b"\n" + good), "--lateness", "1m")
                self.assertEqual(601, counts["lines"])
                self.assert_memory(result, 200 * MB)
        _, counts = self.analyze(self.write("x.log", good + b"x" * (2 * MB)))
        self.assertEqual((301, 1), (counts["lines"], counts["malformed"]))
        for opening in (b"[" * MB, b'{"a":' * (MB // 8)):
            self.analyze(self.write("x.log", opening + b"\n"), "--log-format", "caddy")

    def test_odd_ends_of_lines(self):
        lines = [combined(T0 + n).encode() for n in range(30)]
        for join, end in ((b"\n", b""), (b"\r\n", b"\r\n"), (b"\r\n", b""), (b"\r\n", b"\r"), (b" \n", b"\n"), (b"\t\n", b"\n")):
            counts = self.analyze(self.write("x.log", join.join(lines) + end))[1]
            self.assertEqual((30, 0), (counts["counted"], counts["malformed"]), (join, end))
        counts = self.analyze(self.write("x.log", b"\n\n".join(lines)))[1]
        self.assertEqual((30, 29), (counts["counted"], counts["malformed"]))
        self.assertEqual(0, self.analyze(self.write("x.log", b""))[1]["lines"])
        self.assertEqual(1, self.analyze(self.write("x.log", b"\n"))[1]["malformed"])
        lines[3] = lines[3].replace(b"test/1.0", b"a\0b")
        lines[4] = lines[4].replace(b'"GET /', b'"GET /\0\0')
        lines[5] = b"\0" + lines[5]
        counts = self.analyze(self.write("x.log", b"\n".join(lines)))[1]
        self.assertEqual(30, counts["lines"])

    ATTACKS = (b"\x1b[31mred\x1b[0m", b"\x1b]0;title\x07", b"\x1b]8;;http://x\x07link", b"<script>alert(1)</script>", b"\xff\xfe\x80", b"\xc2\x9b31m",
               b"\\", b"\\x1b[31m", b"'; DROP TABLE alerts; --", b"${jndi:ldap://x}", b"\xe2\x80\xae", b"a\tb", b"\x7f", b"\xed\xa0\x80", b"%1b%5b",
               b"\xf4\x90\x80\x80", b"&amp;\xc3\xa9", b"\x00", b"\r")

    def test_keys_that_attack(self):
        lines = []
        for number, attack in enumerate(self.ATTACKS):
            for n in range(60):
                line = combined(T0 + number * 10 + n // 6, 500 if n % 2 else 401, "/@", "@", "192.0.2.1", "@").encode()
                lines.append(line.replace(b"@", attack))
        lines.append(combined(T0 + 1000).encode())
        log = self.write("x.log", b"\n".join(lines) + b"\n")
        _, counts = self.analyze(log, "--top", 100)
        self.assertGreater(counts["parsed"], 60 * 12)
        keys = {alert["key"] for alert in json_lines(self.path("alerts"))}
        self.assertIn("/<script>alert(1)</script>", keys)
        self.assertIn("/\\x1B[31mred\\x1B[0m", keys)
        self.assertTrue(any(r"\xFF" in key for key in keys), keys)
        for mode in ("text", "json"):
            for color in ("never", "always"):
                result = self.run_ok("analyze", log, "--output", mode, "--color", color)
                plain = re.sub(rb"\x1b\[[0-9;]*m", b"", result.out) if color == "always" else result.out
                self.assert_printable(plain, f"{mode} {color}")
                self.assert_printable(result.err if color == "never" else re.sub(rb"\x1b\[[0-9;]*m", b"", result.err), "stderr")

    def test_different_keys_stay_different(self):
        """What is made printable stays one to one: a raw byte is not the text that stands for it."""
        lines = []
        for user in (b"\x01", b"\\\\x01"):  # the second one is what Apache writes for a backslash and x01
            lines += [combined(T0 + n // 10, 500, user="@").encode().replace(b"@", user) for n in range(40)]
        self.analyze(self.write("x.log", b"\n".join(sorted(lines, key=lambda line: line[15:45]))), "--metrics", "error_rate_by_user")
        self.assertEqual({"\\x01", "\\\\x01"}, {alert["key"] for alert in json_lines(self.path("alerts"))})

    def test_names_that_attack(self):
        """Paths are an attacker's text, too."""
        name = b"a\x1b[31m\n<b>\xff.log"
        path = bytes(self.dir) + b"/" + name
        with open(path, "wb") as file:
            file.write(text_of(shop_lines(5, T0, 30, 10)))
        result = self.run_ok("analyze", path.decode(errors="surrogateescape"), "-v")
        self.assert_printable(result.err, "stderr")
        missing = self.run_any("analyze", (path + b"2").decode(errors="surrogateescape"))
        self.assertEqual(2, missing.code)
        self.assertEqual(1, missing.message.count("\n"), missing.message)
        self.assert_printable(missing.err, "stderr")

    def test_hostile_times(self):
        """Every time stamp that can be written: what it means may be odd, but nothing overflows."""
        lines = []
        for year in (0, 1, 1969, 1970, 2038, 2106, 9999):
            for month in ("Jan", "Feb", "Dec", "Xxx"):
                for day in ("00", "01", "29", "30", "31", "32"):
                    for clock in ("00:00:00", "23:59:59", "23:59:60", "24:00:00"):
                        for zone in ("+0000", "-1200", "+1400", "+9999", "-0030"):
                            lines.append(f'192.0.2.1 - - [{day}/{month}/{year:04}:{clock} {zone}] "GET / HTTP/1.1" 200 1 "-" "-"')
        random.Random(6).shuffle(lines)
        for more in (("--max-gap", "1h"), ("--max-gap", "1m", "--max-ahead", "1s"), ("--max-gap", "0s", "--max-ahead", "100000h", "--lateness", "10m"), ("--max-gap", "1m", "--window", "1h", "--slide", "1m")):
            counts = self.analyze(self.write("x.log", text_of(lines)), *more)[1]
            self.assertEqual(len(lines), counts["lines"])
        epoch = [f"{time} 200" for time in (0, -1, 1, 2**31, 2**32, 2**53, 2**63 - 1, 2**63, 2**64, 10**30, "nan", "inf", "1e9", "1.5", "-0")] * 5
        self.analyze(self.write("x.log", text_of(epoch)), "--log-format", r"regex:^(?P<time>\S+) (?P<status>\d+)$")


def iter_blocks(path):
    with open(path, "rb") as file:
        while block := file.read(MB):
            yield block


def mutate(line, rng):
    """Most lines get one wound or two; one in five stays whole."""
    line = bytearray(line)
    for _ in range(rng.choice((0, 1, 1, 1, 2))):
        if not line:
            break
        kind, at = rng.randrange(7), rng.randrange(len(line))
        if kind == 0:
            line[at] = rng.randrange(256)
        elif kind == 1:
            del line[at:at + rng.randrange(1, 20)]
        elif kind == 2:
            line[at:at] = rng.choice((b'"', b"\\", b" ", b"[", b"]", b"\0", b"\n", b"\xff", b"-", b"{", b"}", b"\r\n", b"\\x", b"9" * 30))
        elif kind == 3:
            other = rng.randrange(len(line))
            line[at:at] = line[other:other + 30]
        elif kind == 4:
            del line[at:]
        elif kind == 5:
            line[at] ^= 1 << rng.randrange(8)
        else:
            line[at:at + 1] = line[at:at + 1] * rng.choice((2, 3, 500))
    return bytes(line)


if __name__ == "__main__":
    harness.main()
