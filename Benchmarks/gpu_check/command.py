"""The options of scripts/gpu-check and what it does with them."""

import argparse
import importlib.util
import os
import sys
import time

import gpu_harness
import harness
from gpu_check import collect, pack, state, summary
from gpu_check.checks import CHECKS, NAMES
from gpu_check.sitting import Failure, Sitting

FOLDER = os.path.join(harness.REPOSITORY, ".build", "gpu-check")

EMPTY = {"bars": [], "rows": [], "notes": []}

DESCRIPTION = """\
Runs every check that needs a GPU: correctness, then timing, then training. Each is done once; what came out is kept in
a folder, so that another call goes on with what is open. Exits with 1 if a bar fails.

  scripts/gpu-check                                on a machine with a GPU and this repository's tool
  scripts/gpu-check --minutes 9                    end before nine minutes, go on with the next call
  scripts/gpu-check --dry-run                      every path in tiny on the processor; nothing is recorded

For a machine without Swift and Git:

  scripts/gpu-check --pack DATA                    here: what travels, in .build/gpu-check/pack
  scripts/gpu-check --minutes 9 --out DIR          there: the small results to bring back
  scripts/gpu-check --restore DIR --minutes 9      on a fresh machine: go on from what was brought back
  scripts/gpu-check --collect DIR                  here: add them to results/, each line once
"""


def main():
    arguments = parse()
    if arguments.list:
        return list_checks()
    if arguments.pack:
        tool = arguments.tool or os.path.join(harness.REPOSITORY, "bin", "longtail")
        return pack.pack(os.path.join(FOLDER, "pack"), os.path.abspath(arguments.pack), tool, arguments.archive)
    if arguments.collect:
        return collect.collect(arguments.collect)
    return check(arguments)


def parse():
    parser = argparse.ArgumentParser(
        prog="gpu-check", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--list", action="store_true", help="name the checks and end")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=NAMES, help="only these checks")
    parser.add_argument("--again", nargs="+", metavar="NAME", choices=NAMES, default=[], help="forget these results")
    parser.add_argument("--minutes", type=float, help="end before so many minutes; what does not fit is left open")
    parser.add_argument("--dry-run", action="store_true", help="rehearse on the processor in tiny sizes")
    parser.add_argument("--device", default="cuda:0", help="the GPU (cuda:0)")
    parser.add_argument("--state", metavar="DIR", default=FOLDER, help="where results are kept (.build/gpu-check)")
    parser.add_argument("--out", metavar="DIR", help="copy results and unfinished runs there: few, small files")
    parser.add_argument("--restore", metavar="DIR", help="first take over what --out wrote elsewhere")
    parser.add_argument("--tool", help="the program to check: the packed one if there is one, else bin/longtail")
    parser.add_argument("--data", metavar="DIR", help="CIFAR-100's binary files: the packed ones if there are any")
    parser.add_argument("--threads", type=int, default=2, help="processor threads of all contestants")
    parser.add_argument("--pack", metavar="DATA", help="make what travels, from the folder with CIFAR-100's binary files")
    parser.add_argument("--packed", action="store_true", help="use what is packed although this is a clone")
    parser.add_argument("--archive", help="with --pack: an archive of scripts/package that is there already")
    parser.add_argument("--collect", metavar="DIR", help="add what came back to results/")
    return parser.parse_args()


def list_checks():
    for entry in CHECKS:
        print(f"{entry.name:<24}{entry.kind:<13}{entry.what}")


def check(arguments):
    gpu_harness.end_children_when_ended()
    if arguments.dry_run:
        arguments.device = "cpu"
        arguments.state = os.path.join(arguments.state, "dry-run")
    kept = state.State(arguments.state)
    if arguments.restore:
        kept = state.restore(kept, arguments.restore)
    # A clone builds its own program; a copy without Git lives on what was packed.
    if arguments.packed or not os.path.exists(os.path.join(harness.REPOSITORY, ".git")):
        pack.take_pack(os.path.join(FOLDER, "pack"), kept)
    for name in arguments.again:
        kept.forget(name)
    sitting = Sitting(arguments, kept, find_tool(arguments, kept), find_data(arguments, kept))
    print(f"{sitting.machine}, commit {sitting.commit}, {sitting.tool}", flush=True)
    for entry in CHECKS:
        if kept.is_done(entry.name) or (arguments.only and entry.name not in arguments.only):
            continue
        run(entry, sitting)
        if arguments.out:
            state.copy_out(kept, arguments.out)
    if arguments.out:
        state.copy_out(kept, arguments.out)
    return summary.show(kept.results)


def run(entry, sitting):
    """Runs a check if it fits; whatever happens, what came out is kept and the next one follows."""
    if entry.kind == "training" and not sitting.data and not sitting.dry:
        print(f"{entry.name}: open, there are no data; give --data", flush=True)
        return
    if sitting.left() < entry.seconds:
        print(f"{entry.name}: open, it may take longer than the {max(0, sitting.left()):.0f} s that are left", flush=True)
        return
    print(f"{entry.name}: {entry.what} …", flush=True)
    start = time.monotonic()
    before = sitting.state.results.setdefault(entry.name, dict(EMPTY, status="unfinished"))
    try:
        result = entry.run(sitting, entry.name)
    except gpu_harness.Unfinished:
        result = dict(EMPTY, status="unfinished")
        if "trainingSeconds" in before:
            result["trainingSeconds"] = before["trainingSeconds"]
    except Failure as failure:
        result = dict(EMPTY, status="failed", notes=[str(failure)], output=failure.output)
    except (OSError, KeyError, ValueError, TypeError) as error:
        result = dict(EMPTY, status="failed", notes=[f"{type(error).__name__}: {error}"])
    seconds = before.get("seconds", 0) + time.monotonic() - start
    sitting.state.keep(entry.name, sitting.stamp(result, seconds))
    print(f"{entry.name}: {summary.verdict(result)} after {seconds:.0f} s", flush=True)


def find_tool(arguments, kept):
    packed = pack.packed_program(kept)
    if packed and not arguments.tool:
        # The program and the rivals compute with the same torch: that of this interpreter.
        torch = importlib.util.find_spec("torch")
        if torch and "LIBTORCH" not in os.environ:
            os.environ["LIBTORCH"] = torch.submodule_search_locations[0]
    return os.path.abspath(arguments.tool or packed or os.path.join(harness.REPOSITORY, "bin", "longtail"))


def find_data(arguments, kept):
    if arguments.data:
        return os.path.abspath(arguments.data)
    packed = kept.path("data", pack.FOLDER)
    return packed if os.path.isdir(packed) else None


if __name__ == "__main__":
    sys.exit(main())
