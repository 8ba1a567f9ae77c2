#!/usr/bin/env python3
"""Event time: gaps, stray times, silent partitions, sliding windows. Each is compared with a model or with the input without the oddity."""
import collections
import socket
import unittest

import harness
from harness import T0, combined, connect, json_lines, read, rfc3339, shop_lines, summary_of, text_of

MB = 1 << 20
HOUR, DAY, YEAR = 3600, 86400, 365 * 86400


def moved(line, year):
    """The line with another year in its time stamp."""
    return line.replace("/2026:", f"/{year}:", 1)


def model(requests, window, slide):
    """Lines and errors of every window from the first with a line to the last. `requests`: (time, status)."""
    panes = collections.Counter()
    errors = collections.Counter()
    for at, status in requests:
        panes[at // slide] += 1
        errors[at // slide] += status >= 400
    per_window = window // slide
    rows = []
    for last in range(min(panes), max(panes) + per_window):
        held = range(last - per_window + 1, last + 1)
        rows.append((rfc3339((last - per_window + 1) * slide), rfc3339((last + 1) * slide), sum(panes[p] for p in held),
                     sum(errors[p] for p in held)))
    return rows


def rows_of(data):
    rows = []
    for window in json_lines(data):
        rate = window["metrics"]["error_rate"]
        errors = 0 if rate["value"] is None else round(rate["value"] * rate["samples"])
        rows.append((window["window_start"], window["window_end"], window["lines"], errors))
    return rows


class EventTime(harness.Case):

    def analyze(self, inputs, *args, limit_mb=0):
        """Windows, alerts and summary. `inputs`: lists of lines, a file for each."""
        number = len(list(self.dir.glob("*.log")))
        files = [self.write(f"{number + n}.log", text_of(lines)) for n, lines in enumerate(inputs)]
        windows, alerts, summary = self.path("windows"), self.path("alerts"), self.path("summary")
        result = self.run_measured("analyze", "-q", *files, "--windows-to", windows, "--alerts-to", alerts, "--summary", summary, *args)
        if limit_mb:
            self.assert_memory(result, limit_mb * MB)  # it must not grow with a gap
        return read(windows), read(alerts), summary_of(summary)

    def test_windows_are_those_of_a_model(self):
        lines = shop_lines(1, T0, 1000, 9, shuffle=4)
        requests = [(T0 + int(number / 9), int(line.split('"')[2].split()[0])) for number, line in
                    enumerate(shop_lines(1, T0, 1000, 9))]
        for window, slide in ((10, 10), (60, 10), (60, 60), (7, 7), (30, 1), (12, 4), (3600, 1800)):
            windows, _, summary = self.analyze([lines], "--window", f"{window}s", "--slide", f"{slide}s")
            expected = model(requests, window, slide)
            self.assertEqual(expected, rows_of(windows), (window, slide))
            self.assertEqual((len(expected), len(lines)), (summary["windows"], summary["counted"]))

    def test_sliding_windows_that_do_not_fit_are_refused(self):
        log = self.write("x.log", "")
        for flags in (("--window", "10s", "--slide", "3s"), ("--window", "10s", "--slide", "20s"), ("--window", "1500ms"),
                      ("--window", "0s"), ("--slide", "0s")):
            with self.subTest(flags=flags):
                self.assertEqual(2, self.run_any("analyze", log, *flags).code)

    def test_a_gap_of_a_year(self):
        before, after = shop_lines(2, T0, 300, 10), [moved(line, 2027) for line in shop_lines(3, T0, 300, 10)]
        windows, alerts, summary = self.analyze([before + after], limit_mb=250)
        self.assertEqual(YEAR // 10 + 30, summary["windows"])
        self.assertEqual(6000, summary["counted"])
        records = json_lines(windows)
        self.assertEqual(30 + 8640 + 1 + 30, len(records))
        gap = records[30 + 8640]
        self.assertEqual(YEAR // 10 - 30 - 8640, gap["windows"])
        self.assertEqual((rfc3339(T0 + 300 + DAY), "2027-01-01T00:00:00Z"), (gap["window_start"], gap["window_end"]))
        alone, _, _ = self.analyze([after])
        self.assertEqual(alone.splitlines(), windows.splitlines()[-30:])
        firing, resolved = (alerts.count(f'"{status}"'.encode()) for status in ("firing", "resolved"))
        self.assertEqual((summary["alerts_fired"], summary["alerts_resolved"]), (firing, resolved))
        again = self.analyze([before + after], "--max-gap", "1h", "--window", "30s", "--slide", "10s")[0]
        records = json_lines(again)
        self.assertEqual(1, sum(record["windows"] > 1 for record in records))
        self.assertEqual(YEAR // 10 + 30 + 2, sum(record["windows"] for record in records))
        for one, other in zip(records, records[1:]):  # nothing is left out, nothing told twice
            self.assertEqual(harness.EPOCH.fromisoformat(one["window_start"]).timestamp() + 10 * one["windows"],
                             harness.EPOCH.fromisoformat(other["window_start"]).timestamp())

    def test_a_gap_of_ten_thousand_years_and_many_gaps(self):
        lines = shop_lines(2, T0, 60, 10)
        for year in range(2100, 9999, 500):
            lines += [moved(line, year) for line in lines[:200]]
        _, _, summary = self.analyze([lines], "--window", "1s", "--max-gap", "10s", limit_mb=250)
        self.assertEqual(len(lines), summary["counted"])

    def check_stray_lines(self, year, places):
        """One line is left out, all else is as without it."""
        morning, evening = shop_lines(4, T0, 300, 10), shop_lines(5, T0 + 5 * HOUR, 300, 10)
        clean_windows, clean_alerts, clean = self.analyze([morning + evening])
        self.assertGreater(clean["alerts_fired"], 0)
        for at in places:
            lines = morning + evening
            lines.insert(at, moved(lines[0], year))
            with self.subTest(year=year, place=at):
                windows, alerts, summary = self.analyze([lines], limit_mb=250)
                self.assertEqual((int(year > 2026), int(year < 2026), 0), (summary["ahead"], summary["late"], summary["late_after_idle"]))
                self.assertEqual((clean_windows, clean_alerts), (windows, alerts))

    def test_a_stray_line_of_2099(self):
        """In the middle; among the first sixteen; last but one; sixteen lines after the gap that follows line 3000."""
        self.check_stray_lines(2099, (1500, 1, 4, 15, 16, 5999, 2999, 3016))

    def test_a_stray_line_of_1970(self):
        self.check_stray_lines(1970, (16, 1500, 2999, 3000, 3001, 3004, 3015, 3016, 5999))

    def test_a_stray_line_of_1970_among_the_first(self):
        """Then time begins there: its window and a gap come before what would have been without it."""
        lines = shop_lines(4, T0, 300, 10)
        clean, _, _ = self.analyze([lines])
        for at in (0, 1, 7, 15):
            odd = lines[:at] + [moved(lines[0], 1970)] + lines[at:]
            windows, _, summary = self.analyze([odd], limit_mb=250)
            self.assertEqual(clean.splitlines()[1:], windows.splitlines()[-29:], at)
            records = json_lines(windows)
            self.assertEqual("1970-01-01T00:00:00Z", records[0]["window_start"])
            self.assertEqual(1 + 8640 + 1 + 30, len(records))
            self.assertEqual((3001 - at, at), (summary["counted"], summary["ahead"]))  # those before it were from its future

    def test_a_stray_first_line_of_2099(self):
        lines = shop_lines(4, T0, 300, 10)
        clean = self.analyze([lines])[0]
        windows, _, summary = self.analyze([[moved(lines[0], 2099)] + lines])
        self.assertEqual((clean, 1), (windows, summary["ahead"]))

    def test_a_short_log_with_stray_lines(self):
        """Fewer than sixteen lines: what is held is right at the end."""
        lines = [combined(T0 + n) for n in range(5)]
        windows, _, summary = self.analyze([lines + [combined(T0 + HOUR)]])
        self.assertEqual(6, summary["counted"])
        self.assertEqual(361, summary["windows"])
        self.assertEqual(1, json_lines(windows)[-1]["lines"])

    def test_a_clock_that_is_set_forward_is_believed_after_sixteen_lines(self):
        lines = shop_lines(4, T0, 100, 10) + shop_lines(5, T0 + 2 * HOUR, 2, 10)
        _, _, summary = self.analyze([lines])
        self.assertEqual((1020, 0), (summary["counted"], summary["ahead"]))

    def test_two_files_two_hours_apart(self):
        early, late = shop_lines(6, T0, 600, 10), shop_lines(7, T0 + 2 * HOUR, 600, 10)
        together = self.analyze([early + late])
        for jobs in (1, 2):
            apart = self.analyze([early, late], "-j", jobs, limit_mb=400)
            self.assertEqual(together[:2], apart[:2])
            self.assertEqual(together[:2], self.analyze([late, early], "-j", jobs)[:2])
            self.assertEqual(0, apart[2]["late"])

    def test_memory_does_not_grow_with_the_distance(self):
        """A file of a day and one of a minute a day later: the first is not read into memory to wait for the other."""
        lines = [combined(T0 + n, url=f"/{n}", client=f"198.51.100.{n % 250}") for n in range(0, DAY, 2)]
        near = self.run_measured("analyze", "-q", self.write("near.log", text_of(lines)))
        self.write("far.log", text_of([combined(T0 + 2 * DAY + n) for n in range(60)]))
        far = self.run_measured("analyze", "-q", self.path("far.log"), self.path("near.log"))
        self.assert_memory(far, near.rss + 100 * MB)

    def test_what_is_kept_of_late_lines_does_not_depend_on_threads(self):
        """Not even its order, though several inputs have late lines and threads read ahead in all of them."""
        logs = []
        for seed in range(3):
            generated = self.run_ok("generate", "--rate", 40 + 10 * seed, "--count", 40000, "--speed", 0, "--seed", seed, "--start", "2026-01-05T00:00:00Z")
            lines = generated.out.splitlines(True)
            for at in range(5000, 40000, 100):
                lines[at] = lines[at - 4050] if at % 300 else b"noise %d\n" % at
            logs.append(self.write(f"{seed}.log", b"".join(lines)))
        kept = []
        for jobs in (1, 2, 4):
            names = {flag: self.path(flag + str(jobs)) for flag in ("--late-to", "--invalid-requests", "--summary", "--alerts-to", "--windows-to")}
            self.run_ok("analyze", "-q", *logs, "-j", jobs, *(word for pair in names.items() for word in pair))
            kept.append({flag: read(path) for flag, path in names.items()})
        self.assertGreater(kept[0]["--late-to"].count(b"\n"), 600)
        for other in kept[1:]:
            self.assertEqual(kept[0], other)

    def test_since_and_until(self):
        lines = shop_lines(8, T0, 600, 10)
        windows, _, summary = self.analyze([lines], "--since", rfc3339(T0 + 100), "--until", rfc3339(T0 + 400))
        self.assertEqual((3000, 3000), (summary["counted"], summary["outside"]))
        self.assertEqual((rfc3339(T0 + 100), rfc3339(T0 + 390)), (json_lines(windows)[0]["window_start"], json_lines(windows)[-1]["window_start"]))

    def test_lateness(self):
        """A line is late when it is before its partition's maximum minus the lateness; equal is not late."""
        lines = [combined(T0 + n) for n in range(100)]
        for lateness, late in ((50, 0), (49, 1), (0, 1)):
            summary = self.analyze([lines + [combined(T0 + 49)]], "--lateness", f"{lateness}s")[2]
            self.assertEqual(late, summary["late"], lateness)
        result = self.run_ok("analyze", self.write("late.log", text_of(lines + [combined(T0)] * 5)))
        self.assertIn("--lateness 1m39s would have kept 99.9 %", result.message)


class Silence(harness.Case):
    """Inputs that stay open and say nothing. The clock decides only when; what is seen does not depend on it."""

    def follow(self, *args):
        return self.start("analyze", "-q", "--idle-timeout", "1s", "--lateness", "1s", "--windows-to", self.path("windows"), "--alerts-to",
                          self.path("alerts"), "--summary", self.path("summary"), *args)

    def alerts(self):
        return json_lines(self.path("alerts"))

    def end(self, process):
        process.signal(harness.SIGTERM)
        result = process.wait()
        self.assertEqual(0, result.code, str(result))
        return summary_of(self.path("summary"))

    def wait_for_alert(self, process, status="firing"):
        self.wait_for(lambda: any(alert["status"] == status for alert in self.alerts()), f"alert that is {status}", timeout=60, process=process)

    # Forty requests near the end of a window, half of them failed; nothing closes it but silence.
    BAD = [combined(T0 + 8 + n // 20, 500 if n % 2 else 200) for n in range(40)]

    def test_a_followed_file_that_falls_silent(self):
        log = self.write("x.log", "")
        process = self.follow(log, "--follow")
        with open(log, "ab") as file:
            file.write(text_of(self.BAD))
        self.wait_for_alert(process)
        alert = self.alerts()[0]
        self.assertEqual((rfc3339(T0), rfc3339(T0 + 10), 40), (alert["window_start"], alert["window_end"], alert["samples"]))
        summary = self.end(process)
        self.assertEqual((40, 0), (summary["counted"], summary["late_after_idle"]))

    def test_a_socket_that_falls_silent(self):
        port = harness.free_port()
        process = self.follow(f"tcp-listen://:{port}")
        with connect(socket.AF_INET, ("127.0.0.1", port), process) as peer:
            peer.sendall(text_of(self.BAD))
            self.wait_for_alert(process)
        self.end(process)

    def test_a_connection_that_falls_silent(self):
        with harness.listening(socket.AF_UNIX, self.path("s")) as server:
            process = self.follow(f"unix:{self.path('s')}")
            peer, _ = server.accept()
            with peer:
                peer.sendall(text_of(self.BAD))
                self.wait_for_alert(process)
                self.end(process)

    def test_an_outage_is_seen(self):
        """When all are silent, event time goes on with the clock: empty windows follow and the alert resolves."""
        log = self.write("x.log", text_of([combined(T0 + n / 100, 500) for n in range(100)]))
        process = self.follow(log, "--follow", "--window", "1s", "--keep-firing-for", "2s")
        self.wait_for_alert(process, "resolved")
        resolved = [alert for alert in self.alerts() if alert["status"] == "resolved"][0]
        self.assertEqual("no_data", resolved["reason"])
        self.assertEqual(rfc3339(T0 + 3), resolved["window_end"])
        summary = self.end(process)
        self.assertGreaterEqual(summary["windows"], 3)

    def test_a_line_after_the_silence_is_late_and_counted_so(self):
        log = self.write("x.log", text_of(self.BAD))
        process = self.follow(log, "--follow")
        self.wait_for_alert(process)
        with open(log, "ab") as file:
            file.write(text_of([combined(T0 + 9), combined(T0 + 600)]))
        self.wait_for(lambda: read(self.path("windows")).count(b"\n") > 50, "windows of the gap", process=process)
        summary = self.end(process)
        self.assertEqual((1, 1, 41), (summary["late"], summary["late_after_idle"], summary["counted"]))
        self.assertEqual(summary["lines"], summary["parsed"] + summary["malformed"])

    def test_a_silent_partition_does_not_hold_up_the_others(self):
        quiet, busy = self.write("quiet.log", text_of([combined(T0)])), self.write("busy.log", "")
        process = self.follow(quiet, busy, "--follow")
        with open(busy, "ab") as file:
            file.write(text_of(self.BAD) + text_of([combined(T0 + n) for n in range(20, 400)]))
        self.wait_for(lambda: read(self.path("windows")).count(b"\n") >= 35, "windows without the silent one", process=process)
        self.wait_for_alert(process)
        self.end(process)

    def test_a_silent_partition_that_never_spoke(self):
        port = harness.free_port()
        process = self.follow(f"tcp-listen://:{port}")
        with connect(socket.AF_INET, ("127.0.0.1", port), process), connect(socket.AF_INET, ("127.0.0.1", port), process) as peer:
            peer.sendall(text_of(self.BAD) + text_of([combined(T0 + n) for n in range(20, 400)]))
            self.wait_for(lambda: read(self.path("windows")).count(b"\n") >= 35, "windows without the silent one", process=process)
        self.end(process)

    def test_a_stray_line_is_right_when_nothing_comes_after_it(self):
        log = self.write("x.log", text_of(self.BAD))
        process = self.follow(log, "--follow")
        with open(log, "ab") as file:
            file.write(text_of([combined(T0 + HOUR + 9)]))
        self.wait_for(lambda: read(self.path("windows")).count(b"\n") >= 361, "windows up to the stray line's", process=process)
        self.assertEqual(41, self.end(process)["counted"])

    def test_plain_files_and_stdin_are_never_idle(self):
        """A slow writer into stdin closes no window early, however short the time-out."""
        import os
        end, feed = os.pipe()
        process = self.start("analyze", "-q", "--idle-timeout", "1ms", "--windows-to", self.path("windows"), "--summary", self.path("summary"),
                             stdin=end)
        os.close(end)
        lines = shop_lines(9, T0, 60, 10, shuffle=4)
        with open(feed, "wb", buffering=0) as file:
            for at in range(0, len(lines), 20):
                file.write(text_of(lines[at:at + 20]))
                self.wait_for(lambda: True, "a moment")
        self.assertEqual(0, process.wait().code)
        self.assertEqual(0, summary_of(self.path("summary"))["late"])


if __name__ == "__main__":
    harness.main()
