#!/usr/bin/env python3
"""thresholds: what it measured on the held-out windows is what analyze finds there; what it made them with binds."""
import pathlib
import re
import subprocess
import tempfile

import harness
from harness import T0, json_lines, read, rfc3339, shop_lines, summary_of, text_of

DAYS = 3
WINDOW = ("--window", "1m")


class ThreeDays(harness.Case):
    """Traffic with a daily cycle and a little trouble, so that there is something to calibrate."""

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory(prefix="socklog-test-")
        cls.addClassCleanup(directory.cleanup)
        cls.days = [pathlib.Path(directory.name, f"day{day}.log") for day in range(DAYS)]
        for day, file in enumerate(cls.days):
            subprocess.run([harness.SOCKLOG, "generate", "-q", "--rate", "3" if not harness.LONG else "40", "--duration", "24h", "--daily-cycle", "--speed",
                            "0", "--seed", str(day), "--start", rfc3339(T0 + day * 86400), "--users", "300", "--clients", "300", "--urls", "60",
                            "--incident", f"error-burst at={4 + day}h for=20m rate={10 + 10 * day}%", "--to", file], check=True)

    def calibrate(self, name, *args):
        file, summary = self.path(f"{name}.toml"), self.path(f"{name}.json")
        result = self.run_ok("thresholds", *self.days, *WINDOW, "-o", file, "--summary", summary, *args)
        return file, summary_of(summary), result

    def analyze(self, thresholds, *args):
        summary, windows = self.path("s"), self.path("w")
        self.run_ok("analyze", "-q", *self.days, "--thresholds", thresholds, "--summary", summary, "--windows-to", windows, "--alerts-to",
                    self.path("a"), *args)
        return summary_of(summary), json_lines(windows)

    def test_the_rate_measured_is_the_rate_found(self):
        made = {}
        for budget, share in (("1%", 0.01), ("5%", 0.05)):
            made[budget], summary, result = self.calibrate(budget, "--budget", budget)
            whole, windows = self.analyze(made[budget])
            self.assertEqual(DAYS * 1440, summary["windows"])
            self.assertEqual((whole["windows"], whole["windows_judged"]), (summary["windows"], summary["windows_judged"]))
            boundary = windows[round(len(windows) * 0.7)]["window_start"]
            held_out, _ = self.analyze(made[budget], "--since", boundary)
            self.assertEqual(summary["holdout_windows"], held_out["windows_judged"])
            self.assertAlmostEqual(summary["holdout_alert_rate"], held_out["windows_alerting"] / held_out["windows_judged"], places=6)
            self.assertLessEqual(summary["holdout_ci"][0], summary["holdout_alert_rate"])
            self.assertGreaterEqual(summary["holdout_ci"][1], summary["holdout_alert_rate"])
            fitted, _ = self.analyze(made[budget], "--until", boundary)
            self.assertLessEqual(fitted["windows_alerting"], share * fitted["windows_judged"])
            self.assertGreater(fitted["windows_alerting"], share * fitted["windows_judged"] / 2, "the budget should be used")
            self.assertEqual(whole["windows_alerting"], fitted["windows_alerting"] + held_out["windows_alerting"])
            self.assertIn("budget " + budget.replace("%", " %"), result.message)
        self.assertNotEqual(read(made["1%"]), read(made["5%"]))

    def test_the_same_bytes(self):
        reference, _, _ = self.calibrate("reference", "-j", 1)
        for jobs in (2, 4):
            self.assertEqual(read(reference), read(self.calibrate(f"j{jobs}", "-j", jobs)[0]))
        together = self.path("together.log")
        together.write_bytes(b"".join(read(day) for day in self.days))
        self.run_ok("thresholds", "-q", together, *WINDOW, "-o", self.path("together.toml"))
        self.assertEqual(read(reference), read(self.path("together.toml")))
        with open(together, "rb") as file:
            piped = self.run_ok("thresholds", "-q", *WINDOW, stdin=file)
        self.assertEqual(read(reference), piped.out)

    def test_what_they_were_made_with_binds(self):
        file, _, _ = self.calibrate("t", "--errors", "500-599", "--lateness", "3s")
        self.run_ok("check-config", file, "--fail-on-warning")
        for flags in (("--window", "10s"), ("--slide", "10s"), ("--lateness", "1s"), ("--errors", "400-599"), ("--user-key", "client"),
                      ("--ipv6-prefix", 48)):
            with self.subTest(flags=flags):
                self.assert_fails(2, flags[0], "analyze", "--thresholds", file, self.days[0], *flags)
        # Saying the same again is no contradiction, and nothing needs to be said.
        one, other = (self.analyze(file, *flags) for flags in ((), ("--window", "60s", "--errors", "500-599", "--lateness", "3s")))
        self.assertEqual(one, other)
        self.assertEqual(DAYS * 1440, one[0]["windows"])
        alert = json_lines(self.path("a"))[0]
        self.assertRegex(alert["threshold_source"], r"^(.*/)?t\.toml [0-9a-f]{8}$")

    def test_only_its_metrics_are_judged(self):
        file, _, _ = self.calibrate("few", "--metrics", "error_rate,error_rate_by_url")
        _, windows = self.analyze(file)
        self.assertEqual({"error_rate", "error_rate_by_url"}, set(windows[0]["metrics"]))
        _, windows = self.analyze(file, "--threshold", "throttled_rate=0.5")
        self.assertEqual({"error_rate", "error_rate_by_url", "throttled_rate"}, set(windows[0]["metrics"]))

    def test_the_report(self):
        self.calibrate("t", "--report", self.path("r.html"))
        text = read(self.path("r.html")).decode()
        self.assertIn("error_rate_by_url", text)
        self.assertIsNone(re.search(r"\b(src|href)=[\"']?(https?:)?//", text), "it loads nothing from elsewhere")


