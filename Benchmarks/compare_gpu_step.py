"""Compares training steps on a GPU with plain PyTorch's, in turn (A B A B ...), each in a process of its own.

    python Benchmarks/compare_gpu_step.py --record                  # all parts
    python Benchmarks/compare_gpu_step.py --part resnet32-128       # one

Ours is the whole step as the trainer runs it: order, gather, crop, flip, model, loss, backward, optimiser, metrics.
Rivals do the same but the metrics. Times are medians of windows with one synchronisation each; compiling and capturing
are not in them. Parts and bars:

- resnet32-128: 5 times the images of an official-like loop, 2.5 times those of eager float32, no fewer than the better
  of a CUDA graph and max-autotune, a quarter of what streaming the activations through memory allows (330,000 a second);
- resnet32-512: 45 % of that limit;
- resnet50: 40 % of its limit of 9,300 images per second;
- vit_b_16: a quarter of the measured rate of bfloat16 products, at 105.4 billion operations an image;
- these four: at most 1.1 times the memory of eager PyTorch in the same precision and layout;
- at-once: four seeds at once train 1.8 times the images of one;
- profile: no synchronisation in an epoch, the device idle for at most 5 % of the time;
- captured-losses: after three epochs a captured run's loss is that of an eager one, within 2 %;
- peaks: what the device can do, without a bar.
"""

import dataclasses
import sys

import gpu_harness
import harness
from gpu_harness import Bar, ratio

# Our step in its fastest form (fused kernels, a graph of several steps where they are short), and in plainer ones.
EAGER = ["--precision", "bfloat16", "--layout", "channelsLast"]
FASTEST = [*EAGER, "--cuda-graphs", "--kernels", "fused"]
OUR_FORMS = {"ours": FASTEST, "ours-plain": [*EAGER, "--cuda-graphs", "--kernels", "plain"], "ours-eager": EAGER}
SEVERAL_STEPS = ["--steps-per-replay", "8"]

# Compiling takes minutes where kernels are tried out.
EXPECTED = {"compiled": 70, "compiled-max-autotune": 150, "official-like": 35}


@dataclasses.dataclass(frozen=True)
class Part:
    """A model and a batch, with who takes part: in every round, or in one only."""

    model: str
    our_model: str
    batch: int
    every_round: tuple
    once: tuple
    options: tuple = ()
    bound: float | None = None  # images per second that the device's memory allows


STEPS = {
    "resnet32-128": Part(
        "resnet32", "resnet32", 128, ("ours", "graph", "eager-float32", "compiled-max-autotune"),
        ("official-like", "eager-bfloat16", "eager-float32-tf32", "compiled", "ours-plain", "ours-eager"),
        ("--objective", "balanced-softmax"), 330_000,
    ),
    "resnet32-512": Part(
        "resnet32", "resnet32", 512, ("ours", "graph"), ("eager-float32", "eager-bfloat16", "compiled-max-autotune"),
        ("--objective", "balanced-softmax"), 330_000,
    ),
    "resnet50": Part(
        "resnet50", "resnet50", 256, ("ours", "graph"), ("eager-bfloat16", "eager-float32", "compiled"),
        ("--classes", "1000", "--objective", "cross-entropy"), 9_300,
    ),
    "vit_b_16": Part(
        "vit_b_16", "vit_base_patch16_224", 128, ("ours", "graph"), ("eager-bfloat16", "eager-float32", "compiled"),
        ("--classes", "1000", "--objective", "cross-entropy"),
    ),
}
PARTS = [*STEPS, "at-once", "profile", "captured-losses", "peaks"]
OPERATIONS_OF_VIT = 105.4e9  # of a training step, an image


def main():
    parser = gpu_harness.parser(__doc__)
    parser.add_argument("--part", choices=PARTS, action="append", help="only this part; repeatable")
    arguments = harness.parse(parser)
    sitting = gpu_harness.Sitting(arguments)
    table = harness.Table(arguments.record, arguments.device)
    bars = []
    try:
        for name in arguments.part or PARTS:
            print(name, file=sys.stderr, flush=True)
            bars += compare_step(name, sitting, table) if name in STEPS else OTHERS[name](sitting, table)
    except gpu_harness.Unfinished:
        print("the time is over; call again with the same --journal", file=sys.stderr)
        return gpu_harness.UNFINISHED
    failures = [f"{key}: {value['error']}" for key, value in sitting.values.items() if "error" in value]
    return gpu_harness.finish(arguments, sitting, table, bars, failures)


# --- a model and a batch


