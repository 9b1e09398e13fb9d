"""The adaptive unit (AGLU) on a GPU: its kernels beside its plain operations and SiLU."""

RECIPE = "balanced-softmax/cifar100-lt"


def check(sitting, name):
    """Single passes over maps in both types, then steps of a whole recipe."""
    parts = [time_passes(sitting, name, "float32"), time_passes(sitting, name, "bfloat16"), time_steps(sitting, name)]
    bars, rows = ([item for part in parts for item in part[kind]] for kind in (0, 1))
    return {"status": "done", "bars": bars, "rows": rows, "notes": []}


def time_passes(sitting, name, precision):
    maps = ["2x3x5x7", "8x16x8x8"] if sitting.dry else ["128x16x32x32", "256x256x56x56"]
    options = ["--device", sitting.device, "--precision", precision]
    options += [word for shape in maps for word in ("--shape", shape)]
    options += ["--rounds", 1, "--passes", 1] if sitting.dry else []
    plain, fused = (
        sitting.measure(name, ["activations", "--kernels", kernels, *options])[1]["maps"]
        for kernels in ("plain", "fused")
    )
    bars, rows = [], []
    for shape, operations, kernels in zip(maps, plain, fused):
        own, before = kernels["adaptiveMilliseconds"], operations["adaptiveMilliseconds"]
        for rival, times in (("its operations", before), ("SiLU", kernels["siluMilliseconds"])):
            rows.append(row(f"AGLU forward and backward, fused kernels, {precision}", f"{shape} against {rival}", own, times))
        share = own["median"] / before["median"]
        text = f"AGLU {precision} {shape}: {own['median']:.3f} ms, {share:.2f} of its operations' time (at most 0.5)"
        bars.append(judged(sitting, text, share <= 0.5))
    # On a large map launches no longer count.
    ratio = fused[-1]["ratio"]
    bars.append(judged(sitting, f"AGLU {precision} {maps[-1]}: {ratio:.2f} of SiLU's time (at most 1.5)", ratio <= 1.5))
    return bars, rows


def time_steps(sitting, name):
    """Each activation is measured in turn with the recipe's own, so the two ratios can be compared."""
    options = ["--precision", "bfloat16", "--kernels", "fused", "--device", sitting.device]
    tiny = ["--rounds", 1, "--steps", 1, "--set", "training.batchSize=8"]
    options += tiny if sitting.dry else ["--rounds", 7, "--steps", 20]
    adaptive, silu = (
        sitting.measure(name, ["recipe", RECIPE, "--activation", activation, *options])[1]["stages"][0]
        for activation in ("aglu", "silu")
    )
    benchmark = f"steps of {RECIPE}, eager bfloat16, fused kernels"
    rows = [row(benchmark, "AGLU against SiLU", adaptive["milliseconds"], silu["milliseconds"])]
    share = adaptive["ratio"] / silu["ratio"]
    text = f"a step with AGLU takes {share:.2f} of the time of one with SiLU (at most 1.05)"
    return [judged(sitting, text, share <= 1.05)], rows


def row(benchmark, variant, own, rival):
    """A line of results/performance.csv."""
    ratio = own["median"] / rival["median"]
    return [benchmark, variant, own["median"], rival["median"], "ms", ratio, own["count"]]


def judged(sitting, text, holds):
    """A bar; in a dry run sizes are too small to prove anything."""
    return {"text": f"{text}; tiny, not judged" if sitting.dry else text, "holds": None if sitting.dry else holds}
