"""The CIFAR ResNet in plain PyTorch, with the parameter names that longtail uses too.

Shortcuts have no parameters (option A): every other pixel, and zero channels on both sides.
"""

import torch
from torch import nn
from torch.nn import functional


class Block(nn.Module):
    """Two 3x3 convolutions around a shortcut."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.stride = stride
        self.new_channels = outputs - inputs

    def forward(self, x):
        change = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        if self.stride > 1 or self.new_channels > 0:
            before = self.new_channels // 2
            x = x[:, :, :: self.stride, :: self.stride]
            x = functional.pad(x, (0, 0, 0, 0, before, self.new_channels - before))
        return torch.relu(change + x)


class ResNet(nn.Module):
    """Depth 6n + 2 with 16, 32 and 64 channels."""

    def __init__(self, depth=32, classes=100):
        super().__init__()
        blocks = (depth - 2) // 6
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = self._layer(16, 16, blocks, 1)
        self.layer2 = self._layer(16, 32, blocks, 2)
        self.layer3 = self._layer(32, 64, blocks, 2)
        self.linear = nn.Linear(64, classes)
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(module.weight)

    @staticmethod
    def _layer(inputs, outputs, blocks, stride):
        first = Block(inputs, outputs, stride)
        return nn.Sequential(first, *(Block(outputs, outputs, 1) for _ in range(blocks - 1)))

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(x.mean((2, 3)))


def memory_format(layout):
    """PyTorch's name of a layout."""
    return torch.channels_last if layout == "channelsLast" else torch.contiguous_format


def sgd(parameters, implementation, learning_rate, momentum=0.9, weight_decay=2e-4):
    """PyTorch's SGD: `fused`, `perTensor` (a loop over tensors), or `default` (what PyTorch chooses)."""
    choice = {"fused": {"fused": True}, "perTensor": {"foreach": False, "fused": False}, "default": {}}
    return torch.optim.SGD(
        parameters, lr=learning_rate, momentum=momentum, weight_decay=weight_decay, **choice[implementation]
    )


class Step:
    """A training step on one batch."""

    def __init__(self, model, images, labels, layout, precision, implementation, learning_rate):
        self.model = model.to(memory_format=memory_format(layout)).train()
        self.images = images.contiguous(memory_format=memory_format(layout))
        self.labels = labels
        self.bfloat16 = precision == "bfloat16"
        self.optimizer = sgd(self.model.parameters(), implementation, learning_rate)

    def __call__(self):
        self.optimizer.zero_grad(set_to_none=True)
        with torch.autocast(self.images.device.type, torch.bfloat16, enabled=self.bfloat16):
            logits = self.model(self.images)
        loss = functional.cross_entropy(logits.float(), self.labels)
        loss.backward()
        self.optimizer.step()
        return loss.detach()