def compare_step(name, sitting, table):
    part = STEPS[name]
    values = {contestant: [] for contestant in (*part.every_round, *part.once)}
    for number in range(sitting.arguments.rounds):
        for contestant in part.every_round if number else values:
            values[contestant].append(run(sitting, name, part, contestant, number))
    steps = {contestant: Steps(rounds) for contestant, rounds in values.items()}
    add_rows(table, name, part, steps)
    bars = memory_bars(name, steps)
    if name.startswith("resnet32"):
        bars = resnet32_bars(name, steps) + bars
    if part.bound:
        floor, aim = {"resnet32-128": (25, 40), "resnet32-512": (45, 60), "resnet50": (40, 60)}[name]
        share = ratio(steps["ours"].rate, part.bound / 100)
        bars.append(Bar.at_least(f"{name}: share of {part.bound:,.0f} images/s", share, floor, aim, " %"))
    if name == "vit_b_16":
        bars.append(transformer_bar(sitting, steps))
    # A rival that does not run leaves a question open; ours must run.
    return bars if steps["ours"].rate else [gpu_harness.Bar(bar.text + " (ours failed)", False) for bar in bars]


class Steps:
    """What the rounds of a contestant say together; None where all failed."""

    def __init__(self, rounds):
        done = [value for value in rounds if "error" not in value]
        self.rounds = len(done)
        self.median = harness.median([value["median"] for value in done]) if done else None
        self.best = min(value["best"] for value in done) if done else None
        self.rate = harness.median([value["imagesPerSecond"] for value in done]) if done else None
        peaks = [value["peakBytes"] for value in done if value.get("peakBytes")]
        self.peak = max(peaks) if peaks else None


def run(sitting, name, part, contestant, number):
    arguments = sitting.arguments
    key = f"{name} {contestant} {number + 1}"
    batch = 8 if arguments.tiny else part.batch
    if contestant in OUR_FORMS:
        options = our_options(arguments, part.our_model, batch, part.options) + OUR_FORMS[contestant]
        if contestant == "ours" and part.model == "resnet32":
            options += SEVERAL_STEPS
        return sitting.ours(key, options, asks_capture="--cuda-graphs" in OUR_FORMS[contestant])
    options = [contestant, "--model", part.model, "--batch", batch]
    options += ["--window", window(arguments, part.model), "--seconds", arguments.seconds]
    options += ["--windows", 2, "--warmup", 1] if arguments.tiny else ["--warmup", warmup(part.model)]
    # What is compiled once lies in a cache.
    expected = EXPECTED.get(contestant, 25) if number == 0 else 30
    return sitting.rival(key, "gpu_step", options, 0 if arguments.tiny else expected)


def our_options(arguments, model, batch, others=()):
    options = ["--model", model, "--batch", batch, "--window", window(arguments, model), *others]
    if arguments.tiny:
        side = ["--input-size", 32] if model != "resnet32" else []
        return options + ["--steps", 2, "--warmup", 1, "--images", 1000 if "1000" in others else 128] + side
    # Of large images as many as rivals have; both batches divide it.
    count = [] if model == "resnet32" else ["--images", 1792]
    return options + ["--seconds", arguments.seconds, "--warmup", warmup(model), *count]


def warmup(model):
    """Steps before the measurement."""
    return 40 if model == "resnet32" else 14


