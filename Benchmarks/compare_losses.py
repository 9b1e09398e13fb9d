"""Compares the first training losses with plain PyTorch's, bit for bit on the processor, closely on a GPU.

Both start from the same weights and train on the same batch with cross-entropy and SGD, with the same threads, layout
and implementation of SGD; on the processor in float32, on a GPU also in bfloat16. Ends with 1 and a table when any bit
differs; on a GPU, where libraries choose their kernels as they run, when a loss differs by more than 0.1 % (float32) or
2 % (bfloat16).

    python Benchmarks/compare_losses.py            # under an interpreter that has torch 2.11.0 and safetensors
"""

import math
import os
import struct
import sys
import tempfile

import gpu_harness
import harness

LAYOUTS = ("contiguous", "channelsLast")
TOLERANCES = {"float32": 1e-3, "bfloat16": 2e-2}


def main():
    parser = harness.parser(__doc__)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--learning-rate", type=float, help="0.1 for bits, else 0.01, where rounding grows slowly")
    parser.add_argument("--device", default="cpu", help="where both compute: cpu or cuda:0")
    parser.add_argument("--close", action="store_true", help="on the processor too: compare as on a GPU")
    parser.add_argument("--report", help="a file to write the bars to, as JSON")
    arguments = harness.parse(parser)
    import torch
    from safetensors.torch import save_file

    from rivals import resnet

    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    # What both call float32 must be that: PyTorch would let convolutions drop bits.
    torch.backends.cudnn.allow_tf32 = False
    model = resnet.ResNet()
    images = torch.randn(arguments.batch, 3, 32, 32)
    labels = torch.randint(0, 100, (arguments.batch,))
    weights = {name: value.clone() for name, value in model.state_dict().items()}
    by_bits = arguments.device == "cpu" and not arguments.close
    arguments.learning_rate = arguments.learning_rate or (0.1 if by_bits else 0.01)
    bars = []
    with tempfile.TemporaryDirectory() as folder:
        weights_file = os.path.join(folder, "weights.safetensors")
        batch_file = os.path.join(folder, "batch.safetensors")
        save_file(weights, weights_file)
        save_file({"images": images, "labels": labels}, batch_file)
        for precision, layout, optimizer in variants(by_bits):
            theirs = rival_losses(resnet, weights, images, labels, precision, layout, optimizer, arguments)
            command = ["losses", "--weights", weights_file, "--batch", batch_file, "--steps", arguments.steps]
            command += ["--layout", layout, "--optimizer", optimizer, "--learning-rate", arguments.learning_rate]
            command += ["--precision", precision, "--device", arguments.device]
            report = harness.run_tool(arguments.tool, command, arguments.threads)
            if by_bits:
                equal = show(layout, optimizer, report["losses"], theirs)
                bars.append(gpu_harness.Bar(f"{layout}, {optimizer}: losses are equal bit for bit", equal))
            else:
                worst = worst_difference(report["losses"], theirs)
                what = f"{precision}, {layout}, {optimizer}: largest relative difference of {len(theirs)} losses"
                bars.append(gpu_harness.Bar.at_most(what, worst, TOLERANCES[precision]))
    if arguments.report:
        gpu_harness.write_report(arguments.report, [], bars, [])
    return harness.verdict([(bar.text, bar.holds) for bar in bars])


def variants(by_bits):
    """Precision, layout and form of SGD."""
    if by_bits:
        return [("float32", layout, optimizer) for layout in LAYOUTS for optimizer in ("fused", "perTensor")]
    return [(precision, layout, "fused") for precision in TOLERANCES for layout in LAYOUTS]


def rival_losses(resnet, weights, images, labels, precision, layout, optimizer, arguments):
    model = resnet.ResNet()
    model.load_state_dict(weights)
    images, labels = images.to(arguments.device), labels.to(arguments.device)
    step = resnet.Step(
        model.to(arguments.device), images, labels, layout, precision, optimizer, arguments.learning_rate
    )
    return [step().item() for _ in range(arguments.steps)]


def worst_difference(ours, theirs):
    pairs = [(entry["value"], value) for entry, value in zip(ours, theirs, strict=True)]
    if not all(math.isfinite(mine) for mine, _ in pairs):
        return math.inf
    return max(abs(mine - their) / max(abs(their), 1e-3) for mine, their in pairs)


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