class ShortHistory(harness.Case):

    def test_too_few_windows_keep_the_defaults(self):
        log = self.write("x.log", text_of(shop_lines(1, T0, 600, 20)))
        result = self.run_ok("thresholds", log, "-o", self.path("t.toml"), "--summary", self.path("s"))
        self.assertIn("fewer than 299", result.message)
        self.run_ok("check-config", self.path("t.toml"))
        self.run_ok("analyze", "-q", "--thresholds", self.path("t.toml"), log, "--windows-to", self.path("w1"), "--alerts-to", self.path("a1"))
        self.run_ok("analyze", "-q", log, "--windows-to", self.path("w2"), "--alerts-to", self.path("a2"))
        one, other = ([(a["status"], a["metric"], a["key"], a["window_end"]) for a in json_lines(self.path(name))] for name in ("a1", "a2"))
        self.assertEqual(other, one)
        self.assertTrue(one)

    def test_nothing_at_all(self):
        """That is a failure, and what an earlier run has found stays."""
        old = text_of(shop_lines(1, T0, 10, 10))
        for data, args, words in ((b"", (), "the input is empty; give the logs of some days"),
                                  (b"noise\n", (), "none of 1 line is a log line; --log-format"),
                                  (b'{"logger":"http.log.error","ts":1431857103.25,"msg":"x"}\n' * 9, ("--log-format", "caddy"), "9 ignored"),
                                  (old, ("--since", "2030-01-01"), "100 outside --since and --until")):
            with self.subTest(words=words):
                earlier = self.write("t.toml", "earlier")
                result = self.run_any("thresholds", "-o", earlier, "--summary", self.path("s"), *args, data=data)
                self.assertEqual(1, result.code, str(result))
                self.assertIn("no thresholds were made: ", result.message)
                self.assertIn(words, result.message)
                self.assertEqual(b"earlier", read(earlier))
                summary = summary_of(self.path("s"))
                self.assertEqual((0, 0), (summary["windows_judged"], summary["holdout_windows"]))
                self.assertIsNone(summary["holdout_alert_rate"])

    def test_no_threshold_is_0(self):
        """Where a single failure would be beyond it, whatever the traffic."""
        lines = [harness.combined(T0 + at, status=404 if at == 1000 else 200) for at in range(9000)]
        result = self.run_ok("thresholds", "--window", "20s", self.write("x.log", text_of(lines)), "-o", self.path("t.toml"))
        text = read(self.path("t.toml")).decode()
        self.assertNotRegex(text.split("[min_samples]")[0], r"(?m)^\w+ = 0 ")
        self.assertRegex(text, r"(?m)^server_error_rate = 0.05  # ratio, the default$")
        self.assertRegex(text, r"(?m)^error_rate = 0\.0\d+  # ratio$")
        self.assertIn("never above 0 in the part of the history that thresholds are made from, so the defaults stay: ", result.message)

    def test_no_holdout(self):
        log = self.write("x.log", text_of(shop_lines(1, T0, 4000, 10)))
        self.run_ok("thresholds", log, "--holdout", "0", "-o", self.path("t.toml"), "--summary", self.path("s"))
        self.assertEqual(0, summary_of(self.path("s"))["holdout_windows"])
        self.run_ok("check-config", self.path("t.toml"))

    def test_damaged_thresholds_are_refused(self):
        log = self.write("x.log", text_of(shop_lines(1, T0, 4000, 10)))
        self.run_ok("thresholds", "-q", log, "-o", self.path("t.toml"))
        good = read(self.path("t.toml")).decode()
        for wrong, word in ((good.replace("error_rate_by_url", "error_rate_by_ulr"), "error_rate_by_url"), (good[:len(good) // 2], "t.toml"), ("", "t.toml"),
                            (good.replace('window = "10s"', 'window = "ten"'), "t.toml:"), ("\0" + good, "t.toml")):
            self.assertNotEqual(good, wrong)
            self.write("t.toml", wrong)
            for command in (("check-config", self.path("t.toml")), ("analyze", "--thresholds", self.path("t.toml"), log)):
                result = self.run_any(*command)
                if command[0] == "check-config" and wrong == "":
                    continue  # an empty file is a configuration
                self.assertEqual(2, result.code, str(result))
                self.assertIn(word, result.message)


if __name__ == "__main__":
    harness.main()