def window(arguments, model):
    """Steps between two synchronisations: large models take so long that fewer do."""
    return 2 if arguments.tiny else (arguments.window if model == "resnet32" else max(8, arguments.window // 10))


def add_rows(table, name, part, steps):
    ours = steps["ours"]
    benchmark = f"GPU step, {part.model} batch {part.batch}, captured bfloat16"
    for contestant, rival in steps.items():
        if contestant == "ours" or ours.median is None or rival.median is None:
            continue
        rounds = min(ours.rounds, rival.rounds)
        table.add(benchmark, f"against {contestant}, median", ours.median, rival.median, "ms", rounds)
        table.add(benchmark, f"against {contestant}, best", ours.best, rival.best, "ms", rounds)
        if ours.peak and rival.peak:
            mebibytes = [value / 2**20 for value in (ours.peak, rival.peak)]
            table.add(benchmark, f"against {contestant}, peak memory", *mebibytes, "MiB", rounds)
    if part.bound and ours.rate:
        table.add(benchmark, "against what memory allows", ours.rate, part.bound, "images/s", ours.rounds)


def resnet32_bars(name, steps):
    if name != "resnet32-128":
        return []
    rate = steps["ours"].rate
    best = max((steps[rival].rate for rival in ("graph", "compiled-max-autotune") if steps[rival].rate), default=None)
    return [
        Bar.at_least(f"{name}: against official-like", ratio(rate, steps["official-like"].rate), 5, 10, " x"),
        Bar.at_least(f"{name}: against eager float32", ratio(rate, steps["eager-float32"].rate), 2.5, 4, " x"),
        Bar.at_least(f"{name}: against the best of graph and max-autotune", ratio(rate, best), 1, 1.25, " x"),
    ]


def memory_bars(name, steps):
    share = ratio(steps["ours"].peak, steps["eager-bfloat16"].peak)
    return [Bar.at_most(f"{name}: peak memory of eager bfloat16's", share, 1.1, " x")]


def transformer_bar(sitting, steps):
    peaks = sitting.rival("peaks", "peaks", [])
    rate = peaks.get("bfloat16TeraflopsPerSecond")
    share = ratio(steps["ours"].rate, rate and rate * 1e12 / OPERATIONS_OF_VIT / 100)
    return Bar.at_least("vit_b_16: share of the measured rate of bfloat16 products", share, 25, 35, " %")


# --- several seeds, a profile, and whether capturing changes what is computed


def compare_at_once(sitting, table):
    arguments = sitting.arguments
    options = our_options(arguments, "resnet32", 8 if arguments.tiny else 128, ("--objective", "balanced-softmax"))
    rates = {1: [], 4: []}
    for number in range(arguments.rounds):
        for count in rates:
            more = ["--at-once", count] if count > 1 else []
            value = sitting.ours(f"at-once {count} {number + 1}", options + FASTEST + SEVERAL_STEPS + more, asks_capture=True)
            # A tool without the option would measure one model twice.
            if "error" not in value and value.get("atOnce", 1) == count:
                rates[count].append(value["imagesPerSecond"])
    one, four = (harness.median(values) if values else None for values in rates.values())
    if one and four:
        benchmark = "GPU step, resnet32 batch 128, captured bfloat16"
        table.add(benchmark, "four seeds at once against one", four, one, "images/s", len(rates[4]))
    return [Bar.at_least("four seeds at once, images per second of one's", ratio(four, one), 1.8, 3, " x")]


def check_profile(sitting, table):
    arguments = sitting.arguments
    options = our_options(arguments, "resnet32", 8 if arguments.tiny else 128, ("--objective", "balanced-softmax"))
    value = sitting.ours("profile", options + FASTEST + SEVERAL_STEPS + ["--profile"], asks_capture=True)
    profile = value.get("profile") or {}
    waits, idle = profile.get("synchronizations"), profile.get("idleShare")
    return [
        Bar.at_most("synchronisations inside an epoch", waits, 0),
        Bar.at_most("device idle", None if idle is None else idle * 100, 5, " %"),
    ]


def compare_captured_losses(sitting, _):
    arguments = sitting.arguments
    # Whole epochs, because a captured graph of several steps reads the loss at other steps than that of a single step.
    steps = ["--objective", "balanced-softmax", "--steps", 2, "--warmup", 2 if arguments.tiny else 85]
    steps += ["--window", 2, "--batch", 64, "--images", 128] if arguments.tiny else ["--window", 85]
    bars = []
    for precision in ("float32", "bfloat16"):
        options = [*steps, "--precision", precision, "--layout", "channelsLast"]
        eager = sitting.ours(f"loss {precision} eager", options).get("lossAtEnd")
        for replay, kernels in ((1, "plain"), (8, "fused")):
            more = ["--cuda-graphs", "--steps-per-replay", replay, "--kernels", kernels]
            key = f"loss {precision} captured x {replay} {kernels}"
            value = sitting.ours(key, options + more, asks_capture=True)
            captured = value.get("lossAtEnd")
            change = None if captured is None else ratio(abs(captured - (eager or 0)), eager)
            bars.append(Bar.at_most(f"{key}: relative difference from the eager loss", change, 0.02))
            if "error" in value:
                bars[-1] = Bar(f"{key} failed", False)
    return bars


def measure_peaks(sitting, _):
    for name, value in sitting.rival("peaks", "peaks", []).items():
        sitting.note(f"peaks, {name}: {value:.1f}" if isinstance(value, float) else f"peaks, {name}: {value}")
    return []


OTHERS = {
    "at-once": compare_at_once,
    "profile": check_profile,
    "captured-losses": compare_captured_losses,
    "peaks": measure_peaks,
}

if __name__ == "__main__":
    sys.exit(main())
