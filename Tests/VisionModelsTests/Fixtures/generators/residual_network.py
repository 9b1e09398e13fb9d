"""The CIFAR residual network with option-A shortcuts in plain PyTorch, and values that Swift tests can make too.

`Values` repeats SeededGenerator (SplitMix64) of the test support library: value i of a seed is mixed from seed + (i + 1) * golden.
"""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


class Values:
    def __init__(self, seed):
        self.state = np.uint64(seed)

    def bits(self, count):
        with np.errstate(over="ignore"):
            x = self.state + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
            self.state = x[-1]
            x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return x ^ (x >> np.uint64(31))

    def uniform(self, shape, lower, upper):
        """Float32 numbers between two bounds, computed in float64 and rounded once."""
        share = (self.bits(math.prod(shape)) >> np.uint64(11)).astype(np.float64) * 2.0**-53
        return torch.from_numpy((lower + (upper - lower) * share).astype(np.float32).reshape(shape))

    def bytes(self, shape):
        return torch.from_numpy((self.bits(math.prod(shape)) >> np.uint64(56)).astype(np.uint8).reshape(shape))


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.stride, self.added = stride, outputs - inputs

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.stride != 1 or self.added:
            x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.added // 2, self.added // 2))
        return F.relu(y + x)


class ResidualNetwork(nn.Module):
    def __init__(self, blocks, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        inputs = 16
        for number, width in enumerate((16, 32, 64), start=1):
            layers = []
            for index in range(blocks):
                layers.append(Block(inputs, width, 2 if number > 1 and index == 0 else 1))
                inputs = width
            setattr(self, f"layer{number}", nn.Sequential(*layers))
        self.linear = nn.Linear(64, classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(x.mean((2, 3)))


def fill(model, seed):
    """Weights by rule, in the order of the state dictionary."""
    values = Values(seed)
    state = model.state_dict()
    for name, tensor in state.items():
        shape = tuple(tensor.shape)
        if name.endswith("num_batches_tracked"):
            continue
        if len(shape) > 1:
            bound = math.sqrt(6 / math.prod(shape[1:]))
            filled = values.uniform(shape, -bound, bound)
        elif name.endswith("running_var"):
            filled = values.uniform(shape, 0.5, 1.5)
        elif name.endswith("weight"):
            filled = values.uniform(shape, 0.2, 0.8)
        else:
            filled = values.uniform(shape, -0.1, 0.1)
        tensor.copy_(filled)
    return model
