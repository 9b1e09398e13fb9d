"""Compares the time of a training step with plain PyTorch's: ResNet-32, cross-entropy, SGD, in turn (A B A B ...).

Every round of a contestant is a process of its own with equal warm-up and threads, on the same work: one batch that is
ready, model, loss, backward, optimiser. Bars:

- our default (channels last) takes at most 1.05 times as long as PyTorch at its best equal layout, per precision;
- our default is at least 1.2 times (float32) or 1.8 times (bfloat16) as fast as PyTorch's default layout in float32; the
  second bar applies where bfloat16 is the faster one.

    python Benchmarks/compare_step.py --record     # under an interpreter that has torch 2.11.0
"""

import sys

import harness

LAYOUTS = ("contiguous", "channelsLast")
VARIANTS = [(precision, layout) for precision in ("float32", "bfloat16") for layout in LAYOUTS]


def main():
    parser = harness.parser(__doc__)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--steps", type=int, default=10, help="timed steps of a round")
    parser.add_argument("--warmup", type=int, default=3, help="steps before them")
    parser.add_argument("--optimizer", choices=["fused", "perTensor"], default="fused", help="the form of SGD of both")
    parser.add_argument("--whole", action="store_true", help="also our whole step, augmentation and metrics included")
    arguments = harness.parse(parser)
    common = ["--batch", arguments.batch, "--steps", arguments.steps, "--warmup", arguments.warmup]
    common += ["--optimizer", arguments.optimizer]
    contestants = {}
    for precision, layout in VARIANTS:
        options = [*common, "--precision", precision, "--layout", layout]
        contestants["ours", precision, layout] = tool(arguments, [*options, "--fixed-batch"])
        contestants["rival", precision, layout] = rival(arguments, options)
    if arguments.whole:
        for precision in ("float32", "bfloat16"):
            contestants["whole", precision, "channelsLast"] = tool(arguments, [*common, "--precision", precision])
    values = harness.alternate(contestants, arguments.rounds, label=" ".join)
    medians = {key: harness.median([value["median"] for value in rounds]) for key, rounds in values.items()}
    best = {key: min(value["best"] for value in rounds) for key, rounds in values.items()}
    report(arguments, medians, best)
    return harness.verdict(bars(medians))


def tool(arguments, options):
    def measure():
        return harness.run_tool(arguments.tool, ["step", *options], arguments.threads)["milliseconds"]

    return measure


def rival(arguments, options):
    return lambda: harness.run_rival("step", options, arguments.threads)


def report(arguments, medians, best):
    table = harness.Table(arguments.record)
    work = f"resnet32 batch {arguments.batch} {arguments.optimizer} {arguments.threads} threads"
    for precision, layout in VARIANTS:
        pair = [("ours", precision, layout), ("rival", precision, layout)]
        for kind, values in (("median", medians), ("best", best)):
            variant = f"{precision} {layout} {kind}"
            table.add(f"step, {work}", variant, *(values[key] for key in pair), "ms", arguments.rounds)
    for key in medians:
        if key[0] == "whole":
            rival_key = ("rival", *key[1:])
            variant = f"{key[1]} {key[2]} median, ours with augmentation and metrics"
            table.add(f"step, {work}", variant, medians[key], medians[rival_key], "ms", arguments.rounds)
    table.finish()


def bars(medians):
    result = []
    default = medians["rival", "float32", "contiguous"]
    for precision, factor in (("float32", 1.2), ("bfloat16", 1.8)):
        ours = medians["ours", precision, "channelsLast"]
        rival = min(medians["rival", precision, layout] for layout in LAYOUTS)
        ratio = ours / rival
        result.append((f"{precision}: {ratio:.3f} times PyTorch's time at its best layout (at most 1.05)", ratio <= 1.05))
        if precision == "bfloat16" and rival > min(medians["rival", "float32", layout] for layout in LAYOUTS):
            print("does not apply: bfloat16 is slower than float32 on this processor, and not our default")
            continue
        speed = default / ours
        result.append((f"{precision}: {speed:.2f} times as fast as PyTorch's default (at least {factor})", speed >= factor))
    return result


if __name__ == "__main__":
    sys.exit(main())
