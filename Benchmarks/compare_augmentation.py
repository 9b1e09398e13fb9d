"""Compares the augmentation of batches of CIFAR size with Pillow's, image by image, on one thread each, in turn.

The work goes from images in memory to normalised inputs: crop and flip (`basic`); crop, flip, AutoAugment and Cutout
(`strong`). Pillow is measured in its leanest form and through torchvision's transforms; the faster one counts. Bar:

- `strong`: at least 3 times as fast.

    python Benchmarks/compare_augmentation.py --record     # under an interpreter with pillow, torch, torchvision
"""

import sys

import harness


def main():
    parser = harness.parser(__doc__)
    parser.set_defaults(threads=1)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--steps", type=int, default=20, help="timed batches of a round")
    parser.add_argument("--warmup", type=int, default=5, help="batches before them")
    arguments = harness.parse(parser)
    common = ["--batch", arguments.batch, "--steps", arguments.steps, "--warmup", arguments.warmup]
    contestants = {}
    for work in ("basic", "strong"):
        options = [*common, "--work", work]
        contestants["ours", work] = tool(arguments, options)
        for form in ("pillow", "torchvision"):
            contestants[form, work] = rival(arguments, [*options, "--form", form])
    values = harness.alternate(contestants, arguments.rounds, label=" ".join)
    medians = {key: harness.median([value["median"] for value in rounds]) for key, rounds in values.items()}
    table = harness.Table(arguments.record)
    bars = []
    for work in ("basic", "strong"):
        form = min(("pillow", "torchvision"), key=lambda form: medians[form, work])
        ours, theirs = medians["ours", work], medians[form, work]
        name = f"augmentation, batch {arguments.batch} of 32 pixels, {arguments.threads} threads"
        table.add(name, f"{work} median, against {form}", ours, theirs, "ms", arguments.rounds)
        if work == "strong":
            speed = theirs / ours
            bars.append((f"{work}: {speed:.2f} times as fast as Pillow ({form}; at least 3)", speed >= 3))
    table.finish()
    return harness.verdict(bars)


def tool(arguments, options):
    def measure():
        return harness.run_tool(arguments.tool, ["augmentation", *options], arguments.threads)["milliseconds"]

    return measure


def rival(arguments, options):
    return lambda: harness.run_rival("augmentation", options, arguments.threads)


if __name__ == "__main__":
    sys.exit(main())
