"""Compares the first training losses with plain PyTorch's, bit for bit.

Both start from the same weights and train on the same batch in float32 with cross-entropy and SGD, with the same
threads, layout and implementation of SGD. Ends with 1 and a table when any bit differs.

    python Benchmarks/compare_losses.py            # under an interpreter that has torch 2.11.0 and safetensors
"""

import os
import struct
import sys
import tempfile

import harness

VARIANTS = [(layout, optimizer) for layout in ("contiguous", "channelsLast") for optimizer in ("fused", "perTensor")]


def main():
    parser = harness.parser(__doc__)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--learning-rate", type=float, default=0.1)
    arguments = harness.parse(parser)
    import torch
    from safetensors.torch import save_file

    from rivals import resnet

    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    model = resnet.ResNet()
    images = torch.randn(arguments.batch, 3, 32, 32)
    labels = torch.randint(0, 100, (arguments.batch,))
    weights = {name: value.clone() for name, value in model.state_dict().items()}
    equal = True
    with tempfile.TemporaryDirectory() as folder:
        weights_file = os.path.join(folder, "weights.safetensors")
        batch_file = os.path.join(folder, "batch.safetensors")
        save_file(weights, weights_file)
        save_file({"images": images, "labels": labels}, batch_file)
        for layout, optimizer in VARIANTS:
            theirs = rival_losses(resnet, weights, images, labels, layout, optimizer, arguments)
            command = ["bench", "losses", "--weights", weights_file, "--batch", batch_file, "--steps", arguments.steps]
            command += ["--layout", layout, "--optimizer", optimizer, "--learning-rate", arguments.learning_rate]
            report = harness.run_tool(arguments.tool, command, arguments.threads)
            equal = show(layout, optimizer, report["losses"], theirs) and equal
    print("all losses are equal bit for bit" if equal else "losses DIFFER")
    return 0 if equal else 1


def rival_losses(resnet, weights, images, labels, layout, optimizer, arguments):
    model = resnet.ResNet()
    model.load_state_dict(weights)
    step = resnet.Step(model, images, labels, layout, "float32", optimizer, arguments.learning_rate)
    return [step().item() for _ in range(arguments.steps)]


def show(layout, optimizer, ours, theirs):
    rows = []
    for entry, value in zip(ours, theirs, strict=True):
        bits = f"0x{struct.unpack('<I', struct.pack('<f', value))[0]:08x}"
        rows.append((entry["step"], entry["bits"], bits, entry["value"], value))
    differing = [row for row in rows if row[1] != row[2]]
    print(f"{layout}, {optimizer}: {len(rows) - len(differing)} of {len(rows)} losses equal, last {rows[-1][3]:.7g}")
    if differing:
        print("  step  ours        PyTorch     ours           PyTorch")
        for number, our_bits, their_bits, our_value, their_value in rows:
            mark = "" if our_bits == their_bits else "  <-"
            print(f"  {number:>4}  {our_bits}  {their_bits}  {our_value:<13.9g}  {their_value:<13.9g}{mark}")
    return not differing


if __name__ == "__main__":
    sys.exit(main())
