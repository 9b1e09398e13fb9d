"""Shared by the comparisons: finding the tool, waiting for a calm machine, alternating rounds, recording results."""

import argparse
import csv
import datetime
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.dirname(FOLDER)
RESULTS = os.path.join(REPOSITORY, "results", "performance.csv")
COLUMNS = ["date", "commit", "machine", "benchmark", "variant", "ours", "rival", "unit", "ratio", "rounds"]

CALM = 0.08  # the largest share of all processors that others may use during a round
PATIENCE = 60  # seconds to wait for a calm machine before a round that may be disturbed
ATTEMPTS = 4  # of which the least disturbed one counts
PRIORITY = False  # whether contestants run before everything else on the machine


def parser(description):
    """The options that every comparison has."""
    result = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    result.add_argument("--tool", default=os.path.join(REPOSITORY, "bin", "longtail"), help="the program to measure")
    result.add_argument("--threads", type=int, default=2, help="threads of both contestants")
    result.add_argument("--rounds", type=int, default=7, help="rounds of each contestant, alternating")
    result.add_argument(
        "--priority", action="store_true", help="on a busy machine, as root: run both before all other programs (Linux)"
    )
    result.add_argument("--record", action="store_true", help="append the results to results/performance.csv")
    return result


def parse(arguments_parser):
    """Reads the options and applies those that concern the harness itself."""
    global PRIORITY
    arguments = arguments_parser.parse_args()
    PRIORITY = arguments.priority
    return arguments


class Usage:
    """Processor time of the whole machine and of our children, to tell how much others took."""

    def __init__(self):
        self.wall = time.perf_counter()
        self.busy = machine_seconds()
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.own = children.ru_utime + children.ru_stime + time.process_time()

    def others_since(self, begin):
        """The share of all processors that neither we nor our children used."""
        others = (self.busy - begin.busy) - (self.own - begin.own)
        return max(0.0, others / max(1e-9, (self.wall - begin.wall) * os.cpu_count()))


def machine_seconds():
    """Seconds that all processors were busy since the start, stolen time included; 0 where the system does not say."""
    try:
        with open("/proc/stat") as file:
            fields = [int(text) for text in file.readline().split()[1:9]]
    except OSError:
        return 0.0
    user, nice, system, _, _, interrupt, soft, steal = fields
    return (user + nice + system + interrupt + soft + steal) / os.sysconf("SC_CLK_TCK")


def wait_until_calm():
    """Waits until others use little of the machine for a second; returns whether that came true."""
    end = time.perf_counter() + PATIENCE
    while time.perf_counter() < end:
        begin = Usage()
        time.sleep(1)
        if Usage().others_since(begin) <= CALM / 2:
            return True
    return False


def calm_round(measure):
    """Measures while the machine is calm; a disturbed measurement is thrown away and repeated.

    Returns what was measured and the share that others took meanwhile. After too many attempts the least disturbed
    one is returned, and the share tells. With priority nothing is repeated: others hardly run meanwhile.
    """
    best = None
    for _ in range(1 if PRIORITY else ATTEMPTS):
        if not PRIORITY:
            wait_until_calm()
        begin = Usage()
        value = measure()
        others = Usage().others_since(begin)
        if best is None or others < best[1]:
            best = (value, others)
        if others <= CALM:
            break
    return best


def alternate(contestants, rounds, label=str):
    """Runs the contestants in turn (A B A B ...) and returns the list of values of each.

    `label` turns a contestant's key into the text of the progress lines, which go to standard error.
    """
    values = {name: [] for name in contestants}
    for number in range(rounds):
        for name, measure in contestants.items():
            value, others = calm_round(measure)
            values[name].append(value)
            middle = f"{value['median']:.1f} ms" if 'median' in value else 'measured'
            disturbed = f", DISTURBED: others used {others:.0%}" if others > CALM else ""
            print(f"  round {number + 1}: {label(name)}: {middle}{disturbed}", file=sys.stderr, flush=True)
    return values


def environment(threads):
    """The environment of a contestant: the same thread count for both, everything else as it is."""
    return dict(os.environ, OMP_NUM_THREADS=str(threads))


