"""Compares the processor time from process start to the end of the first training step with Python's.

Both do one step of ResNet-32 on a batch of noise. Processor seconds of the whole process are compared, because other
programs on the machine disturb them little. Bar: at most a quarter of Python's.

    python Benchmarks/compare_startup.py --record     # under an interpreter that has torch 2.11.0
"""

import os
import resource
import sys
import time

import harness


def main():
    parser = harness.parser(__doc__)
    parser.set_defaults(threads=1)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    arguments = harness.parse(parser)
    # The program itself: bin/longtail-bench also checks whether it must be built, which is no part of the start of a run.
    tool = os.path.join(harness.REPOSITORY, ".build", "benchmarks", "release", "longtail-bench")
    options = ["--batch", arguments.batch, "--precision", arguments.precision, "--layout", "channelsLast"]

    def ours():
        return spent(lambda: harness.run_tool(tool, ["startup", *options], arguments.threads))

    def rival():
        return spent(lambda: harness.run_rival("startup", options, arguments.threads))

    ours(), rival()  # both programs are in the file cache from now on
    values = harness.alternate({"ours": ours, "rival": rival}, arguments.rounds)
    table = harness.Table(arguments.record)
    medians = {}
    for kind in ("processor", "wall"):
        pair = [harness.median([value[kind] for value in values[name]]) for name in ("ours", "rival")]
        medians[kind] = pair
        variant = f"{kind} time, {arguments.precision}, {arguments.threads} threads"
        table.add("start to first step", variant, *pair, "s", arguments.rounds)
    table.finish()
    ratio = medians["processor"][0] / medians["processor"][1]
    return harness.verdict([(f"{ratio:.3f} of Python's processor time (at most 0.25)", ratio <= 0.25)])


def spent(body):
    """Seconds of processor and wall time of the processes that `body` starts."""
    begin, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    body()
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = end.ru_utime + end.ru_stime - begin.ru_utime - begin.ru_stime
    return {"processor": processor, "wall": time.perf_counter() - start, "median": processor * 1000}


if __name__ == "__main__":
    sys.exit(main())
