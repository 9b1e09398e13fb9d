"""What a device can do at best: bandwidth of a copy, rate of matrix products; prints one JSON object."""

import argparse
import json
import time

import torch

from rivals import gpu_work

REPEATS = 10


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tiny", action="store_true", help="small tensors, to try the path")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    device = torch.device(arguments.device)
    result = {"copyGigabytesPerSecond": copy_rate(device, (1 << 22) if arguments.tiny else (1 << 32)) / 1e9}
    side = 256 if arguments.tiny else 8192
    for name, dtype, tensor_float32 in (
        ("bfloat16", torch.bfloat16, False),
        ("float32", torch.float32, False),
        ("tensorFloat32", torch.float32, True),
    ):
        gpu_work.set_tensor_float32(tensor_float32)
        result[f"{name}TeraflopsPerSecond"] = product_rate(device, dtype, side) / 1e12
    result["name"] = torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"
    print(json.dumps(result))


def copy_rate(device, size):
    """Bytes read and written a second."""
    source = torch.zeros(size, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    return best_rate(lambda: target.copy_(source), 2 * size, device)


def product_rate(device, dtype, side):
    """Operations a second. The numbers are random: products of zeros take less power and run faster."""
    left, right = (torch.randn(side, side, device=device).to(dtype) for _ in range(2))
    product = torch.empty_like(left)
    return best_rate(lambda: torch.mm(left, right, out=product), 2 * side**3, device)


def best_rate(operation, work, device):
    for _ in range(3):
        operation()
    best = 0.0
    for _ in range(5):
        gpu_work.synchronize(device)
        start = time.perf_counter()
        for _ in range(REPEATS):
            operation()
        gpu_work.synchronize(device)
        best = max(best, REPEATS * work / (time.perf_counter() - start))
    return best


if __name__ == "__main__":
    main()
