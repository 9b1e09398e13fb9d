"""One call of the checks: its tool, device and time, and how a check calls programs."""

import datetime
import json
import os
import shlex
import signal
import subprocess
import sys
import time

import gpu_harness
import harness
from gpu_check.state import read_json

MARGIN = 10  # seconds at the end of a sitting for writing down what came out
LIMIT = 500  # seconds for a program that cannot go on later: it must fit into one sitting
STOPPING = 45  # seconds that a training gets to save a checkpoint


class Sitting:
    def __init__(self, arguments, state, tool, data):
        self.state, self.tool, self.data = state, tool, data
        self.bench = tool + "-bench"
        self.device, self.threads, self.dry = arguments.device, arguments.threads, arguments.dry_run
        self.end = time.monotonic() + arguments.minutes * 60 if arguments.minutes else float("inf")
        self.machine = harness.machine(self.device)
        self.commit = harness.commit()

    def left(self):
        """Seconds until the sitting must be over."""
        return self.end - time.monotonic() - MARGIN

    def stamp(self, result, seconds):
        """Adds to a result when, where and with what it came out."""
        return dict(
            result, seconds=round(seconds, 1), date=datetime.date.today().isoformat(), commit=self.commit,
            machine=self.machine, device=self.device, dryRun=self.dry
        )

    def call(self, name, command, folder=None):
        """Runs a command, adds its output to the check's log, and returns exit code, output and errors."""
        words = [str(word) for word in command]
        variables = harness.environment(self.threads)
        limit = max(1, min(self.left(), LIMIT))
        try:
            code, output, errors = gpu_harness.run_group(words, folder, variables, limit)
        except subprocess.TimeoutExpired as stopped:
            self.write_log(name, command, f"stopped after {limit:.0f} s", "", "")
            if limit < LIMIT:
                raise gpu_harness.Unfinished from stopped
            raise Failure(f"did not end within {LIMIT} seconds", "") from stopped
        self.write_log(name, command, f"exit code {code}", output, errors)
        return code, output, errors

    def write_log(self, name, command, outcome, output, errors):
        with open(self.state.log(name), "a") as file:
            file.write(f"$ {shlex.join(str(word) for word in command)}\n{output}{errors}({outcome})\n\n")

    def compare(self, name, script, *options, parts=True):
        """Runs a comparison of Benchmarks/ and returns its bars and rows."""
        command = [sys.executable, os.path.join(harness.FOLDER, script), "--tool", self.bench, "--device", self.device]
        command += ["--threads", self.threads, "--report", self.state.report(name), *options]
        if parts:
            command += ["--journal", self.state.journal(name)] + (["--tiny", "--rounds", 1] if self.dry else [])
            if self.left() < float("inf"):
                command += ["--minutes", f"{max(0.05, (self.left() - 5) / 60):.2f}"]
        code, output, errors = self.call(name, command)
        if code == gpu_harness.UNFINISHED:
            raise gpu_harness.Unfinished
        report = read_json(self.state.report(name))
        if code not in (0, 1) or report is None:
            return failed(code, output, errors)
        return {"status": "done", "bars": report["bars"], "rows": report["rows"], "notes": report["notes"]}

    def train(self, name, command):
        """Runs a training until it ends or the time does; then it saves a checkpoint. Returns whether it ended."""
        words = [str(word) for word in command]
        with open(self.state.log(name), "a") as log:
            log.write(f"$ {shlex.join(words)}\n")
            log.flush()
            process = subprocess.Popen(
                words, stdout=log, stderr=log, env=harness.environment(self.threads), start_new_session=True
            )
            limit = None if self.left() == float("inf") else max(1, self.left() - STOPPING)
            try:
                code = process.wait(limit)
            except subprocess.TimeoutExpired:
                stop(process)
                return False
            except BaseException:
                stop(process)
                raise
        if code != 0:
            raise Failure(f"{shlex.join(words)} ended with {code}", tail(self.state.log(name)))
        return True

    def ask(self, name, command):
        """Runs the tool with --json and returns what it printed."""
        return self.read(name, [self.tool, *command, "--json"])

    def measure(self, name, command):
        """Runs longtail-bench with --json and returns what it printed."""
        return self.read(name, [self.bench, *command, "--json"])

    def read(self, name, command):
        code, output, errors = self.call(name, command)
        try:
            return code, json.loads(output)
        except ValueError:
            raise Failure(f"{' '.join(map(str, command))} ended with {code}", output + errors) from None


class Failure(Exception):
    """A check that did not work, with the end of what was printed."""

    def __init__(self, text, output):
        super().__init__(text)
        self.output = output[-1500:]


def failed(code, output, errors):
    text = (output + errors)[-1500:]
    return {"status": "failed", "bars": [], "rows": [], "notes": [f"ended with {code}"], "output": text}


def stop(process):
    """Asks a training to save and end, and ends it if it does not."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOPPING)
    except subprocess.TimeoutExpired:
        pass
    gpu_harness.end_group(process)
    process.wait()


def tail(path, size=1500):
    with open(path, "rb") as file:
        file.seek(max(0, os.path.getsize(path) - size))
        return file.read().decode(errors="replace")
