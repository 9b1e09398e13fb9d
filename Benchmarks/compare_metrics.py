"""Compares the time to evaluate logits with NumPy's, on the same numbers, and checks that the results agree.

    python Benchmarks/compare_metrics.py --record     # under an interpreter that has numpy and safetensors
"""

import os
import sys
import tempfile

import harness

SIZES = [(10_000, 100), (50_000, 1_000)]
SHARED = ("accuracy", "many", "medium", "few", "calibrationError")


def main():
    arguments = harness.parse(harness.parser(__doc__))
    table = harness.Table(arguments.record)
    bars = []
    for samples, classes in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "logits.safetensors")
            write(file, samples, classes)
            values = measure(arguments, file)
        for kind in ("wall", "processor"):
            pair = [harness.median([value[kind] for value in values[name]]) for name in ("ours", "rival")]
            table.add(f"evaluation, {samples} x {classes}", f"{kind} time", *pair, "ms", arguments.rounds)
            if kind == "wall":
                bars.append((f"{samples} x {classes}: {pair[1] / pair[0]:.1f} times as fast as NumPy (at least 3)",
                             pair[1] >= 3 * pair[0]))
        ours, rival = values["ours"][0], values["rival"][0]
        gap = max(abs(ours[name] - rival[name]) for name in SHARED)
        bars.append((f"{samples} x {classes}: results agree within 1e-5 (gap {gap:.1e})", gap <= 1e-5))
    table.finish()
    return harness.verdict(bars)


def measure(arguments, file):
    def ours():
        report = harness.run_tool(
            arguments.tool, ["bench", "metrics", "--logits", file], arguments.threads, takes_threads=False)
        wall = report["milliseconds"]["median"]
        return {**report, "median": wall, "wall": wall, "processor": report["processorMilliseconds"]}

    def rival():
        report = harness.run_rival("metrics", ["--logits", file], arguments.threads)
        return {**report, "wall": report["median"]}

    return harness.alternate({"ours": ours, "rival": rival}, arguments.rounds)


def write(file, samples, classes):
    """Logits that are right for about two thirds, and the class counts of a long tail."""
    import numpy as np
    from safetensors.numpy import save_file

    random = np.random.default_rng(0)
    logits = random.standard_normal((samples, classes), dtype=np.float32)
    labels = random.integers(0, classes, samples).astype(np.int32)
    logits[np.arange(samples), labels] += 8 * random.random(samples, dtype=np.float32)
    counts = np.maximum(1, 1280 * 256.0 ** (-np.arange(classes) / (classes - 1))).astype(np.int64)
    save_file({"logits": logits, "labels": labels, "counts": counts}, file)


if __name__ == "__main__":
    sys.exit(main())
