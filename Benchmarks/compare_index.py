"""Compares opening large sets with the field's data sets: a list and a JSON file of iNaturalist 2018's size, a folder of a million files.

Bars: lists and folders no slower, JSON within five seconds, and no more memory.

    python Benchmarks/compare_index.py --record     # under an interpreter that has torchvision
"""

import os
import sys
import tempfile

import harness

SIZES = {"list": ("--records", 437_513), "json": ("--records", 437_513), "folder": ("--files", 1_000_000)}


def main():
    arguments = harness.parse(harness.parser(__doc__))
    table = harness.Table(arguments.record)
    bars = []
    for kind, (option, count) in SIZES.items():
        with tempfile.TemporaryDirectory() as folder:
            place = os.path.join(folder, "set")
            values = measure(arguments, kind, place, [option, count])
        pair = [harness.median([value["median"] for value in values[name]]) for name in ("ours", "rival")]
        table.add(f"opening a {kind} of {count}", "wall time", *pair, "ms", arguments.rounds)
        if kind == "json":
            # Python's parser is written in C and makes objects of everything; ours checks as it reads and keeps little.
            bars.append((f"json: {pair[0] / 1000:.1f} s (at most 5), rival {pair[1] / 1000:.1f} s", pair[0] <= 5000))
        else:
            bars.append((f"{kind}: {pair[1] / pair[0]:.1f} times as fast (at least 1)", pair[0] <= pair[1]))
        memory = [harness.median([value["residentGrowth"] / 2**20 for value in values[name]]) for name in ("ours", "rival")]
        table.add(f"opening a {kind} of {count}", "memory growth", *memory, "MiB", arguments.rounds)
        bars.append((f"{kind}: {memory[0] / memory[1]:.2f} of the memory (at most 1)", memory[0] <= memory[1]))
    table.finish()
    return harness.verdict(bars)


def measure(arguments, kind, place, size):
    options = ["--kind", kind, "--at", place, "--rounds", 1]

    def ours():
        command = [arguments.tool, "index", *map(str, options + size), "--json"]
        report = harness.json.loads(harness.run(command, harness.environment(arguments.threads)))[0]
        return {**report, "median": report["milliseconds"]["median"]}

    ours()  # makes the set
    rival = lambda: harness.run_rival("index", options, arguments.threads)
    return harness.alternate({"ours": ours, "rival": rival}, arguments.rounds)


if __name__ == "__main__":
    sys.exit(main())
