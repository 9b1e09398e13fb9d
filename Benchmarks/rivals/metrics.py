"""Evaluation of logits in NumPy: top-1 and top-5, per class, shot groups, macro F1, calibration, confusion."""

import argparse
import json
import statistics
import time

import numpy as np


def evaluate(logits, labels, counts, bins=15):
    """All figures that `longtail-bench metrics` computes, in vectorised NumPy."""
    classes = len(counts)
    rows = np.arange(len(labels))
    largest = logits.max(axis=1)
    predictions = logits.argmax(axis=1)
    confidences = 1 / np.exp(logits - largest[:, None]).sum(axis=1)
    ranks = (logits > logits[rows, labels][:, None]).sum(axis=1)
    hits = predictions == labels
    seen = np.bincount(labels, minlength=classes)
    predicted = np.bincount(predictions, minlength=classes)
    right = np.bincount(labels[hits], minlength=classes)
    per_class = np.divide(right, seen, out=np.full(classes, np.nan), where=seen > 0)
    groups = {"many": counts > 100, "medium": (counts >= 20) & (counts <= 100), "few": counts < 20}
    f1 = np.divide(2 * right, seen + predicted, out=np.zeros(classes), where=seen + predicted > 0)
    slots = np.clip(np.ceil(confidences * bins).astype(int) - 1, 0, bins - 1)
    gaps = np.abs(
        np.bincount(slots, weights=confidences, minlength=bins) - np.bincount(slots, weights=hits, minlength=bins)
    )
    confusion = np.bincount(labels.astype(np.int64) * classes + predictions, minlength=classes * classes)
    return {
        "accuracy": hits.mean(),
        "top5": (ranks < 5).mean(),
        **{name: np.nanmean(per_class[members]) for name, members in groups.items() if members.any()},
        "macroF1": f1[(seen > 0) | (predicted > 0)].mean(),
        "calibrationError": gaps.sum() / len(labels),
        "confused": int((confusion > 0).sum()),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logits", required=True)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    from safetensors.numpy import load_file

    values = load_file(arguments.logits)
    logits, labels, counts = values["logits"], values["labels"], values["counts"]
    result = evaluate(logits, labels, counts)
    wall, processor = [], []
    for _ in range(arguments.rounds):
        start, begin = time.perf_counter(), time.process_time()
        evaluate(logits, labels, counts)
        wall.append((time.perf_counter() - start) * 1000)
        processor.append((time.process_time() - begin) * 1000)
    result = {name: float(value) for name, value in result.items()}
    print(json.dumps({"median": statistics.median(wall), "processor": statistics.median(processor), **result}))


if __name__ == "__main__":
    main()
