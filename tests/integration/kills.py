#!/usr/bin/env python3
"""--state: however often a run is killed, stopped or ended, its alert and window files are, byte for byte, those of a run that was left alone."""
import fcntl
import gzip
import os
import pathlib
import random
import shutil
import signal
import threading
import time
import unittest

import harness
from harness import LONG, T0, json_lines, read, shop_lines, summary_of, text_of

# Counts of the stream: they live in the state. (Samples of malformed lines are of a run.)
COUNTS = ("lines parsed malformed counted late ahead ignored outside late_after_idle windows windows_judged windows_alerting windows_firing "
          "open_windows alerts_fired alerts_resolved slow_path evicted_keys").split()


def rotate(log, compress):
    """As logrotate does: log -> log.1 -> log.2(.gz) -> log.3(.gz) ..."""
    for number in range(9, 1, -1):
        for ending in ("", ".gz"):
            old = pathlib.Path(f"{log}.{number}{ending}")
            if old.exists():
                old.rename(f"{log}.{number + 1}{ending}")
    first = pathlib.Path(f"{log}.1")
    if first.exists():
        if compress:
            with open(first, "rb") as plain, gzip.open(f"{log}.2.gz.part", "wb", compresslevel=1) as packed:
                shutil.copyfileobj(plain, packed)
            os.utime(f"{log}.2.gz.part", ns=(first.stat().st_atime_ns, first.stat().st_mtime_ns))
            os.rename(f"{log}.2.gz.part", f"{log}.2.gz")
            first.unlink()
        else:
            first.rename(f"{log}.2")
    log.rename(first)
    log.touch()


class StateCase(harness.Case):

    def args(self, name, *more):
        """analyze with outputs and state of their own."""
        return ["analyze", "-q", "--state", self.path(f"{name}.state"), "--alerts-to", self.path(f"{name}.alerts"), "--windows-to",
                self.path(f"{name}.windows"), "--summary", self.path(f"{name}.json"), *more]

    def outputs(self, name):
        return {kind: read(self.path(f"{name}.{kind}")) for kind in ("alerts", "windows")}

    def counts(self, name):
        summary = summary_of(self.path(f"{name}.json"))
        return {count: summary[count] for count in COUNTS}

    def assert_same(self, expected, got, what=""):
        for kind in ("alerts", "windows"):
            one, other = self.outputs(expected)[kind], self.outputs(got)[kind]
            if one != other:
                left, right = one.splitlines(), other.splitlines()
                at = next((n for n, pair in enumerate(zip(left, right)) if pair[0] != pair[1]), min(len(left), len(right)))
                self.fail(f"{what}: {kind} differ at line {at + 1} of {len(left)} and {len(right)}:\n{left[at:at + 1]}\n{right[at:at + 1]}")
        self.assertEqual(self.counts(expected), self.counts(got), what)

    def wait_for_lock(self, name, process):
        """Until the process has begun: from then on it can be stopped in good order."""
        def is_locked():
            try:
                with open(self.path(f"{name}.state") / "lock", "rb") as file:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

        self.wait_for(is_locked, "lock", process=process)

    def undisturbed(self, name, *args):
        self.run_ok(*self.args(name, *args))
        self.assertGreater(self.outputs(name)["alerts"].count(b'"firing"'), 3, "the input should raise alerts")
        return name


