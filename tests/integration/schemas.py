#!/usr/bin/env python3
"""Every line that socklog writes fits its schema in docs/, and the schemas are strict: a change that breaks a reader does not fit."""
import copy
import json
import os
import pathlib
import unittest

import jsonschema  # Debian's python3-jsonschema; scripts/setup installs it

import harness
from harness import T0, combined, json_lines, shop_lines, summary_of, text_of

DOCS = pathlib.Path(os.environ.get("SOCKLOG_SOURCE", pathlib.Path(__file__).parents[2]), "docs")


def validator(name):
    schema = json.loads((DOCS / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


ALERT, WINDOW, SUMMARY = map(validator, ("alert", "window", "summary"))


def hostile_lines(start):
    """Keys as attackers write them, and what breaks parsers."""
    urls = ["/<script>alert(1)</script>", "/\\x1b[31m", "/" + "a" * 5000, "/caf\u00e9", "*", "/\\\\x00", "http://[2001:db8::1]/x;y?z", "/\\\"quoted"]
    lines = []
    for number in range(600):
        url = urls[number % len(urls)]
        lines.append(combined(start + number // 20, 500, url, f"user\\x00{number % 3}", f"2001:db8:{number % 4}::1", "bad \u202e agent"))
    lines.insert(100, '192.0.2.1 - - [oops] "\\x16\\x03\\x01" 400 226 "-" "-"')
    lines.insert(200, "")
    lines.insert(300, "\x1b]0;title\x07")
    lines.insert(400, combined(start - 3600))
    lines.insert(500, combined(start + 86400 * 365 * 50))
    return lines


class Schemas(harness.Case):
    def assert_fits(self, schema, value):
        errors = [f"{'/'.join(map(str, error.path))}: {error.message}" for error in schema.iter_errors(value)]
        self.assertEqual([], errors, json.dumps(value))

    def analyze(self, *args):
        alerts, windows, summary = self.path("alerts"), self.path("windows"), self.path("summary")
        for path in (alerts, windows):
            path.unlink(missing_ok=True)
        self.run_ok("analyze", "-q", "--max-gap", "5m", *args, "--alerts-to", alerts, "--windows-to", windows, "--summary", summary)
        output = json_lines(alerts), json_lines(windows), summary_of(summary)
        for schema, values in ((ALERT, output[0]), (WINDOW, output[1]), (SUMMARY, [output[2]])):
            for value in values:
                self.assert_fits(schema, value)
        self.assert_sums(output[2])
        self.assertEqual(output[2]["alerts_fired"], sum(alert["status"] == "firing" for alert in output[0]))
        self.assertEqual(output[2]["alerts_resolved"], sum(alert["status"] == "resolved" for alert in output[0]))
        self.assertEqual(output[2]["windows"], sum(window["windows"] for window in output[1]))
        self.assertEqual(output[2]["windows_alerting"], sum(window["alerting"] > 0 for window in output[1]))
        return output

    def assert_sums(self, summary):
        self.assertEqual(summary["lines"], summary["parsed"] + summary["malformed"])
        self.assertEqual(summary["parsed"], sum(summary[name] for name in ("counted", "late", "ahead", "ignored", "outside")))

    def traffic(self):
        """Two busy spells a week apart, so that there is a gap."""
        lines = shop_lines(1, T0, 600, 20, shuffle=8) + shop_lines(2, T0 + 7 * 86400, 300, 20)
        return self.write("shop.log", text_of(lines))

    def test_what_analyze_writes(self):
        log = self.traffic()
        for flags in ((), ("--slide", "5s"), ("--window", "1h", "--top", "1"), ("--for", "20s", "--keep-firing-for", "0s", "--label", "service=shop"),
                      ("--max-keys", "64"), ("--metrics", "request_rate", "--threshold", "request_rate=5"), ("--since", "2026-01-01T00:05:00Z")):
            with self.subTest(flags=flags):
                alerts, windows, _ = self.analyze(log, *flags)
                self.assertTrue(windows)
                if not flags:
                    self.assertEqual({"over", "below"}, {alert["reason"] for alert in alerts} - {"no_data"})
                    self.assertEqual({"firing", "resolved"}, {alert["status"] for alert in alerts})
                    self.assertTrue(any(window["windows"] > 1 for window in windows), "there should be a gap")

    def test_hostile_lines(self):
        log = self.write("hostile.log", text_of(hostile_lines(T0)))
        alerts, _, summary = self.analyze(log)
        self.assertTrue(alerts)
        self.assertEqual(3, summary["malformed"])
        self.assertEqual(3, len(summary["malformed_samples"]))
        self.assertEqual(1, summary["ahead"])
        for text in [alert["key"] for alert in alerts] + summary["malformed_samples"]:
            self.assertTrue(all(ord(c) >= 0x20 and not 0x7f <= ord(c) < 0xa0 for c in text), repr(text))

    def test_nothing_to_read(self):
        self.assertEqual(([], []), self.analyze(self.write("empty.log", ""))[:2])

    def test_with_state(self):
        log = self.traffic()
        _, _, summary = self.analyze(log, "--state", self.path("state"))
        self.assertGreater(summary["open_windows"], 0)

    def test_the_summary_of_thresholds(self):
        log = self.write("long.log", text_of(shop_lines(3, T0, 6000, 5)))
        for flags in ((), ("--holdout", "0%")):
            summary = self.path("summary")
            self.run_ok("thresholds", "-q", log, "-o", self.path("t.toml"), "--summary", summary, *flags)
            value = summary_of(summary)
            self.assert_fits(SUMMARY, value)
            self.assert_sums(value)
            self.assertEqual(bool(flags), value["holdout_alert_rate"] is None)

    def test_the_schemas_are_strict(self):
        alerts, windows, summary = self.analyze(self.traffic())
        samples = [(ALERT, next(alert for alert in alerts if alert["status"] == "firing")), (WINDOW, windows[0]), (SUMMARY, summary)]
        for schema, value in samples:
            self.assert_fits(schema, dict(value, a_new_member=1))
            for name in value:
                with self.subTest(schema=schema.schema["title"], member=name):
                    missing = {key: member for key, member in value.items() if key != name}
                    self.assertFalse(schema.is_valid(missing), "may be missing")
                    self.assertFalse(schema.is_valid(dict(value, **{name: ["of another type"]})) and name != "malformed_samples", "may be of any type")

    def test_what_must_not_be(self):
        alerts, windows, _ = self.analyze(self.traffic())
        firing = next(alert for alert in alerts if alert["status"] == "firing")
        for wrong in ({"value": None}, {"samples": 0}, {"reason": "below"}, {"status": "resolved"}, {"status": "pending"}, {"id": "XYZ"}, {"count_error": -1},
                      {"window_end": "2026-01-01T00:00:00+01:00"}, {"type": "socklog.alert.v2"}, {"labels": {"x": 1}}):
            with self.subTest(wrong=wrong):
                self.assertFalse(ALERT.is_valid(dict(firing, **wrong)))
        busy = next(window for window in windows if window["lines"] > 0)
        for wrong in ({"windows": 0}, {"windows": 2}, {"lines": 1.5}, {"metrics": {"x": 1}}, {"metrics": {"x": {}}}):
            with self.subTest(wrong=wrong):
                self.assertFalse(WINDOW.is_valid(dict(busy, **wrong)))
        unkeyed = copy.deepcopy(busy)
        unkeyed["metrics"]["error_rate_by_url"]["top"] = [{"key": "/"}]
        self.assertFalse(WINDOW.is_valid(unkeyed))


if __name__ == "__main__":
    unittest.main()
