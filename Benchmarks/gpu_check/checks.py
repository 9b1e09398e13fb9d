"""The checks in the order in which they run."""

import dataclasses
from collections.abc import Callable

from gpu_check import activations, experts, training
from gpu_check.sitting import Sitting


@dataclasses.dataclass(frozen=True)
class Check:
    """One question about the program on a GPU."""

    name: str
    kind: str
    what: str
    seconds: int  # with less time left it is not begun
    run: Callable[[Sitting, str], dict]


def check_doctor(sitting, name):
    code, diagnosis = sitting.ask(name, ["doctor"])
    bars = [bar("nothing is broken", code == 0 and not diagnosis["problems"])]
    if sitting.device.startswith("cuda"):
        bars.append(bar("a GPU can be used", any(device.startswith("cuda") for device in diagnosis["devices"])))
    return done(bars, notes=diagnosis["problems"] + diagnosis["warnings"])


def check_agreement(sitting, name):
    _, answer = sitting.measure(name, ["agreement", "--device", sitting.device])
    bars = []
    for entry in answer["checks"]:
        note = f"; {entry['note']}" if entry.get("note") else ""
        bars.append(bar(f"{entry['name']}: {entry['worst']} (at most {entry['limit']}){note}", entry["passed"]))
    return done(bars) if bars else done([bar("something is compared", False)])


def check_first_losses(sitting, name):
    options = ["--close", *(["--batch", 8, "--steps", 3] if sitting.dry else [])]
    return sitting.compare(name, "compare_losses.py", *options, parts=False)


def check_peaks(sitting, name):
    """What the device can do; nothing to demand, but what the other figures are to be seen beside."""
    return sitting.compare(name, "compare_gpu_step.py", "--part", "peaks")


def compare_part(part, rounds=3):
    options = ["--part", part, "--rounds", rounds]
    return lambda sitting, name: sitting.compare(name, "compare_gpu_step.py", *options)


def tabulate_forms(sitting, name):
    return sitting.compare(name, "tabulate_gpu_step.py")


def done(bars, rows=(), notes=()):
    return {"status": "done", "bars": bars, "rows": list(rows), "notes": list(notes)}


def bar(text, holds):
    return {"text": text, "holds": holds}


CHECKS = [
    Check("doctor", "correctness", "engine, GPU, codecs and disk work", 20, check_doctor),
    Check("agreement", "correctness", "operations agree on GPU and processor", 60, check_agreement),
    Check("first-losses", "correctness", "the first losses are PyTorch's on the same GPU", 60, check_first_losses),
    Check("captured-losses", "correctness", "captured steps compute what eager ones do", 30, compare_part("captured-losses")),
    Check("peaks", "timing", "copies and matrix products of the device", 30, check_peaks),
    Check("resnet32-128", "timing", "steps of ResNet-32, batch 128, and PyTorch's", 60, compare_part("resnet32-128")),
    Check("profile", "timing", "synchronisations and idle time of an epoch", 30, compare_part("profile")),
    Check("at-once", "timing", "four seeds at once", 30, compare_part("at-once")),
    Check("resnet32-512", "timing", "steps of ResNet-32, batch 512, and PyTorch's", 60, compare_part("resnet32-512", 2)),
    Check("resnet50", "timing", "steps of ResNet-50, 224 pixels, and PyTorch's", 60, compare_part("resnet50", 2)),
    Check("vit_b_16", "timing", "steps of ViT-B/16, 224 pixels, and PyTorch's", 60, compare_part("vit_b_16", 2)),
    Check("activations", "timing", "the adaptive unit with its kernels, beside its operations and SiLU", 90, activations.check),
    Check("experts", "timing", "steps of three experts beside the plain network's", 60, experts.check),
    *(
        Check(name, "training", what, seconds, run)
        for name, (what, seconds, run) in training.CHECKS.items()
    ),
    # The largest and least urgent of the timings, so that it takes what time is left.
    Check("forms", "timing", "our step in all its forms", 40, tabulate_forms),
]
NAMES = [check.name for check in CHECKS]
