"""Networks of experts on a GPU: steps beside those of the plain network."""

from gpu_check.activations import judged


def check(sitting, name):
    """Three experts in both types, computed as the network chooses."""
    bars, rows = [], []
    for precision in ("float32", "bfloat16"):
        options = ["--device", sitting.device, "--precision", precision, "--computation", "automatic"]
        options += ["--batch", 8, "--steps", 1, "--warmup", 1] if sitting.dry else ["--steps", 50, "--warmup", 10]
        report = sitting.measure(name, ["experts", *options])[1]
        (form,) = report["forms"]
        own, plain = form["milliseconds"], report["plain"]
        rate = form["relativeRate"]
        benchmark = f"training step, {report['experts']} experts of {report['model']}, batch {report['batch']} eager"
        rows.append([benchmark, f"{precision} against the plain network", own["median"], plain["median"], "ms",
                     own["median"] / plain["median"], own["count"]])  # fmt: skip
        text = f"{report['experts']} experts, {precision}: {rate:.3f} of the plain network's images/s (at least 0.60)"
        bars.append(judged(sitting, text, rate >= 0.6))
    return {"status": "done", "bars": bars, "rows": rows, "notes": []}
