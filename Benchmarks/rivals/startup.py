"""One training step of ResNet-32 in plain PyTorch, from process start; prints the loss."""

import argparse
import json

import torch

from rivals import resnet


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--layout", choices=["contiguous", "channelsLast"], default="channelsLast")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    images = torch.randn(arguments.batch, 3, 32, 32)
    labels = torch.randint(0, 100, (arguments.batch,))
    step = resnet.Step(resnet.ResNet(), images, labels, arguments.layout, arguments.precision, "fused", 0.1)
    print(json.dumps({"loss": step().item()}))


if __name__ == "__main__":
    main()
