"""Compares the training step of each method, stage by stage, with plain Balanced Softmax on the same backbone.

Both run in one process, in turn, on pictures of noise. What a stage must cost follows from how often its pictures pass
the network: forward and backward together count 1, forward alone a third. A stage may take 1.2 times that. Activations
that are learned do no such pass; AGLU in every place may make the step 1.3 times as long.

    python3 Benchmarks/compare_methods.py --record
"""

import sys

import harness

# Passes of a step over those of an ordinary one, by stage; a pass with gradients is 1, one without is 1/3.
FORWARD = 1 / 3
METHODS = {
    "balanced-meta-softmax": {
        "features": 1,
        "classifier": 2 * FORWARD,  # the drawn batch and the balanced one through fixed features
    },
    "class-balanced-distillation": {
        "teacher-1": 1,
        "student": 1 + FORWARD,  # the teacher sees each batch
    },
    "breadcrumb": {
        "joint": 1 + FORWARD,  # class-balanced pictures for the second classifier until there are crumbs
    },
    "ssd": {
        "features": 1 + FORWARD,  # a second view through the slowly following copy
        "soft-labels": FORWARD,
        "distillation": 1 + FORWARD,
        "balanced": FORWARD,
    },
    "camc": {"joint": 1},
    "apa": {"joint": 1.3 / 1.2},  # learned activations and gates: at most 1.3
}
TARGET = "cifar100-lt"
ALLOWANCE = 1.2
# Everything that is not the method's own is that of Balanced Softmax.
COMMON = [
    "training.batchSize=128", "training.augmentation.policy=none", "training.augmentation.cutoutSize=0",
    "training.augmentation.mixupAlpha=0",
]  # fmt: skip


def main():
    parser = harness.parser(__doc__)
    parser.add_argument("--methods", nargs="*", choices=[*METHODS, "aglu"], default=[*METHODS, "aglu"])
    arguments = harness.parse(parser)
    contestants = {name: contestant(arguments, name) for name in arguments.methods}
    table = harness.Table(arguments.record)
    bars = []
    for name, measure in contestants.items():
        timings, others = harness.calm_round(measure)
        disturbed = f", DISTURBED: others used {others:.0%}" if others > harness.CALM else ""
        print(f"  {name}{disturbed}", file=sys.stderr, flush=True)
        for stage in timings["stages"]:
            add(table, bars, name, stage, arguments)
    table.finish()
    return harness.verdict(bars)


def contestant(arguments, name):
    if name == "aglu":
        options = [f"balanced-softmax/{TARGET}", "--activation", "aglu"]
    else:
        options = [f"{name}/{TARGET}"]
    for assignment in COMMON:
        options += ["--set", assignment]
    options += ["--rounds", arguments.rounds]
    return lambda: harness.run_tool(arguments.tool, ["bench", "recipe", *options], arguments.threads)


def add(table, bars, name, stage, arguments):
    work = f"step, resnet32 batch {stage['batch']} {arguments.threads} threads, beside balanced-softmax"
    own, rival = stage["milliseconds"]["median"], stage["rivalMilliseconds"]["median"]
    table.add(work, f"{name}, {stage['name']}", own, rival, "ms", arguments.rounds)
    if name == "aglu":
        bars.append((f"aglu everywhere: {stage['ratio']:.3f} (at most 1.3)", stage["ratio"] <= 1.3))
        return
    limit = METHODS[name].get(stage["name"])
    if limit is None:
        sys.exit(f"{name} has a stage '{stage['name']}' that this script does not know; add its passes to METHODS")
    limit *= ALLOWANCE
    bars.append((f"{name}, {stage['name']}: {stage['ratio']:.3f} (at most {limit:.2f})", stage["ratio"] <= limit))


if __name__ == "__main__":
    sys.exit(main())
