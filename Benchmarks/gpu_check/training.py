"""Trainings on CIFAR-100-LT, which may take several sittings."""

import csv
import glob
import json
import os
import random
import shutil
import sys
import time

import gpu_harness
import harness
from gpu_check.sitting import Failure

METRICS = {"accuracy": "all", "manyShotAccuracy": "many", "mediumShotAccuracy": "medium", "fewShotAccuracy": "few"}
CAPTURED = ["--precision", "bfloat16", "--capture", "--steps-per-replay", "8", "--kernels", "fused"]


def train_ours(method, seeds, options):
    """A check that trains a recipe of ours and measures it."""

    def run(sitting, name):
        folder = sitting.state.run(name)
        result = sitting.state.results[name]
        before = result.get("trainingSeconds", 0)
        command = training_command(sitting, method, seeds, options, folder)
        start = time.monotonic()
        ended = sitting.train(name, command)
        seconds = result["trainingSeconds"] = before + time.monotonic() - start
        if not ended:
            raise gpu_harness.Unfinished
        metrics, lines = compare_runs(sitting, name, folder)
        note = ", ".join(f"{metric} {value:.2%}" for metric, value in metrics.items())
        text = f"{len(seeds.split(','))} seeds in {seconds:.0f} s: {note}"
        missing = known_options(sitting, options)[1]
        notes = [text] + ([f"this tool has no {' '.join(missing)}; it was left out"] if missing else [])
        return {
            "status": "done", "trainingSeconds": seconds, "seeds": len(seeds.split(",")), "method": method,
            "metrics": metrics, "records": lines, "bars": [], "rows": [], "notes": notes,
        }

    return run


def training_command(sitting, method, seeds, options, folder):
    if glob.glob(os.path.join(folder, "**", "run.json"), recursive=True):
        return [sitting.tool, "train", "--resume", folder, "--quiet"]
    shutil.rmtree(folder, ignore_errors=True)
    recipe, data = (f"{method}/drawn", "drawn") if sitting.dry else (f"{method}/cifar100-lt", sitting.data)
    command = [sitting.tool, "train", recipe, "--data", data, "--seeds", seeds, "--device", sitting.device]
    command += ["--evaluate-every", 0, "--out", folder, "--quiet"]
    if sitting.dry:
        command += ["--set", "training.length=8 steps"]
    return command + known_options(sitting, options)[0]


def known_options(sitting, options):
    """Splits options into those that this tool takes here and, for a note, those that it does not take."""
    known = gpu_harness.options_of(sitting.tool, "train")
    kept, missing, use = [], [], True
    for word in options:
        if word.startswith("--"):
            use = word in known and (sitting.device.startswith("cuda") or word not in gpu_harness.GPU_OPTIONS)
        (kept if use else missing).append(word)
    return kept, missing


def compare_runs(sitting, name, folder):
    """The means of the accuracies, and the lines that belong into a results file."""
    record = sitting.state.path("reports", name + ".csv")
    if os.path.exists(record):
        os.remove(record)
    code, rows = sitting.ask(name, ["runs", "compare", folder, "--record", record])
    if code != 0 or len(rows) != 1:
        raise Failure("runs compare gave no single row", json.dumps(rows))
    with open(record, newline="") as file:
        lines = list(csv.reader(file))
    return {METRICS[metric]: entry["mean"] for metric, entry in rows[0]["statistics"].items() if metric in METRICS}, lines


def train_pytorch(sitting, name):
    """The recipe in plain eager PyTorch; it cannot go on later, so it is begun only when it is sure to end."""
    data = noise_data(sitting.state.path("noise")) if sitting.dry else sitting.data
    indices = sitting.state.path("noise", "list.txt") if sitting.dry else chosen_indices(sitting, name)
    code, output, errors = sitting.call(name, rival_command(sitting, data, indices), harness.FOLDER)
    if code != 0:
        raise Failure(f"the training in PyTorch ended with {code}", output + errors)
    result = json.loads(output.strip().splitlines()[-1])
    metrics = {group: result[group] for group in METRICS.values()}
    note = f"1 seed in {result['seconds']:.0f} s: " + ", ".join(f"{key} {value:.2%}" for key, value in metrics.items())
    return {
        "status": "done", "trainingSeconds": result["seconds"], "seeds": 1, "method": result["objective"],
        "metrics": metrics, "bars": [], "rows": [], "notes": [note],
    }


