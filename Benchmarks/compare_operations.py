"""Compares the time of tiny tensor operations, which is that of the call itself, with Python's.

Bar: every operation costs less than from Python.

    python Benchmarks/compare_operations.py --record     # under an interpreter that has torch 2.11.0
"""

import sys

import harness


def main():
    parser = harness.parser(__doc__)
    parser.add_argument("--calls", type=int, default=200_000)
    arguments = harness.parse(parser)
    options = ["--calls", arguments.calls, "--rounds", 5]

    def ours():
        report = harness.run_tool(arguments.tool, ["operations", *options], arguments.threads)
        return {entry["operation"]: entry["value"] for entry in report["nanoseconds"]}

    contestants = {"ours": ours, "rival": lambda: harness.run_rival("operations", options, arguments.threads)}
    values = harness.alternate(contestants, arguments.rounds)
    table = harness.Table(arguments.record)
    bars = []
    for operation in values["ours"][0]:
        our_time, their_time = (harness.median([v[operation] for v in values[name]]) for name in ("ours", "rival"))
        table.add("operation overhead", operation, our_time, their_time, "ns", arguments.rounds)
        bars.append((f"{operation}: {our_time / their_time:.2f} of Python's time (below 1)", our_time < their_time))
    table.finish()
    return harness.verdict(bars)


if __name__ == "__main__":
    sys.exit(main())
