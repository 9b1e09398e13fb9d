"""Times our training step on a GPU in all its forms: layout, type, captured or not, kernels, steps a replay.

    python Benchmarks/tabulate_gpu_step.py --record

The first row, contiguous float32 with nothing captured or fused, is what the others are compared with. There is no bar.
"""

import itertools
import sys

import compare_gpu_step
import gpu_harness
import harness

LAYOUTS = ("contiguous", "channelsLast")
TYPES = {
    "float32": ["--precision", "float32"],
    "tf32": ["--precision", "float32", "--tensor-float32"],
    "bfloat16": ["--precision", "bfloat16"],
}
LAUNCHES = {
    "eager": [],
    "captured": ["--cuda-graphs", "--steps-per-replay", "1"],
    "captured x 8": ["--cuda-graphs", "--steps-per-replay", "8"],
}


def main():
    parser = gpu_harness.parser(__doc__)
    parser.add_argument("--batch", type=int, default=128)
    parser.set_defaults(seconds=1.0)
    arguments = harness.parse(parser)
    sitting = gpu_harness.Sitting(arguments)
    values = {}
    try:
        kernels = ("plain", "fused") if "--kernels" in sitting.known_options else ("plain",)
        for layout, kind, launch, kernel in itertools.product(LAYOUTS, TYPES, LAUNCHES, kernels):
            values[layout, kind, launch, kernel] = run(sitting, layout, kind, launch, kernel)
    except gpu_harness.Unfinished:
        print("the time is over; call again with the same --journal", file=sys.stderr)
        return gpu_harness.UNFINISHED
    table = harness.Table(arguments.record, arguments.device)
    first = next(iter(values.values()))
    for form, value in values.items():
        if "median" in first and "median" in value:
            benchmark = f"GPU step, resnet32 batch {arguments.batch}, forms of ours"
            variant = " ".join(form) + " against contiguous float32 eager plain"
            table.add(benchmark, variant, value["median"], first["median"], "ms", 1)
    failures = [f"{' '.join(form)}: {value['error']}" for form, value in values.items() if "error" in value]
    return gpu_harness.finish(arguments, sitting, table, [], failures)


def run(sitting, layout, kind, launch, kernels):
    arguments = sitting.arguments
    batch = 8 if arguments.tiny else arguments.batch
    options = compare_gpu_step.our_options(arguments, "resnet32", batch, ("--objective", "balanced-softmax"))
    options += ["--layout", layout, *TYPES[kind], *LAUNCHES[launch], "--kernels", kernels]
    key = f"{layout} {kind} {launch} {kernels}"
    return sitting.ours(key, options, asks_capture="--cuda-graphs" in options, expected=0 if arguments.tiny else 12)


if __name__ == "__main__":
    sys.exit(main())
