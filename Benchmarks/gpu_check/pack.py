"""What travels to a machine with a GPU: the program, and of CIFAR-100 what the long-tailed subset needs."""

import gzip
import io
import json
import lzma
import os
import shutil
import struct
import subprocess
import tarfile
import tempfile

import harness
from gpu_check.state import unpack, write_whole

RECORD = 2 + 3 * 32 * 32  # bytes of an image of CIFAR-100 with its two labels
FOLDER = "cifar-100-lt"
PROGRAM, DATA, VERSION = "program.tar.xz", FOLDER + ".tar.xz", "VERSION"

# Differences between neighbours in a row and between rows: images take a tenth less room than without.
IMAGE_FILTERS = [
    {"id": lzma.FILTER_DELTA, "dist": 32},
    {"id": lzma.FILTER_DELTA, "dist": 1},
    {"id": lzma.FILTER_LZMA2, "preset": 6, "lc": 4, "lp": 0, "pb": 0},
]


def pack(folder, data, tool, archive):
    """Writes the program, the data and the commit to a folder, and says how to go on."""
    os.makedirs(folder, exist_ok=True)
    write_whole(os.path.join(folder, VERSION), (commit() + "\n").encode())
    pack_program(os.path.join(folder, PROGRAM), archive or make_archive())
    pack_data(os.path.join(folder, DATA), data, tool)
    check_data(os.path.join(folder, DATA), data, tool)
    show_sizes(folder)


def commit():
    done = subprocess.run(
        ["git", "-C", harness.REPOSITORY, "describe", "--always", "--dirty", "--abbrev=10"],
        capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def make_archive():
    done = subprocess.run([os.path.join(harness.REPOSITORY, "scripts", "package"), "--with-benchmarks"], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise SystemExit("gpu-check: error: scripts/package made no archive")
    return done.stdout.strip().splitlines()[-1]


def pack_program(target, archive):
    """Compresses an archive of scripts/package once more, and better."""
    with gzip.open(archive) as file:
        write_whole(target, lzma.compress(file.read(), preset=9))


def pack_data(target, data, tool):
    """CIFAR-100's files, with every image blank that the subset does not use.

    Nothing is missing and all labels are there, so the program opens and thins them exactly as it does the whole set.
    """
    kept = chosen_indices(data, tool)
    with open(os.path.join(data, "train.bin"), "rb") as file:
        training = bytearray(file.read())
    for index in range(len(training) // RECORD):
        if index not in kept:
            training[index * RECORD + 2 : (index + 1) * RECORD] = bytes(RECORD - 2)
    with lzma.open(target + ".partial", "w", filters=IMAGE_FILTERS) as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            add(archive, "train.bin", bytes(training))
            for name in ("test.bin", "fine_label_names.txt", "coarse_label_names.txt"):
                with open(os.path.join(data, name), "rb") as source:
                    add(archive, name, source.read())
    os.replace(target + ".partial", target)


def chosen_indices(data, tool):
    """The images of the conventional subset of factor 100, as the program itself chooses them."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "list.txt")
        subprocess.run(
            [tool, "data", "make-longtail", "--data", data, "--factor", "100", "--out", path],
            stdout=subprocess.DEVNULL, check=True
        )
        with open(path) as file:
            return {int(text) for text in file}


def add(archive, name, content):
    entry = tarfile.TarInfo(f"{FOLDER}/{name}")
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


def check_data(archive, data, tool):
    """Trains two steps on the whole set and on what was packed: fingerprint and weights must be equal."""
    with tempfile.TemporaryDirectory() as folder:
        unpack(archive, folder)
        whole, packed = (
            first_steps(tool, source, os.path.join(folder, name))
            for name, source in (("whole", data), ("packed", os.path.join(folder, FOLDER)))
        )
    if whole != packed:
        raise SystemExit("gpu-check: error: training on the packed images differs from training on all of them")
    print(f"packed images: same fingerprint ({whole[0][:12]}…) and same weights after two steps as with the whole set")


def first_steps(tool, data, out):
    """The fingerprint of the data and the tensors after two steps of training."""
    options = ["--set", "training.length=2 steps", "--set", "model.backbone=resnet20", "--device", "cpu"]
    options += ["--precision", "float32", "--evaluate-every", "0", "--out", out, "--quiet"]
    command = [tool, "train", "balanced-softmax/cifar100-lt", "--data", data, *options]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    with open(os.path.join(out, "checkpoints", "last.safetensors"), "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        return fingerprint(header), file.read()


def fingerprint(header):
    """The entry `dataDigest` of a checkpoint's description, wherever it stands."""
    text = json.dumps(header).replace("\\", "")
    _, found, rest = text.partition('"dataDigest"')
    if not found:
        raise SystemExit("gpu-check: error: a checkpoint does not name the fingerprint of its data")
    return rest.split('"')[1]


def show_sizes(folder):
    total = 0
    for name in sorted(os.listdir(folder)):
        size = os.path.getsize(os.path.join(folder, name))
        total += size
        print(f"{os.path.relpath(os.path.join(folder, name), harness.REPOSITORY)}: {size / 2**20:.1f} MiB")
    listed = subprocess.run(
        ["git", "-C", harness.REPOSITORY, "ls-files", "-z"], capture_output=True, text=True, check=True
    ).stdout.split("\0")
    paths = [os.path.join(harness.REPOSITORY, name) for name in listed if name]
    files = sum(os.path.getsize(path) for path in paths if os.path.exists(path))
    print(f"repository: {files / 2**20:.1f} MiB; together {(total + files) / 2**20:.1f} MiB")
    print(COMMANDS.format(folder=os.path.relpath(folder, harness.REPOSITORY)))


COMMANDS = """
On the machine with the GPU, in a copy of the repository with {folder}/ in it (python3 with torch and torchvision):
  scripts/gpu-check --minutes 9 --out OUT        as often as checks are open
On a fresh machine, with what OUT held after the last call:
  scripts/gpu-check --restore RETURNED --minutes 9 --out OUT
Here:
  scripts/gpu-check --collect RETURNED"""


# --- on the other side


def take_pack(folder, state):
    """Unpacks what has come and is not unpacked yet, and names the commit that it was made from."""
    for name, target in ((PROGRAM, "program"), (DATA, "data")):
        path = os.path.join(folder, name)
        if os.path.exists(path) and is_new(path, state.path(target + ".stamp")):
            print(f"unpacking {name}", flush=True)
            shutil.rmtree(state.path(target), ignore_errors=True)
            unpack(path, state.path(target))
            with open(state.path(target + ".stamp"), "w") as file:
                file.write(stamp(path))
    version = os.path.join(folder, VERSION)
    if os.path.exists(version):
        with open(version) as file:
            os.environ["LONGTAIL_COMMIT"] = file.read().strip()


def is_new(path, stamp_file):
    if not os.path.exists(stamp_file):
        return True
    with open(stamp_file) as file:
        return file.read() != stamp(path)


def stamp(path):
    """The end of an archive holds its check sum."""
    with open(path, "rb") as file:
        file.seek(-min(64, os.path.getsize(path)), os.SEEK_END)
        return f"{os.path.getsize(path)} {file.read().hex()}"


def packed_program(state):
    """The launcher of the unpacked program, or None."""
    folder = state.path("program")
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        launcher = os.path.join(folder, name, "bin", "longtail")
        if os.path.exists(launcher):
            return launcher
    return None
