"""Checks that training does not leak: tensors and engine bytes are equal after steps 100 and 1,100, and the resident
size grows by less than 3 percent or 16 MiB.

    python3 Benchmarks/check_memory.py
"""

import sys

import harness


def main():
    parser = harness.parser(__doc__)
    parser.add_argument("--steps", type=int, default=1100)
    parser.add_argument("--batch", type=int, default=128)
    arguments = harness.parse(parser)
    options = ["memory", "--steps", arguments.steps, "--batch", arguments.batch]
    report = harness.run_tool(arguments.tool, options, arguments.threads)
    for moment in report["moments"]:
        memory = moment["memory"]
        print(f"step {moment['step']}: {memory['liveTensors']} tensors, {memory['engineBytes']} engine bytes, "
              f"{moment['residentBytes'] / 2**20:.1f} MiB resident")
    growth, first = report["residentGrowth"], report["moments"][0]["residentBytes"]
    limit = max(0.03 * first, 16 * 2**20)
    return harness.verdict([
        ("tensors and engine bytes are equal", report["isEqual"]),
        (f"the resident size grew by {growth / 2**20:.1f} MiB (below {limit / 2**20:.1f})", growth < limit),
    ])


if __name__ == "__main__":
    sys.exit(main())
