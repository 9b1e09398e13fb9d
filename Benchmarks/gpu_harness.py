"""Shared by the comparisons on a GPU: a time limit, a journal of what is measured already, bars with an aim, a report.

A GPU is often lent for minutes. A comparison that has to end before it is finished exits with 75 and goes on where it
was when it is called again with the same journal.
"""

import dataclasses
import json
import os
import re
import signal
import subprocess
import sys
import time

import harness

UNFINISHED = 75
PROCESS_LIMIT = 300  # seconds after which a contestant has failed

# The tool refuses these on a processor.
GPU_OPTIONS = {"--capture", "--steps-per-replay", "--tensor-float32", "--at-once"}


class Unfinished(Exception):
    """The time is over before everything is measured."""


def parser(description):
    """The options that every comparison on a GPU has."""
    result = harness.parser(description)
    result.set_defaults(rounds=3)
    result.add_argument("--device", default="cuda:0", help="where both compute")
    result.add_argument("--seconds", type=float, default=2.0, help="seconds of windows of each measurement")
    result.add_argument("--window", type=int, default=80, help="steps between two synchronisations")
    result.add_argument("--minutes", type=float, help="end before so many minutes, with 75 if something is left to do")
    result.add_argument("--journal", help="a file that keeps each measurement, so that another call goes on from it")
    result.add_argument("--report", help="a file to write bars and rows to, as JSON")
    result.add_argument("--tiny", action="store_true", help="tiny sizes, to try the path without a GPU; never recorded")
    return result


class Sitting:
    """Measures contestants, each once, until the time is over."""

    def __init__(self, arguments):
        end_children_when_ended()
        self.arguments = arguments
        self.end = time.monotonic() + arguments.minutes * 60 if arguments.minutes else float("inf")
        self.journal = arguments.journal
        self.values = read_journal(self.journal)
        self.known_options = options_of(arguments.tool, "bench", "step")
        self.notes = []

    def left(self):
        """Seconds until the end."""
        return self.end - time.monotonic()

    def ours(self, key, options, asks_capture=False, expected=20):
        """Runs `bench step` of our tool; options that it does not have are left out, with a note."""
        options = self._without_unknown(options)
        command = [self.arguments.tool, "bench", "step", "--device", self.arguments.device, *map(str, options)]
        command += ["--threads", str(self.arguments.threads), "--json"]
        value = self._measure(key, command, None, expected)
        value = dict(value, **value.get("milliseconds", {}))
        if asks_capture and value.get("captured") is False and self.arguments.device.startswith("cuda"):
            return {"error": f"not captured: {value.get('captureNote') or 'no reason given'}"}
        return value

    def rival(self, key, module, options, expected=25):
        """Runs a rival in a fresh process of this interpreter."""
        command = [sys.executable, "-m", f"rivals.{module}", *map(str, options), "--device", self.arguments.device]
        command += ["--threads", str(self.arguments.threads)] + (["--tiny"] if self.arguments.tiny else [])
        return self._measure(key, command, harness.FOLDER, expected)

    def _measure(self, key, command, folder, expected):
        if key in self.values:
            return self.values[key]
        if self.left() < expected:
            raise Unfinished
        value = self._attempt(command, folder)
        print(f"  {key}: {summary(value)}", file=sys.stderr, flush=True)
        self.values[key] = value
        if self.journal:
            with open(self.journal, "a") as file:
                file.write(json.dumps({"key": key, "value": value}) + "\n")
        return value

    def _attempt(self, command, folder):
        limit = min(PROCESS_LIMIT, self.left())
        try:
            code, output, errors = run_group(command, folder, harness.environment(self.arguments.threads), limit)
        except subprocess.TimeoutExpired:
            if limit < PROCESS_LIMIT:
                raise Unfinished from None
            return {"error": f"did not end within {PROCESS_LIMIT} seconds"}
        if code != 0:
            return {"error": f"ended with {code}: {errors.strip()[-600:]}"}
        try:
            return json.loads(output.strip().splitlines()[-1])
        except (IndexError, ValueError):
            return {"error": f"printed no JSON: {output.strip()[-300:]}"}

    def _without_unknown(self, options):
        """Drops options, with their values, that the tool's help does not name, and on a processor those for GPUs alone."""
        on_gpu = self.arguments.device.startswith("cuda")
        kept, position = [], 0
        while position < len(options):
            name = options[position]
            following = position + 1
            while following < len(options) and not str(options[following]).startswith("--"):
                following += 1
            if name in GPU_OPTIONS and not on_gpu:
                self.note(f"{name} is for GPUs; it was left out")
            elif name in self.known_options:
                kept += options[position:following]
            else:
                self.note(f"this tool has no {name}; it was left out")
            position = following
        return kept

    def note(self, text):
        if text not in self.notes:
            self.notes.append(text)


