"""What the rivals on a GPU train: a model, images that lie in its memory, and one training step over them."""

import dataclasses

import torch
import torchvision
from torch import nn
from torch.nn import functional

from rivals import resnet

MEAN = (0.4914, 0.4822, 0.4465)
DEVIATION = (0.2023, 0.1994, 0.2010)
PADDING = 4


@dataclasses.dataclass(frozen=True)
class Workload:
    """A model with the images it is trained on."""

    model: str
    side: int
    classes: int
    images: int
    balanced: bool  # Balanced Softmax over long-tailed counts, else cross-entropy


WORKLOADS = {
    "resnet32": Workload("resnet32", 32, 100, 10_847, True),
    "resnet50": Workload("resnet50", 224, 1000, 1_792, False),
    "vit_b_16": Workload("vit_b_16", 224, 1000, 1_792, False),
}

TINY = {
    "resnet32": Workload("resnet32", 32, 100, 128, True),
    "resnet50": Workload("resnet50", 32, 10, 32, False),
    "vit_b_16": Workload("vit_b_16", 32, 10, 32, False),
}


def long_tailed_counts(classes=100, largest=500, factor=100.0):
    """Exponentially falling class counts; the defaults sum to the 10,847 images of CIFAR-100-LT."""
    return [int(largest * factor ** (-index / (classes - 1))) for index in range(classes)]


def build_model(workload, tiny):
    if workload.model == "resnet32":
        return resnet.ResNet(depth=8 if tiny else 32, classes=workload.classes)
    if workload.model == "resnet50":
        return torchvision.models.resnet50(num_classes=workload.classes)
    if tiny:
        return torchvision.models.VisionTransformer(
            image_size=32, patch_size=16, num_layers=2, num_heads=2, hidden_dim=32, mlp_dim=64, num_classes=10
        )
    return torchvision.models.vit_b_16(num_classes=workload.classes)


class Images:
    """Images as bytes on the device, padded once; a batch is a random crop and flip of each, all in one gather."""

    def __init__(self, pixels, labels, device):
        """Takes bytes [count, side, side, 3] and labels [count]."""
        count, self.side = pixels.shape[:2]
        self.row = self.side + 2 * PADDING
        padded = functional.pad(pixels, (0, 0, PADDING, PADDING, PADDING, PADDING))
        self.pixels = padded.reshape(count * self.row * self.row, 3).to(device)
        self.labels = labels.to(device)
        rows = torch.arange(self.side, device=device)[:, None] * self.row
        columns = torch.arange(self.side, device=device)
        self.plain, self.mirrored = rows + columns, rows + columns.flip(0)
        deviation = torch.tensor(DEVIATION, device=device)
        self.scale = 1 / (255 * deviation)
        self.shift = -torch.tensor(MEAN, device=device) / deviation

    @staticmethod
    def noise(workload, device):
        generator = torch.Generator().manual_seed(0)
        shape = (workload.images, workload.side, workload.side, 3)
        pixels = torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)
        shares = torch.tensor(class_counts(workload), dtype=torch.float32)
        labels = torch.multinomial(shares, workload.images, replacement=True, generator=generator)
        return Images(pixels, labels, device)

    def batch(self, indices):
        """Augmented images, float32 [batch, 3, side, side]; in memory the channels come last."""
        count = len(indices)
        device = indices.device
        offsets = torch.randint(0, 2 * PADDING + 1, (2, count), device=device)
        flips = torch.rand(count, device=device) < 0.5
        return self._gather(indices, offsets, flips)

    def centre(self, indices):
        """The images as they are, normalised."""
        offsets = torch.full((2, len(indices)), PADDING, device=indices.device)
        return self._gather(indices, offsets, torch.zeros(len(indices), dtype=torch.bool, device=indices.device))

    def _gather(self, indices, offsets, flips):
        begin = indices * self.row * self.row + offsets[0] * self.row + offsets[1]
        places = torch.where(flips[:, None, None], self.mirrored, self.plain) + begin[:, None, None]
        chosen = self.pixels.index_select(0, places.view(-1)).view(len(indices), self.side, self.side, 3)
        return (chosen * self.scale + self.shift).permute(0, 3, 1, 2)


