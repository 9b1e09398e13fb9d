"""Writes the fixtures of SerializationTests with real PyTorch and the safetensors package.

Run in a folder outside the repository that has torch 2.11 and safetensors (0.8 was used):
    python make_fixtures.py ..
The values are arithmetic, so that the tests can state them. Hostile files would create `pickle-was-executed` in the
working folder (or quit Python) if they were run.
"""

import collections
import io
import os
import pickle
import sys
import zipfile

import torch
from safetensors.torch import save_file

folder = sys.argv[1]


def path(name):
    return os.path.join(folder, name)


def ramp(*shape, dtype=torch.float32):
    count = 1
    for length in shape:
        count *= length
    return torch.arange(count, dtype=torch.float64).reshape(shape).to(dtype)


# 1. A plain state dictionary: OrderedDict with _metadata, as module.state_dict() gives it.
network = torch.nn.Sequential(collections.OrderedDict(
    conv1=torch.nn.Conv2d(3, 2, 3, bias=False), bn1=torch.nn.BatchNorm2d(2), linear=torch.nn.Linear(2, 3)))
with torch.no_grad():
    for parameter in network.parameters():
        parameter.copy_(ramp(*parameter.shape) / 8)
torch.save(network.state_dict(), path("state-dictionary.pth"))

# 2. A training checkpoint: nested, with optimizer state, prefixes, plain values.
network = torch.nn.Linear(2, 2)
with torch.no_grad():
    network.weight.copy_(ramp(2, 2))
    network.bias.copy_(ramp(2))
optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
network(torch.ones(1, 2)).sum().backward()
optimizer.step()
optimizer.zero_grad()
with torch.no_grad():
    network.weight.copy_(ramp(2, 2))
    network.bias.copy_(ramp(2))
torch.save({
    "epoch": 7, "best": 0.5, "name": "r\u00e9seau", "finished": False, "nothing": None, "seed": 2**63 + 5, "minus": -300,
    "shape": torch.Size([2, 2]), "dtype": torch.float32, "device": torch.device("cpu"), "history": [1, (2.5, "a")],
    "state_dict": {"module." + key: value for key, value in network.state_dict().items()},
    "optimizer": optimizer.state_dict(),
}, path("training.pth"))

# 3. Every element type and layout.
base = ramp(4, 6)
kinds = collections.OrderedDict(
    float64=ramp(3, dtype=torch.float64) / 3, float32=ramp(3) / 4, float16=(ramp(4) - 1.5).half(),
    bfloat16=(ramp(4) * 0.5 - 1).bfloat16(), int64=ramp(3, dtype=torch.int64) - 1, int32=ramp(3, dtype=torch.int32),
    int16=ramp(3, dtype=torch.int16), int8=ramp(3, dtype=torch.int8) - 2, uint8=ramp(3, dtype=torch.uint8) + 250,
    bool=torch.tensor([True, False, True]), scalar=torch.tensor(2.5), empty=torch.zeros(0, 3),
    base=base, transposed=base.t(), columns=base[:, 1:6:2], row=base[2], expanded=torch.tensor([1.0, 2.0]).expand(3, 2),
    channels_last=ramp(1, 2, 2, 3).contiguous(memory_format=torch.channels_last),
    parameter=torch.nn.Parameter(ramp(2)))
torch.save(kinds, path("kinds.pth"))
for protocol in (3, 4):
    torch.save({"weight": ramp(2, 2)}, path(f"protocol-{protocol}.pth"), pickle_protocol=protocol)
torch.save({"weight": ramp(2, 2)}, path("legacy.pth"), _use_new_zipfile_serialization=False)
torch.jit.save(torch.jit.script(torch.nn.ReLU()), path("program.pt"))
torch.save(network, path("whole-module.pth"))

# Two sets of weights; and one element expanded to 10^10.
torch.save({"model": {"weight": ramp(2)}, "state_dict": {"weight": ramp(3)}}, path("two-sets.pth"))
torch.save({"weight": torch.zeros(1).expand(10**5, 10**5)}, path("expanded.pth"))

# 4. Hostile files: valid archives whose pickles call something.
COMMAND = "touch pickle-was-executed"


class Call:
    def __init__(self, function, *arguments):
        self.result = (function, arguments)

    def __reduce__(self):
        return self.result


def archive(name, data):
    """Replaces the pickle of a valid checkpoint."""
    buffer = io.BytesIO()
    torch.save({"weight": ramp(2)}, buffer)
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(path(name), "w") as target:
        for entry in source.namelist():
            target.writestr(entry, data if entry.endswith("/data.pkl") else source.read(entry))


torch.save({"weight": Call(os.system, COMMAND)}, path("hostile-system.pth"))
torch.save(Call(eval, "open('pickle-was-executed', 'w')"), path("hostile-eval.pth"))
torch.save({"a": [1, [2, (3, Call(os.system, COMMAND))]]}, path("hostile-nested.pth"))
archive("hostile-stack-global.pth", pickle.dumps({"weight": Call(os.system, COMMAND)}, protocol=4))
archive("hostile-getattr.pth", pickle.dumps(Call(getattr, "text", "upper"), protocol=2))
archive("hostile-inst.pth", b"(S'" + COMMAND.encode() + b"'\nios\nsystem\n.")
archive("hostile-inst-2.pth", b"\x80\x02(ios\nsystem\n.")
# An allowed name, called in a way that is not allowed; and a state for something that is no dictionary.
archive("hostile-storage-call.pth", b"\x80\x02ctorch\nFloatStorage\n)R.")
archive("hostile-build.pth", b"\x80\x02]}b.")

# 5. safetensors, by the Python package.
save_file(
    {key: value.detach().clone(memory_format=torch.contiguous_format) for key, value in kinds.items()}, path("kinds.safetensors"),
    metadata={"format": "pt", "note": "caf\u00e9 \"quoted\""})
