"""Adds what another machine measured to this repository's result files, each line once."""

import csv
import os

import harness
from gpu_check import training
from gpu_check.state import read_json

CIFAR_RESULTS = os.path.join(harness.REPOSITORY, "results", "cifar100-lt.csv")


def collect(folder):
    """Appends the rows of a returned state that are not there yet; refuses rehearsals."""
    results = read_json(os.path.join(folder, "results.json"))
    if results is None:
        raise SystemExit(f"gpu-check: error: there is no results.json in {folder}; give what --out wrote")
    real = {name: result for name, result in results.items() if not result.get("dryRun", True)}
    for name in sorted(set(results) - set(real)):
        print(f"{name}: a rehearsal, not recorded")
    lines = [line(real[name], row) for name in real for row in real[name]["rows"]]
    lines += [line(real[name], row) for name, row in training.rows(real)]
    add(harness.RESULTS, harness.COLUMNS, lines)
    tables = [result["records"] for result in real.values() if result.get("records")]
    if tables:
        add(CIFAR_RESULTS, tables[0][0], [values for table in tables for values in table[1:]])


def line(result, row):
    return harness.line(row, result["date"], result["commit"], result["machine"])


def add(path, columns, lines):
    present = {tuple(values) for values in read_lines(path)} if os.path.exists(path) else set()
    new = [values for values in lines if tuple(values) not in present]
    if os.path.exists(path) and read_lines(path)[0] != columns:
        raise SystemExit(f"gpu-check: error: the columns of {path} are others than those that came back")
    harness.append_lines(path, columns, new)
    print(f"{os.path.relpath(path, harness.REPOSITORY)}: {len(new)} lines added, {len(lines) - len(new)} there already")


def read_lines(path):
    with open(path, newline="") as file:
        return list(csv.reader(file))