def class_counts(workload):
    """The counts that labels are drawn from, and the prior of Balanced Softmax."""
    return long_tailed_counts(workload.classes) if workload.balanced else [1] * workload.classes


@dataclasses.dataclass(frozen=True)
class Form:
    """How a rival computes."""

    bfloat16: bool = False
    channels_last: bool = False
    tensor_float32: bool = False
    compile_mode: str | None = None
    captured: bool = False


class TrainingStep:
    """A training step in plain PyTorch: gather, crop, flip, model, loss, backward, SGD. Nothing waits for the device."""

    def __init__(self, model, images, batch, form, log_prior=None, learning_rate=0.01, keeps_rest=False):
        """Prepares a step; `keeps_rest` says whether the smaller last batch of an epoch is trained on."""
        self.device = images.labels.device
        self.model = model.to(self.device).train()
        if form.channels_last:
            self.model = self.model.to(memory_format=torch.channels_last)
        self.images, self.batch, self.form = images, batch, form
        self.log_prior = None if log_prior is None else log_prior.to(self.device)
        self.loss = self._loss
        # A learning rate on the device may change without a new capture.
        rate = torch.tensor(learning_rate, device=self.device) if form.captured else learning_rate
        self.optimizer = torch.optim.SGD(
            self.model.parameters(), lr=rate, momentum=0.9, weight_decay=2e-4, fused=True
        )
        self.keeps_rest = keeps_rest
        self.order = torch.randperm(len(images.labels), device=self.device)
        self.position = 0
        self.last_loss = None

    def prepare(self, tiny=False):
        """Compiles or captures, where the form says so."""
        if self.form.compile_mode:
            # Without a GPU only the path is tried, which needs no code generator.
            how = {"backend": "aot_eager"} if tiny else {"mode": self.form.compile_mode}
            self.loss = torch.compile(self._loss, dynamic=False, **how)
        if self.form.captured:
            self.indices = self.order[: self.batch].clone()
            if self.device.type == "cuda":
                self._capture()
        for _ in range(1 if tiny else 3):
            self()

    def __call__(self):
        chosen = self._next_indices()
        if not self.form.captured:
            self._compute(chosen)
            return
        self.indices.copy_(chosen)
        if self.device.type == "cuda":
            self.graph.replay()
        else:
            self._compute(self.indices)

    def _next_indices(self):
        if self.position + (1 if self.keeps_rest else self.batch) > len(self.order):
            self.order = torch.randperm(len(self.order), device=self.device)
            self.position = 0
        begin, self.position = self.position, self.position + self.batch
        return self.order[begin : begin + self.batch]

    def _loss(self, images, labels):
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.form.bfloat16):
            logits = self.model(images)
        logits = logits.float()
        if self.log_prior is not None:
            logits = logits + self.log_prior
        return functional.cross_entropy(logits, labels)

    def _compute(self, indices):
        self.optimizer.zero_grad(set_to_none=True)
        images = self.images.batch(indices)
        if not self.form.channels_last:
            images = images.contiguous()
        if self.form.compile_mode == "max-autotune" and self.device.type == "cuda":
            torch.compiler.cudagraph_mark_step_begin()
        loss = self.loss(images, self.images.labels.index_select(0, indices))
        loss.backward()
        self.optimizer.step()
        self.last_loss = loss.detach()

    def _capture(self):
        """Records the whole step as one graph, after steps on a side stream that let libraries choose their kernels."""
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self._compute(self.indices)
        torch.cuda.current_stream().wait_stream(side)
        torch.cuda.synchronize()
        self.graph = torch.cuda.CUDAGraph()
        self.optimizer.zero_grad(set_to_none=True)
        with torch.cuda.graph(self.graph):
            self._compute(self.indices)


def log_prior(workload):
    counts = torch.tensor(class_counts(workload), dtype=torch.float32)
    return (counts / counts.sum()).log() if workload.balanced else None


def synchronize(device):
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def set_tensor_float32(allowed):
    torch.backends.cuda.matmul.allow_tf32 = allowed
    torch.backends.cudnn.allow_tf32 = allowed


def peak_bytes(device):
    """The most memory that tensors took on the device so far; None on the processor."""
    return torch.cuda.max_memory_allocated(device) if device.type == "cuda" else None