def rival_command(sitting, data, indices):
    command = [sys.executable, "-m", "rivals.cifar_training", "--data", data, "--list", indices]
    command += ["--device", sitting.device, "--threads", sitting.threads]
    return command + (["--epochs", 1, "--tiny"] if sitting.dry else [])


def chosen_indices(sitting, name):
    path = sitting.state.path("factor-100.txt")
    if not os.path.exists(path):
        sitting.ask(name, ["data", "make-longtail", "--data", sitting.data, "--factor", 100, "--out", path])
    return path


def noise_data(folder):
    """Small files of noise with CIFAR-100's format."""
    os.makedirs(folder, exist_ok=True)
    numbers = random.Random(0)
    for name in ("train.bin", "test.bin"):
        with open(os.path.join(folder, name), "wb") as file:
            for index in range(300):
                file.write(bytes([0, index % 100]) + numbers.randbytes(3072))
    with open(os.path.join(folder, "list.txt"), "w") as file:
        file.writelines(f"{index}\n" for index in range(0, 300, 2))
    return folder


# --- what several trainings say together


def rows(results):
    """Lines of results/performance.csv about trainings that are finished: each against those it can be compared with."""
    finished = {name: result for name, result in results.items() if "metrics" in result}
    lines = []
    for name, rival_name in PAIRS:
        if name not in finished or rival_name not in finished:
            continue
        ours, rival = finished[name], finished[rival_name]
        against = f"{name} against {rival_name}"
        pair = [result["trainingSeconds"] / result["seeds"] for result in (ours, rival)]
        lines.append((name, f"{against}, time a seed", *pair, "s"))
        if ours["method"] == rival["method"]:
            for group in METRICS.values():
                pair = [result["metrics"][group] * 100 for result in (ours, rival)]
                lines.append((name, f"{against}, {group}", *pair, "%"))
    benchmark = "training, ResNet-32 on CIFAR-100-LT factor 100, 200 epochs"
    return [
        (name, [benchmark, variant, ours, rival, unit, ours / rival, 1])
        for name, variant, ours, rival, unit in lines
        if rival
    ]


PAIRS = [
    ("train-balanced-softmax", "train-float32"),
    ("train-balanced-softmax", "train-pytorch"),
    ("train-cross-entropy", "train-float32"),
    ("train-cross-entropy", "train-pytorch"),
    ("train-float32", "train-pytorch"),
]
# The systems, in the order in which their figures are wanted; each has a baseline of the same length above or in its paper.
METHODS = [
    "balanced-meta-softmax", "class-balanced-distillation", "breadcrumb", "ssd", "camc", "apa", "ride", "shike", "mdcs",
]  # fmt: skip
CHECKS = {
    "train-balanced-softmax": (
        "Balanced Softmax, three seeds at once, captured bfloat16", 90,
        train_ours("balanced-softmax", "0,1,2", [*CAPTURED, "--at-once", "3"]),
    ),
    "train-cross-entropy": (
        "cross-entropy, three seeds at once, captured bfloat16", 90,
        train_ours("cross-entropy", "0,1,2", [*CAPTURED, "--at-once", "3"]),
    ),
    "train-float32": (
        "Balanced Softmax, one seed, eager float32", 90,
        train_ours("balanced-softmax", "0", ["--precision", "float32"]),
    ),
    "train-pytorch": ("Balanced Softmax, one seed, eager float32 in plain PyTorch", 180, train_pytorch),
    **{
        f"train-{method}": (
            f"{method}, its full recipe, three seeds at once, captured bfloat16", 90,
            train_ours(method, "0,1,2", [*CAPTURED, "--at-once", "3"]),
        )
        for method in METHODS
    },
}
