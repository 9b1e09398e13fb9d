"""Compares predictions by as many experts as the router uses with those by all experts, in batches of 512.

Needs a trained run of a recipe of `ride`, which knows its data. Both score the same batches in turn, in one process.

    python3 Benchmarks/compare_routing.py runs/ride --record
"""

import sys

import harness


def main():
    parser = harness.parser(__doc__)
    parser.add_argument("run", help="the folder of a trained run")
    parser.add_argument("--operations", default="0.77,0.6", help="budgets, as shares of all experts' operations")
    arguments = harness.parse(parser)
    options = [arguments.run, "--operations", arguments.operations, "--precision", "float32"]
    timings, others = harness.calm_round(
        lambda: harness.run_tool(arguments.tool, ["routing", *options], arguments.threads)
    )
    if others > harness.CALM:
        print(f"  DISTURBED: others used {others:.0%}", file=sys.stderr, flush=True)
    table = harness.Table(arguments.record)
    bars = []
    work = f"routed prediction, {timings['experts']} experts, batch {timings['batch']} {arguments.threads} threads"
    for row in timings["rows"]:
        variant = f"{row['name']}, {row['operationShare']:.1%} of the operations, beside all experts"
        table.add(work, variant, row["milliseconds"]["median"], timings["all"]["median"], "ms", timings["all"]["count"])
        bars.append((f"{row['name']}: {row['ratio']:.3f} times all experts (below 1)", row["ratio"] < 1))
    table.finish()
    return harness.verdict(bars)


if __name__ == "__main__":
    sys.exit(main())
