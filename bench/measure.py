"""Runs processes and says what they took: wall time, processor time, and the most memory, as the kernel tells of each whole process.

Linux counts as a process's peak also what it was before it became another program, so a peak is never below that of the process that started it.
"""
import dataclasses
import os
import resource
import shlex
import socket
import statistics
import subprocess
import time


@dataclasses.dataclass
class Case:
    """Something to be timed: a pipeline, or a program that is fed over TCP."""
    name: str
    commands: list  # of argument lists; each one's output goes to the next one, and the last one's to a file
    lines: int  # that it reads or writes: times are compared for one line
    feed: tuple = ()  # (port, path): the file is sent to the port, at which the program listens
    repeat: int = 1  # short ones are run so many times in each round

    def shown(self):
        return " | ".join(shlex.join(command) for command in self.commands)


@dataclasses.dataclass
class Sample:
    wall: float  # seconds from the first start to the last end
    cpu: float  # seconds, user and system, of all processes of the pipeline
    peak: int  # bytes, of the biggest of them


def least_peak():
    """Bytes. Peaks up to this are not known any better."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class Failed(Exception):
    pass


def send(port, path, process):
    while True:
        try:
            peer = socket.create_connection(("127.0.0.1", port))
            break
        except ConnectionRefusedError:
            if process.poll() is not None:
                raise Failed(f"it ended before it listened at port {port}") from None
            time.sleep(0.001)
    with peer, open(path, "rb") as file:
        peer.sendfile(file)


def run_once(case, output):
    """One run; everything that is printed goes to the file `output`."""
    with open(output, "wb") as out, open(f"{output}.err", "wb") as err:
        begin = time.perf_counter()
        processes, stdin = [], subprocess.DEVNULL
        for i, command in enumerate(case.commands):
            last = i + 1 == len(case.commands)
            process = subprocess.Popen(command, stdin=stdin, stdout=out if last else subprocess.PIPE, stderr=err)
            if i > 0:
                stdin.close()
            stdin = process.stdout
            processes.append(process)
        if case.feed:
            send(*case.feed, processes[0])
        cpu, peak = 0.0, 0
        for process in processes:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            cpu += usage.ru_utime + usage.ru_stime
            peak = max(peak, usage.ru_maxrss * 1024)
        wall = time.perf_counter() - begin
    if any(process.returncode for process in processes):
        with open(f"{output}.err", encoding="utf-8", errors="replace") as err:
            raise Failed(f"{case.shown()}: exit code {[process.returncode for process in processes]}: {err.read()[-500:].strip()}")
    return Sample(wall, cpu, peak)


def run(case, output):
    samples = [run_once(case, output) for _ in range(case.repeat)]
    return median_of(samples)


def median_of(samples):
    return Sample(statistics.median(s.wall for s in samples), statistics.median(s.cpu for s in samples), max(s.peak for s in samples))
