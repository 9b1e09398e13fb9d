"""Times tiny tensor operations in plain PyTorch; prints one JSON object."""

import argparse
import json
import time

import torch
from torch.nn import functional


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    first, second = torch.tensor([1.0]), torch.tensor([2.0])
    tracked = torch.tensor([1.0], requires_grad=True)
    image, kernel = torch.ones(1, 1, 4, 4), torch.ones(1, 1, 3, 3)
    operations = {
        "add": (lambda: first + second, arguments.calls),
        "add with gradient": (lambda: tracked + second, arguments.calls),
        "multiply": (lambda: first * second, arguments.calls),
        "convolution": (lambda: functional.conv2d(image, kernel), arguments.calls // 10),
    }
    print(json.dumps({name: best(body, calls, arguments.rounds) for name, (body, calls) in operations.items()}))


def best(operation, calls, rounds):
    """Nanoseconds per call in the best round; both contestants call a function in a loop."""
    for _ in range(calls // 10):
        operation()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(calls):
            operation()
        times.append(time.perf_counter() - start)
    return min(times) / calls * 1e9


if __name__ == "__main__":
    main()
