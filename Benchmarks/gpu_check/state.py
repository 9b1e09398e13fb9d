"""The folder that remembers what is checked already, and its small copy that travels between machines."""

import glob
import io
import json
import os
import shutil
import tarfile

FILE_LIMIT = 16 << 20
KEPT = ("logs", "journals", "reports")  # small folders, worth looking at later


class State:
    """Results by name of the check, with journals, logs and runs beside them."""

    def __init__(self, folder):
        self.folder = os.path.abspath(folder)
        for name in (*KEPT, "runs"):
            os.makedirs(self.path(name), exist_ok=True)
        self.results = read_json(self.path("results.json")) or {}

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def journal(self, name):
        return self.path("journals", name + ".jsonl")

    def log(self, name):
        return self.path("logs", name + ".log")

    def report(self, name):
        return self.path("reports", name + ".json")

    def run(self, name):
        return self.path("runs", name)

    def is_done(self, name):
        return self.results.get(name, {}).get("status") in ("done", "failed")

    def keep(self, name, result):
        self.results[name] = result
        self.save()

    def forget(self, name):
        """Forgets a check, so that it runs again."""
        self.results.pop(name, None)
        for path in (self.journal(name), self.log(name), self.report(name)):
            if os.path.exists(path):
                os.remove(path)
        shutil.rmtree(self.run(name), ignore_errors=True)
        self.save()

    def save(self):
        write_whole(self.path("results.json"), json.dumps(self.results, indent=1).encode())


def copy_out(state, folder):
    """Copies what another machine needs to go on or to record: few files, none of them large."""
    os.makedirs(folder, exist_ok=True)
    state.save()
    shutil.copy(state.path("results.json"), folder)
    write_archive(os.path.join(folder, "logs.tar.gz"), state, KEPT)
    for run in sorted(os.listdir(state.path("runs"))):
        # Only a run that goes on needs its checkpoints.
        left_out = ("checkpoints",) if state.is_done(run) else ()
        write_archive(os.path.join(folder, f"run-{run}.tar.gz"), state, [f"runs/{run}"], left_out)


def write_archive(path, state, members, left_out=()):
    def chosen(entry):
        return None if set(entry.name.split("/")) & set(left_out) else entry

    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for member in members:
            archive.add(state.path(member), member, filter=chosen)
    if buffer.tell() > FILE_LIMIT:
        print(f"note: {os.path.basename(path)} would have {buffer.tell() >> 20} MiB and is not copied out")
        return
    write_whole(path, buffer.getvalue())


def restore(state, folder):
    """Takes over what `copy_out` wrote on another machine."""
    shutil.copyfile(os.path.join(folder, "results.json"), state.path("results.json"))
    for path in sorted(glob.glob(os.path.join(folder, "*.tar.gz"))):
        unpack(path, state.folder)
    return State(state.folder)


def unpack(path, folder):
    with tarfile.open(path) as archive:
        archive.extractall(folder, filter="data")


def read_json(path):
    if not os.path.exists(path):
        return None
    with open(path) as file:
        return json.load(file)


def write_whole(path, content):
    """Writes a file so that it is there as a whole or not at all."""
    with open(path + ".partial", "wb") as file:
        file.write(content)
    os.replace(path + ".partial", path)
