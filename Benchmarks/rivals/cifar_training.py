"""Trains ResNet-32 on CIFAR-100-LT in plain eager PyTorch, images on the device; prints one JSON object.

The recipe is that of `longtail train cross-entropy/cifar100-lt` and `balanced-softmax/cifar100-lt`: batch 128, SGD,
learning rate 0.1 with five epochs of warm-up, a hundredth from 80 % and a ten-thousandth from 90 % of the epochs.
"""

import argparse
import json
import os
import time

import numpy
import torch

from rivals import gpu_work, resnet

RECORD = 2 + 3 * 32 * 32  # bytes: coarse label, label, three planes
MANY, FEW = 100, 20  # more than, fewer than so many training images of a class


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="the folder with CIFAR-100's binary files")
    parser.add_argument("--list", required=True, help="the indices of the subset, from `longtail data make-longtail`")
    parser.add_argument("--objective", choices=["cross-entropy", "balanced-softmax"], default="balanced-softmax")
    parser.add_argument("--epochs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tiny", action="store_true", help="a small model, to try the path")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    torch.backends.cudnn.benchmark = True
    gpu_work.set_tensor_float32(False)
    print(json.dumps(train(arguments)))


def train(arguments):
    device = torch.device(arguments.device)
    pixels, labels = read(os.path.join(arguments.data, "train.bin"))
    with open(arguments.list) as file:
        chosen = torch.tensor([int(text) for text in file])
    counts = torch.bincount(labels[chosen], minlength=100)
    prior = (counts / counts.sum()).log() if arguments.objective == "balanced-softmax" else None
    step = gpu_work.TrainingStep(
        resnet.ResNet(depth=8 if arguments.tiny else 32), gpu_work.Images(pixels[chosen], labels[chosen], device),
        128, gpu_work.Form(), prior, keeps_rest=True
    )
    steps = -(-len(chosen) // 128)
    gpu_work.synchronize(device)
    start = time.perf_counter()
    for number in range(arguments.epochs * steps):
        rate = learning_rate(number / steps, arguments.epochs)
        for group in step.optimizer.param_groups:
            group["lr"] = rate
        step()
    gpu_work.synchronize(device)
    seconds = time.perf_counter() - start
    test = gpu_work.Images(*read(os.path.join(arguments.data, "test.bin")), device)
    result = accuracies(step.model, test, counts.to(device))
    return {"objective": arguments.objective, "epochs": arguments.epochs, "seconds": seconds, **result}


def read(path):
    """Images [count, 32, 32, 3] and labels of a binary file of CIFAR-100."""
    records = numpy.fromfile(path, numpy.uint8).reshape(-1, RECORD)
    pixels = records[:, 2:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1).copy()
    return torch.from_numpy(pixels), torch.from_numpy(records[:, 1].astype(numpy.int64))


def learning_rate(epoch, epochs):
    """The rate after so many epochs, counted in steps during the warm-up and in whole epochs after it."""
    if epoch >= 0.9 * epochs:
        return 0.1 * 1e-4
    if epoch >= 0.8 * epochs:
        return 0.1 * 1e-2
    return 0.1 * min(1.0, epoch / 5)


@torch.no_grad()
def accuracies(model, test, counts):
    """Accuracy over all test images and over the classes with many, a medium number of and few training images."""
    model.eval()
    order = torch.arange(len(test.labels), device=test.labels.device)
    answers = torch.cat([model(test.centre(part).contiguous()).argmax(1) for part in order.split(1000)])
    right = (answers == test.labels).float()
    trained = counts[test.labels]
    groups = {"many": trained > MANY, "medium": (trained >= FEW) & (trained <= MANY), "few": trained < FEW}
    return {"all": right.mean().item(), **{name: right[mask].mean().item() for name, mask in groups.items()}}


if __name__ == "__main__":
    main()