class Kills(StateCase):

    def kill_moments(self, rng, count, long_share):
        """Seconds after the start, or the name of what to wait for. The state is saved at the start and after each second."""
        for _ in range(count):
            dice = rng.random()
            if dice < long_share:
                yield rng.uniform(0.9, 1.3)
            elif dice < long_share + 0.1:
                yield "saving"
            else:
                yield rng.random() ** 2 * 0.4

    def wait_until(self, moment, process, state):
        if moment == "saving":
            deadline = time.monotonic() + 2
            while time.monotonic() < deadline and process.running():
                if any(".tmp" in name for name in os.listdir(state)):
                    return
            return
        deadline = time.monotonic() + moment
        while (left := deadline - time.monotonic()) > 0 and process.running():
            time.sleep(min(left, 0.01))

    def run_killed(self, name, moments, rng, args, term_share=0.15, enough=None, grow=None, may_miss=False):
        """Starts and kills until `moments` are used up, or `enough` were killed. Returns how many processes SIGKILL and SIGTERM hit.

        `grow` is called when a run came to the end of its input before its moment. `may_miss`: rotation may leave no file for an instant.
        """
        state = self.path(f"{name}.state")
        state.mkdir(mode=0o700, exist_ok=True)
        hits = {signal.SIGKILL: 0, signal.SIGTERM: 0}
        for moment in moments:
            if hits[signal.SIGKILL] == enough:
                break
            number = signal.SIGTERM if rng.random() < term_share else signal.SIGKILL
            process = self.start(*self.args(name, *args))
            self.wait_until(moment, process, state)
            alive = process.running()
            process.signal(number)
            result = process.wait()
            if result.code == -number:  # SIGTERM kills, too, before the program has begun
                hits[signal.SIGKILL] += 1
            elif may_miss and result.code == 2:
                self.assertIn("No such file", result.message)
            else:
                self.assertEqual(0, result.code, str(result))
                hits[signal.SIGTERM] += alive
                if not alive and grow is not None:
                    grow()
        return hits

    def test_one_file_killed_a_hundred_times(self):
        whole = self.generate("whole.log", "--rate", 100, "--duration", "40m", "--urls", 60, "--users", 300, "--clients", 300, "--incident",
                              "error-burst at=5m for=2m rate=40%", "--incident", "error-burst at=25m for=2m rate=60%")
        flags = ("--window", "2m", "--slide", "1s", "-j", 1)  # makes it slow, so that kills find it at work
        self.undisturbed("whole", whole, *flags)
        # However fast the machine is, there is something to read: the file grows when a run has come to its end, by any number of bytes.
        data = read(whole)
        rng = random.Random(1)
        ends = sorted(rng.randrange(len(data)) for _ in range(100)) + [len(data)]
        log = self.write("access.log", data[:ends[40]])
        length = ends[40]

        def grow():
            nonlocal length
            with open(log, "ab") as file:
                end = next((end for end in ends if end > length), length)
                file.write(data[length:end])
                length = end

        hits = self.run_killed("killed", self.kill_moments(rng, 4000, 0.05), rng, (log, *flags), enough=100, grow=grow)
        harness.tell(f"{hits[signal.SIGKILL]} killed, {hits[signal.SIGTERM]} stopped, at {length} of {len(data)} bytes")
        self.assertEqual(100, hits[signal.SIGKILL])
        while length < len(data):
            grow()
        args = (log, *flags)
        self.run_ok(*self.args("killed", *args))
        self.assert_same("whole", "killed")
        for name, file in (("whole", whole), ("killed", log)):
            self.run_ok(*self.args(name, file, *flags, "--close"))
        self.assert_same("whole", "killed", "closed")
        self.run_ok("analyze", "-q", *args, "--alerts-to", self.path("plain.alerts"), "--windows-to", self.path("plain.windows"))
        self.assertEqual(self.outputs("plain"), self.outputs("killed"))

    def rough_logs(self):
        """Four partitions: out of order, late lines, noise, one two hours later, one short."""
        logs = []
        for number, (start, seconds) in enumerate(((0, 3000), (7, 3000), (7200, 3000), (100, 400))):
            rng = random.Random(number)
            lines = shop_lines(number, T0 + start, seconds, 20, shuffle=4)
            for _ in range(100):
                lines.insert(rng.randrange(len(lines)), f"no log line {rng.random()}")
                at = rng.randrange(1000, len(lines))
                lines.insert(at, lines[at - rng.randrange(1000)])
            for year in (1970, 2099):
                lines.insert(rng.randrange(100, len(lines)), lines[0].replace("/2026:", f"/{year}:"))
            logs.append(self.write(f"p{number}.log", text_of(lines)))
        return logs

    def test_four_files(self):
        logs = self.rough_logs()
        for turn, jobs in enumerate((1, 2)):
            args = (*logs, "--window", "40s", "--slide", "1s", "-j", jobs, "--invalid-requests", self.path(f"invalid{turn}"), "--late-to",
                    self.path(f"late{turn}"))
            self.undisturbed(f"whole{turn}", *args)
            kept = [sorted(read(self.path(f"{name}{turn}")).splitlines()) for name in ("invalid", "late")]
            self.assertTrue(all(kept))
            for name in ("invalid", "late"):
                self.path(f"{name}{turn}").unlink()
            rng = random.Random(turn + 10)
            hits = self.run_killed(f"killed{turn}", self.kill_moments(rng, 30 if not LONG else 100, 0.05), rng, args)
            self.run_ok(*self.args(f"killed{turn}", *args))
            harness.tell(f"-j {jobs}: {hits[signal.SIGKILL]} killed, {hits[signal.SIGTERM]} stopped")
            self.assertGreater(hits[signal.SIGKILL], 0)  # the faster the machine, the more come after the end
            self.assert_same(f"whole{turn}", f"killed{turn}", f"-j {jobs}")
            # All of them, once; how those of several files interleave is not promised.
            self.assertEqual(kept, [sorted(read(self.path(f"{name}{turn}")).splitlines()) for name in ("invalid", "late")])

    def test_following_a_file_that_grows_and_is_rotated(self):
        lines = shop_lines(5, T0, 6000 if not LONG else 30000, 20, shuffle=4)
        self.undisturbed("whole", self.write("whole.log", text_of(lines)))
        log = self.write("access.log", b"")
        stop = threading.Event()

        def feed():
            rng = random.Random(6)
            data = text_of(lines)
            at = 0
            while at < len(data):
                end = data.find(b"\n", at + 1_500_000) + 1 or len(data)  # of this file: a whole line
                with open(log, "ab", buffering=0) as file:
                    while at < end and not stop.is_set():
                        size = min(rng.randint(1, 40000), end - at)
                        file.write(data[at:at + size])
                        at += size
                        time.sleep(0.01)  # the pace of the log
                if at == end < len(data):
                    rotate(log, compress=rng.random() < 0.7)
                if stop.is_set():
                    return

        self.addCleanup(stop.set)
        join = harness.in_thread(feed)
        rng = random.Random(7)
        args = (log, "--follow", "-j", 1)
        hits = self.run_killed("killed", self.kill_moments(rng, 30 if not LONG else 100, 0.3), rng, args, term_share=0.1, may_miss=True)
        join()
        process = self.start(*self.args("killed", *args))
        whole = self.outputs("whole")["windows"]
        self.wait_for(lambda: len(read(self.path("killed.windows"))) >= len(whole), "all windows", timeout=60, process=process)
        self.wait_for_lock("killed", process)
        process.signal(signal.SIGTERM)
        self.assertEqual(0, process.wait().code)
        harness.tell(f"following: {hits[signal.SIGKILL]} killed, {hits[signal.SIGTERM]} stopped")
        self.run_ok(*self.args("killed", log))  # to the end, from where that one was stopped: perhaps before it had read anything
        self.assert_same("whole", "killed")


