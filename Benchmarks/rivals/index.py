"""Times opening a large list, JSON file or folder as the field's data sets do; prints one JSON object."""

import argparse
import json
import os
import resource
import statistics
import time


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=["list", "json", "folder"], required=True)
    parser.add_argument("--at", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    if arguments.kind == "folder":
        import torchvision.datasets  # noqa: F401  the import is not part of the time

    before = resident()
    times, growth, count = [], 0, 0
    for number in range(arguments.rounds):
        start = time.perf_counter()
        records = globals()[f"open_{arguments.kind}"](arguments.at)
        times.append((time.perf_counter() - start) * 1e3)
        if number == 0:
            growth = resident() - before
        count = len(records)
        del records
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"median": statistics.median(times), "records": count, "residentGrowth": growth, "peak": peak}))


def open_list(folder):
    """As the loaders of long-tailed recognition do: two Python lists, a string and an integer a line."""
    paths, labels = [], []
    with open(os.path.join(folder, "train.txt")) as file:
        for line in file:
            paths.append(os.path.join(folder, line.split()[0]))
            labels.append(int(line.split()[1]))
    return list(zip(paths, labels))


def open_json(folder):
    """As `torchvision` and the competition's own code do: the whole tree, then a join by image."""
    with open(os.path.join(folder, "train.json")) as file:
        tree = json.load(file)
    names = {image["id"]: image["file_name"] for image in tree["images"]}
    places = {image["id"]: (image["latitude"], image["longitude"], image["date"]) for image in tree["images"]}
    return [(names[one["image_id"]], one["category_id"], places[one["image_id"]]) for one in tree["annotations"]]


def open_folder(folder):
    from torchvision.datasets import ImageFolder

    return ImageFolder(folder).samples


def resident():
    """Bytes of memory that are resident now (Linux)."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


if __name__ == "__main__":
    main()
