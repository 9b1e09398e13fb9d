"""Times training steps in plain PyTorch; prints one JSON object. A process of its own, as `longtail-bench step` is."""

import argparse
import json
import statistics
import time

import torch

from rivals import resnet


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--layout", choices=["contiguous", "channelsLast"], default="contiguous")
    parser.add_argument("--optimizer", choices=["fused", "perTensor", "default"], default="fused")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--warmup", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    images = torch.randn(arguments.batch, 3, 32, 32)
    labels = torch.randint(0, 100, (arguments.batch,))
    step = resnet.Step(
        resnet.ResNet(), images, labels, arguments.layout, arguments.precision, arguments.optimizer, 0.01
    )
    times = []
    for number in range(arguments.warmup + arguments.steps):
        start = time.perf_counter()
        step()
        if number >= arguments.warmup:
            times.append((time.perf_counter() - start) * 1000)
    print(json.dumps({"median": statistics.median(times), "best": min(times), "steps": len(times)}))


if __name__ == "__main__":
    main()
