"""The training loop that most published long-tail code has, over noise of CIFAR's size.

Pillow transforms in four worker processes that are started in each epoch, float32 with PyTorch's own defaults, and loss and
accuracy read from the device after every step.
"""

import time

import numpy
import torch
from PIL import Image
from torch.nn import functional
from torchvision import transforms

from rivals import gpu_work, resnet

WORKERS = 4


class NoiseImages(torch.utils.data.Dataset):
    """Images in an array, made into Pillow's one by one, as torchvision's CIFAR does."""

    def __init__(self, workload):
        generator = numpy.random.default_rng(0)
        shape = (workload.images, workload.side, workload.side, 3)
        self.pixels = generator.integers(0, 256, shape, dtype=numpy.uint8)
        shares = numpy.array(gpu_work.class_counts(workload), dtype=float)
        self.labels = generator.choice(workload.classes, workload.images, p=shares / shares.sum())
        self.transform = transforms.Compose([
            transforms.RandomCrop(workload.side, padding=gpu_work.PADDING),
            transforms.RandomHorizontalFlip(),
            transforms.ToTensor(),
            transforms.Normalize(gpu_work.MEAN, gpu_work.DEVIATION),
        ])

    def __len__(self):
        return len(self.pixels)

    def __getitem__(self, index):
        return self.transform(Image.fromarray(self.pixels[index])), int(self.labels[index])


class Loop:
    """Model, loss, optimiser and loader of the loop."""

    def __init__(self, workload, arguments):
        self.device = torch.device(arguments.device)
        self.model = resnet.ResNet(depth=8 if arguments.tiny else 32, classes=workload.classes).to(self.device).train()
        self.log_prior = gpu_work.log_prior(workload).to(self.device)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.01, momentum=0.9, weight_decay=2e-4)
        self.loader = torch.utils.data.DataLoader(
            NoiseImages(workload), batch_size=arguments.batch, shuffle=True,
            num_workers=1 if arguments.tiny else WORKERS, pin_memory=self.device.type == "cuda"
        )

    def epoch(self):
        """Trains for an epoch; returns the mean loss."""
        losses, accuracies = [], []
        for images, labels in self.loader:
            images = images.to(self.device, non_blocking=True)
            labels = labels.to(self.device, non_blocking=True)
            logits = self.model(images)
            loss = functional.cross_entropy(logits + self.log_prior, labels)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            losses.append(loss.item())
            accuracies.append((logits.argmax(1) == labels).float().mean().item())
        return sum(losses) / len(losses)


def measure(arguments):
    """Milliseconds a step of each whole epoch after the first, the mean loss of the last, and no preparation."""
    if arguments.model != "resnet32":
        raise SystemExit("the official-like loop is that of CIFAR: use --model resnet32")
    loop = Loop((gpu_work.TINY if arguments.tiny else gpu_work.WORKLOADS)["resnet32"], arguments)
    loss = loop.epoch()
    times = []
    for _ in range(1 if arguments.tiny else 3):
        start = time.perf_counter()
        loss = loop.epoch()
        gpu_work.synchronize(loop.device)
        # By images, because an epoch's last batch is smaller.
        seconds = time.perf_counter() - start
        times.append(seconds * 1000 * arguments.batch / len(loop.loader.dataset))
    return times, loss, 0.0