def run_tool(tool, arguments, threads, takes_threads=True):
    """Runs our tool with --json and returns what it printed; some of its benchmarks have no --threads."""
    command = [tool, *map(str, arguments), *(["--threads", str(threads)] if takes_threads else []), "--json"]
    return json.loads(run(command, environment(threads)))


def run_rival(module, arguments, threads):
    """Runs a rival in a fresh process of this interpreter and returns what it printed."""
    command = [sys.executable, "-m", f"rivals.{module}", *map(str, arguments), "--threads", str(threads)]
    return json.loads(run(command, environment(threads), folder=FOLDER))


def run(command, variables, folder=None):
    first = take_priority if PRIORITY else None
    done = subprocess.run(command, env=variables, cwd=folder, capture_output=True, text=True, preexec_fn=first)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\nended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def take_priority():
    """In the child: a session of its own, with the greatest weight of all sessions and processes."""
    os.setsid()
    os.nice(-20)
    with open("/proc/self/autogroup", "w") as file:
        file.write("-20")


class Table:
    """Prints rows and records them."""

    def __init__(self, record, device="cpu"):
        self.record = record
        self.device = device
        self.rows = []

    def add(self, benchmark, variant, ours, rival, unit, rounds):
        """Adds a row; the ratio is ours over the rival's."""
        self.rows.append((benchmark, variant, ours, rival, unit, ours / rival, rounds))

    def finish(self):
        width = max([len(row[1]) for row in self.rows] + [7])
        print(f"{'variant':<{width}}  {'ours':>10}  {'rival':>10}  {'ratio':>6}  unit")
        for _, variant, ours, rival, unit, ratio, _ in self.rows:
            print(f"{variant:<{width}}  {ours:>10.3f}  {rival:>10.3f}  {ratio:>6.3f}  {unit}")
        if self.record:
            self.write()

    def write(self):
        date = datetime.date.today().isoformat()
        append_lines(RESULTS, COLUMNS, [line(row, date, commit(), machine(self.device)) for row in self.rows])
        print(f"recorded in {os.path.relpath(RESULTS, REPOSITORY)}")


def line(row, date, commit_text, machine_text):
    """A row of a table as a line of results/performance.csv."""
    benchmark, variant, ours, rival, unit, ratio, rounds = row
    values = [f"{ours:.4g}", f"{rival:.4g}", unit, f"{ratio:.3f}", str(rounds)]
    return [date, commit_text, machine_text, benchmark, variant, *values]


def append_lines(path, columns, lines):
    """Appends lines to a results file; makes it, with its columns, if it is not there."""
    new = not os.path.exists(path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "a", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if new:
            writer.writerow(columns)
        writer.writerows(lines)


def commit():
    """The commit that was measured, with a mark when files differ from it.

    LONGTAIL_COMMIT names it where there is no Git, as it does for the tool.
    """
    if "LONGTAIL_COMMIT" in os.environ:
        return os.environ["LONGTAIL_COMMIT"]

    def git(*arguments):
        done = subprocess.run(["git", "-C", REPOSITORY, *arguments], capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else ""

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "Sources", "Package.swift", "Benchmarks")
    return (git("rev-parse", "--short=10", "HEAD") or "unknown") + ("+" if changed else "")


def machine(device="cpu"):
    """The GPU, or the processor and the number of its cores."""
    if device.startswith("cuda"):
        return gpu_name(device)
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as file:
            names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
        name = names[0] if names else name
    except OSError:
        pass
    return f"{name}, {os.cpu_count()} cores"


def gpu_name(device):
    """The name of a GPU, as the driver tells it."""
    number = device.partition(":")[2] or "0"
    command = ["nvidia-smi", "-i", number, "--query-gpu=name", "--format=csv,noheader"]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 and done.stdout.strip() else f"unknown GPU {device}"


def median(values):
    return statistics.median(values)


def verdict(bars):
    """Prints each bar (text, holds) and returns the exit code."""
    for text, holds in bars:
        print(("holds   " if holds else "FAILS   ") + text)
    return 0 if all(holds for _, holds in bars) else 1
