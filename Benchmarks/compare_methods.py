"""Compares the training step of each method, stage by stage, with plain Balanced Softmax on the same backbone.

Both run in one process, in turn, on images of noise. What a stage must cost follows from how often its images pass
the network: forward and backward together count 1, forward alone a third. A stage may take 1.2 times that. Learned units
and gates do no such pass, but go over the activations once more: AGLU in every place may make the step 1.3 times as long,
and APA may take 1.2 times what units and gates take by themselves.

    python3 Benchmarks/compare_methods.py --record
"""

import sys

import harness

TARGET = "cifar100-lt"
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
        "joint": 1 + FORWARD,  # class-balanced images for the second classifier until the feature bank is full
    },
    "ssd": {
        "features": 1 + FORWARD,  # a second view through the slowly following copy
        "soft-labels": FORWARD,
        "distillation": 1 + FORWARD,
        "balanced": FORWARD,
    },
    "camc": {"joint": 1},
}
# Parts of APA that are measured by themselves, and APA, which is both.
PARTS = {
    "aglu": [f"balanced-softmax/{TARGET}", "--activation", "aglu"],
    "gates": [f"apa/{TARGET}", "--activation", "default"],
    "apa": [f"apa/{TARGET}"],
}
ALLOWANCE = 1.2
# Everything that is not the method's own is that of Balanced Softmax.
COMMON = [
    "training.batchSize=128", "training.augmentation.policy=null", "training.augmentation.cutout=null",
    "training.augmentation.mixing=null",
]  # fmt: skip


def main():
    parser = harness.parser(__doc__)
    parser.add_argument("--methods", nargs="*", choices=[*METHODS, *PARTS], default=[*METHODS, *PARTS])
    arguments = harness.parse(parser)
    contestants = {name: contestant(arguments, name) for name in arguments.methods}
    table = harness.Table(arguments.record)
    (bars, ratios) = ([], {})
    for name, measure in contestants.items():
        timings, others = harness.calm_round(measure)
        disturbed = f", DISTURBED: others used {others:.0%}" if others > harness.CALM else ""
        print(f"  {name}{disturbed}", file=sys.stderr, flush=True)
        for stage in timings["stages"]:
            add(table, name, stage, arguments)
            ratios[name, stage["name"]] = stage["ratio"]
            if name in METHODS:
                bars.append(bar(name, stage))
    table.finish()
    return harness.verdict(bars + part_bars({name: ratio for (name, _), ratio in ratios.items() if name in PARTS}))


def contestant(arguments, name):
    options = [*PARTS.get(name, [f"{name}/{TARGET}"])]
    for assignment in COMMON:
        options += ["--set", assignment]
    options += ["--rounds", arguments.rounds]
    return lambda: harness.run_tool(arguments.tool, ["recipe", *options], arguments.threads)


def add(table, name, stage, arguments):
    work = f"step, resnet32 batch {stage['batch']} {arguments.threads} threads, beside balanced-softmax"
    own, rival = stage["milliseconds"]["median"], stage["rivalMilliseconds"]["median"]
    table.add(work, f"{name}, {stage['name']}", own, rival, "ms", arguments.rounds)


def bar(name, stage):
    passes = METHODS[name].get(stage["name"])
    if passes is None:
        sys.exit(f"{name} has a stage '{stage['name']}' that this script does not know; add its passes to METHODS")
    limit = passes * ALLOWANCE
    return f"{name}, {stage['name']}: {stage['ratio']:.3f} (at most {limit:.2f})", stage["ratio"] <= limit


def part_bars(ratios):
    bars = []
    if "aglu" in ratios:
        bars.append((f"aglu everywhere: {ratios['aglu']:.3f} (at most 1.3)", ratios["aglu"] <= 1.3))
    if len(ratios) == len(PARTS):
        limit = ratios["aglu"] * ratios["gates"] * ALLOWANCE
        bars.append((f"apa: {ratios['apa']:.3f} (at most {limit:.2f})", ratios["apa"] <= limit))
    return bars


if __name__ == "__main__":
    sys.exit(main())