def run_group(command, folder, variables, limit):
    """Runs a command in a process group of its own, which ends with it: loaders and compilers start further processes.

    Returns exit code, output and errors; throws `subprocess.TimeoutExpired`.
    """
    process = subprocess.Popen(
        command, cwd=folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True
    )
    try:
        output, errors = process.communicate(timeout=None if limit == float("inf") else limit)
    except BaseException:
        end_group(process)
        process.communicate()
        raise
    end_group(process)
    return process.returncode, output, errors


def end_group(process):
    """Ends what is left of a process's group; a process that is still there may first end its own children's groups."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def end_children_when_ended():
    """Makes a signal to end an exception, at which contestants are ended too."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def read_journal(path):
    if not path or not os.path.exists(path):
        return {}
    with open(path) as file:
        entries = [json.loads(text) for text in file if text.endswith("\n")]
    return {entry["key"]: entry["value"] for entry in entries}


def options_of(tool, *command):
    """The long options of a command of the tool."""
    done = subprocess.run([tool, *command, "--help"], capture_output=True, text=True)
    return set(re.findall(r"--[a-z][a-z0-9-]*", done.stdout))


def summary(value):
    if "error" in value:
        return value["error"].splitlines()[-1]
    if "milliseconds" in value:
        value = dict(value, **value["milliseconds"])
    return f"{value['median']:.3f} ms a step" if "median" in value else "measured"


@dataclasses.dataclass
class Bar:
    """A demand: whether it holds, or None where it could not be measured."""

    text: str
    holds: bool | None

    @staticmethod
    def at_least(what, value, floor, aim, unit=""):
        if value is None:
            return Bar(f"{what}: not measured", None)
        reached = ", reached" if value >= aim else ""
        return Bar(f"{what}: {value:.3g}{unit} (at least {floor:g}{unit}, aim {aim:g}{unit}{reached})", value >= floor)

    @staticmethod
    def at_most(what, value, limit, unit=""):
        if value is None:
            return Bar(f"{what}: not measured", None)
        return Bar(f"{what}: {value:.3g}{unit} (at most {limit:g}{unit})", value <= limit)


def ratio(upper, lower):
    """A quotient, or None where a part of it was not measured."""
    return upper / lower if upper is not None and lower else None


def finish(arguments, sitting, table, bars, failures=()):
    """Prints and writes what came out; returns the exit code."""
    table.record = arguments.record and not arguments.tiny
    if arguments.tiny:  # Tiny sizes prove nothing.
        bars = [Bar(f"{bar.text}; tiny, not judged", None) for bar in bars]
    if table.rows:
        table.finish()
    for note in sitting.notes:
        print(f"note: {note}")
    for failure in failures:
        print(f"failed: {failure}")
    for bar in bars:
        print({True: "holds   ", False: "FAILS   ", None: "open    "}[bar.holds] + bar.text)
    if arguments.report:
        write_report(arguments.report, table.rows, bars, [*sitting.notes, *failures], sitting.values)
    return 1 if any(bar.holds is False for bar in bars) else 0


def write_report(path, rows, bars, notes, measured=None):
    content = {
        "bars": [dataclasses.asdict(bar) for bar in bars],
        "rows": rows,
        "notes": notes,
        "measured": measured or {},
    }
    with open(path, "w") as file:
        json.dump(content, file, indent=1)