class Runs(StateCase):
    """Runs that end, one after the other."""

    def setUp(self):
        super().setUp()
        self.lines = shop_lines(8, T0, 1200, 20, shuffle=4)
        self.data = text_of(self.lines)
        self.undisturbed("whole", self.write("whole.log", self.data))

    def test_a_file_that_grows_between_runs(self):
        """It is cut at any byte, also within a line."""
        log = self.write("access.log", b"")
        rng = random.Random(9)
        cuts = sorted(rng.randrange(len(self.data)) for _ in range(12)) + [len(self.data)]
        for cut in cuts:
            log.write_bytes(self.data[:cut])
            self.run_ok(*self.args("runs", log))
            self.assertEqual(self.data[:cut].count(b"\n"), self.counts("runs")["lines"])
        self.assert_same("whole", "runs")

    def test_a_run_without_news(self):
        log = self.path("whole.log")
        for _ in range(3):
            before = self.outputs("whole")
            self.run_ok(*self.args("whole", log))
            self.assertEqual(before, self.outputs("whole"))

    def test_rotation_and_compression_between_runs(self):
        log = self.write("access.log", b"")
        rng = random.Random(10)
        cuts = sorted(self.data.index(b"\n", rng.randrange(len(self.data) - 1000)) + 1 for _ in range(8)) + [len(self.data)]
        begin = 0
        for number, cut in enumerate(cuts):
            middle = rng.randrange(begin, cut + 1)
            with open(log, "ab") as file:
                file.write(self.data[begin:middle])
            self.run_ok(*self.args("runs", log))
            with open(log, "ab") as file:
                file.write(self.data[middle:cut])
            begin = cut
            if cut < len(self.data):
                rotate(log, compress=number % 3 != 0)
        self.run_ok(*self.args("runs", log))
        self.assert_same("whole", "runs")

    def test_two_rotations_between_runs(self):
        log = self.write("access.log", b"")
        third = self.data.index(b"\n", len(self.data) // 3) + 1
        two = self.data.index(b"\n", len(self.data) * 2 // 3) + 1
        log.write_bytes(self.data[:third - 5000])
        self.run_ok(*self.args("runs", log))
        with open(log, "ab") as file:
            file.write(self.data[third - 5000:third])
        rotate(log, compress=True)
        log.write_bytes(self.data[third:two])
        rotate(log, compress=True)
        log.write_bytes(self.data[two:])
        self.run_ok(*self.args("runs", log))
        self.assert_same("whole", "runs")

    def test_a_rotation_after_a_first_run_that_was_killed_at_once(self):
        """The state names the file before anything is read of it."""
        half = self.data.index(b"\n", len(self.data) // 2) + 1
        for compress in (False, True):
            name = f"runs{compress}"
            log = self.write(f"{name}.log", self.data[:half])
            process = self.start(*self.args(name, log, "--follow"))
            self.wait_for(lambda: read(self.path(f"{name}.state") / "state"), "the first state", process=process)
            process.signal(signal.SIGKILL)
            process.wait()
            rotate(log, compress)
            if compress:
                rotate(log, compress)
            log.write_bytes(self.data[half:])
            self.run_ok(*self.args(name, log))
            self.assert_same("whole", name, f"compress={compress}")

    def test_the_file_is_compressed_in_place(self):
        """Between runs `access.log` becomes `access.log.gz`, and that is the input then."""
        log = self.write("access.log", self.data[:300000])
        self.run_ok(*self.args("runs", log))
        log.unlink()
        packed = self.write("access.log.gz", gzip.compress(self.data))
        self.run_ok(*self.args("runs", packed))
        self.assert_same("whole", "runs")

    def test_truncation(self):
        """The file starts anew: it is read from its start, and nothing of the windows that were open is lost but what was in no file any more."""
        half = self.data.index(b"\n", len(self.data) // 2) + 1
        log = self.write("access.log", self.data[:half])
        self.run_ok(*self.args("runs", log))
        log.write_bytes(self.data[half:])
        result = self.run_ok(*self.args("runs", log))
        self.assertIn("from the beginning", result.message)
        counts = self.counts("runs")
        self.assertEqual(counts["lines"], counts["parsed"] + counts["malformed"])
        self.assertEqual(len(self.lines), counts["lines"])
        self.assertEqual(self.outputs("whole")["alerts"].splitlines()[-1], self.outputs("runs")["alerts"].splitlines()[-1])

    def test_truncation_while_one_window_was_open(self):
        """All that was read is read again from the first byte on, so the position is that of a file never read."""
        log = self.write("access.log", text_of(self.lines[:20]))
        self.run_ok(*self.args("runs", log))
        log.write_bytes(text_of(self.lines[20:40]))
        result = self.run_ok(*self.args("runs", log))
        self.assertIn("from the beginning", result.message)
        self.assertEqual(40, self.counts("runs")["counted"])

    def test_truncation_to_a_file_that_begins_alike(self):
        log = self.write("access.log", self.data)
        self.run_ok(*self.args("runs", log))
        log.write_bytes(text_of(self.lines[:100]))
        result = self.run_ok(*self.args("runs", log))
        self.assertIn("shorter", result.message)
        counts = self.counts("runs")
        self.assertEqual(len(self.lines) + 100, counts["lines"])
        self.assertEqual(100, counts["late"])

    def test_an_input_that_is_not_given_again(self):
        first, second = self.write("first.log", text_of(self.lines[::2])), self.write("second.log", text_of(self.lines[1::2]))
        self.run_ok(*self.args("runs", first, second))
        result = self.run_ok(*self.args("runs", first))
        self.assertIn("second.log: was read by an earlier run", result.message)
        self.assertNotIn("second.log", self.run_ok(*self.args("runs", first, second)).message)
        self.assertEqual(len(self.lines), self.counts("runs")["lines"])

    def test_close_ends_the_stream(self):
        log = self.path("whole.log")
        self.run_ok("analyze", "-q", log, "--alerts-to", self.path("plain.alerts"), "--windows-to", self.path("plain.windows"), "--summary",
                    self.path("plain.json"))
        self.assertGreater(self.counts("whole")["open_windows"], 0)
        self.run_ok(*self.args("whole", log, "--close"))
        self.assertEqual(0, self.counts("whole")["open_windows"])
        self.assert_same("plain", "whole")
        self.run_ok(*self.args("at_once", log, "--close"))
        self.assert_same("plain", "at_once")

    def test_reset_state(self):
        before = self.outputs("whole")
        for file in self.dir.glob("whole.[aw]*s"):
            file.unlink()
        self.run_ok(*self.args("whole", self.path("whole.log"), "--reset-state"))
        self.assertEqual(before, self.outputs("whole"))

    def test_other_thresholds_go_on(self):
        """Thresholds shape no cell, so they may change between runs."""
        log = self.write("access.log", self.data[:400000])
        self.run_ok(*self.args("runs", log))
        log.write_bytes(self.data)
        self.run_ok(*self.args("runs", log, "--threshold", "error_rate=0.9"))
        self.assertEqual(self.outputs("whole")["windows"].count(b"\n"), self.outputs("runs")["windows"].count(b"\n"))

    def test_a_lost_output_is_said(self):
        """The alert file was taken away: the run goes on in a new one and says what is missing."""
        log = self.write("access.log", self.data[:400000])
        self.run_ok(*self.args("runs", log))
        self.path("runs.alerts").unlink()
        log.write_bytes(self.data)
        result = self.run_ok(*self.args("runs", log))
        self.assertIn("shorter", result.message)
        self.assertTrue(self.outputs("whole")["alerts"].endswith(self.outputs("runs")["alerts"]))


class Refusals(StateCase):

    def setUp(self):
        super().setUp()
        self.log = self.write("access.log", text_of(shop_lines(11, T0, 600, 10)))
        self.run_ok(*self.args("runs", self.log))

    def test_other_windows_are_refused(self):
        for flags in (("--window", "20s"), ("--slide", "5s"), ("--lateness", "1s"), ("--max-gap", "1h"), ("--errors", "500-599"),
                      ("--user-key", "client"), ("--log-format", "combined"), ("--metrics", "error_rate"), ("--since", "2026-01-01T00:00:00Z")):
            with self.subTest(flags=flags):
                self.assert_fails(2, "--reset-state", *self.args("runs", self.log, *flags))
        self.run_ok(*self.args("runs", self.log, "--window", "20s", "--reset-state"))

    def state_file(self):
        files = [file for file in self.path("runs.state").iterdir() if file.name != "lock"]
        self.assertEqual(1, len(files), files)
        return files[0]

    def test_damaged_state_is_refused(self):
        file = self.state_file()
        good = file.read_bytes()
        rng = random.Random(12)
        damaged = [b"", b"x", good[:1], good[:-1], good + b"\0", bytes(len(good))]
        damaged += [good[:rng.randrange(len(good))] for _ in range(5)]
        for _ in range(25):
            bad = bytearray(good)
            bad[rng.randrange(len(bad))] ^= 1 << rng.randrange(8)
            damaged.append(bytes(bad))
        outputs = self.outputs("runs")
        for bad in damaged:
            file.write_bytes(bad)
            self.assert_fails(2, "--reset-state", *self.args("runs", self.log))
        self.assertEqual(outputs, self.outputs("runs"), "a refused run touches nothing")
        file.write_bytes(good)
        self.run_ok(*self.args("runs", self.log))

    def test_state_in_use(self):
        process = self.start(*self.args("runs", self.log, "--follow"))
        self.wait_for_lock("runs", process)
        self.assert_fails(2, "in use", *self.args("runs", self.log))
        process.signal(signal.SIGTERM)
        self.assertEqual(0, process.wait().code)
        self.run_ok(*self.args("runs", self.log))

    def test_inputs_that_cannot_be_read_again(self):
        port = harness.free_port()
        self.assert_fails(2, "--state", "analyze", "--state", self.path("s"), data=b"")
        self.assert_fails(2, "--state", "analyze", "-", "--state", self.path("s"), data=b"")
        self.assert_fails(2, "--state", "analyze", f"tcp-listen://:{port}", "--state", self.path("s"))
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        with open(fifo, "rb+", buffering=0):
            self.assert_fails(2, "--state", "analyze", fifo, "--state", self.path("s"))

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_a_directory_that_cannot_be_written(self):
        self.dir.chmod(0o500)
        self.addCleanup(self.dir.chmod, 0o700)
        self.assert_fails(2, "--state", "analyze", self.log, "--state", self.path("s"))

    def test_the_state_is_nobody_elses(self):
        self.assertEqual(0, os.stat(self.path("runs.state")).st_mode & 0o077)
        self.assertEqual(0, self.state_file().stat().st_mode & 0o077)

    def test_no_double_alert_in_a_file_given_twice(self):
        """The summary and both files tell the same number."""
        alerts = json_lines(self.outputs("runs")["alerts"])
        self.assertEqual(len(alerts), len({alert["id"] for alert in alerts}))
        counts = self.counts("runs")
        self.assertEqual(len(alerts), counts["alerts_fired"] + counts["alerts_resolved"])


if __name__ == "__main__":
    harness.main()
