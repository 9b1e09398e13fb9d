"""Times the same augmentation image by image in Pillow; prints one JSON object. A process of its own.

`pillow` is the leanest form: Pillow's own functions and Python's random numbers. `torchvision` is the usual form, its
transforms on Pillow images. Both end with normalised inputs of a whole batch, as ours do.
"""

import argparse
import json
import random
import statistics
import time

import numpy as np
import torch
from PIL import Image, ImageEnhance, ImageOps
from torchvision import transforms

MEAN, DEVIATION = (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)
CUTOUT = 16
PAIRS = transforms.AutoAugment(transforms.AutoAugmentPolicy.CIFAR10).policies
FILL = (128, 128, 128)


def affine(image, matrix):
    return image.transform(image.size, Image.AFFINE, matrix, Image.NEAREST, fillcolor=FILL)


def operation(image, name, level):
    """One operation of AutoAugment with the strengths of torchvision's table."""
    share = (level or 0) / 9
    sign = random.choice((-1, 1))
    if name == "ShearX":
        return affine(image, (1, sign * 0.3 * share, 0, 0, 1, 0))
    if name == "ShearY":
        return affine(image, (1, 0, 0, sign * 0.3 * share, 1, 0))
    if name == "TranslateX":
        return affine(image, (1, 0, sign * int(150 / 331 * image.width * share), 0, 1, 0))
    if name == "TranslateY":
        return affine(image, (1, 0, 0, 0, 1, sign * int(150 / 331 * image.height * share)))
    if name == "Rotate":
        return image.rotate(sign * 30 * share, Image.NEAREST, fillcolor=FILL)
    if name in ("Brightness", "Color", "Contrast", "Sharpness"):
        return getattr(ImageEnhance, name)(image).enhance(1 + sign * 0.9 * share)
    if name == "Posterize":
        return ImageOps.posterize(image, 8 - round(4 * share))
    if name == "Solarize":
        return ImageOps.solarize(image, 255 - 255 * share)
    return {"AutoContrast": ImageOps.autocontrast, "Equalize": ImageOps.equalize, "Invert": ImageOps.invert}[name](image)


def pillow(image, work):
    down, right = random.randrange(9), random.randrange(9)
    side = image.width
    # A window beyond the border is filled with black.
    image = image.crop((right - 4, down - 4, right - 4 + side, down - 4 + side))
    if random.random() < 0.5:
        image = image.transpose(Image.FLIP_LEFT_RIGHT)
    if work == "basic":
        return np.asarray(image)
    for name, probability, level in random.choice(PAIRS):
        if random.random() <= probability:
            image = operation(image, name, level)
    return cut_out(np.array(image))


def cut_out(pixels):
    height, width = pixels.shape[:2]
    row, column = random.randrange(height) - CUTOUT // 2, random.randrange(width) - CUTOUT // 2
    pixels[max(0, row) : max(0, row + CUTOUT), max(0, column) : max(0, column + CUTOUT)] = 0
    return pixels


BASIC = [transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip()]
USUAL = {
    "basic": transforms.Compose(BASIC),
    "strong": transforms.Compose(
        [*BASIC, transforms.AutoAugment(transforms.AutoAugmentPolicy.CIFAR10, fill=FILL)]
    ),
}


def torchvision(image, work):
    pixels = np.array(USUAL[work](image))
    return pixels if work == "basic" else cut_out(pixels)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--form", choices=["pillow", "torchvision"], default="pillow")
    parser.add_argument("--work", choices=["basic", "strong"], default="strong")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--warmup", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    random.seed(0)
    torch.manual_seed(0)
    function = {"pillow": pillow, "torchvision": torchvision}[arguments.form]
    images = [smooth_image(number) for number in range(arguments.batch)]
    shift = torch.tensor(MEAN).mul(255).view(1, 3, 1, 1)
    scale = torch.tensor(DEVIATION).mul(255).view(1, 3, 1, 1)
    times = []
    for number in range(arguments.warmup + arguments.steps):
        start = time.perf_counter()
        batch = np.stack([function(image, arguments.work) for image in images])
        inputs = torch.from_numpy(batch).permute(0, 3, 1, 2).float().sub_(shift).div_(scale)
        if number >= arguments.warmup:
            times.append((time.perf_counter() - start) * 1000)
    assert inputs.shape == (arguments.batch, 3, 32, 32)
    print(json.dumps({"median": statistics.median(times), "best": min(times), "steps": len(times)}))


def smooth_image(number):
    """A smooth image with a disc: histograms and borders as of a photograph's, not of noise."""
    rows, columns = np.mgrid[0:32, 0:32]
    waves = [128 + 100 * np.sin((rows * (number % 5 + 1) + columns * (number % 3)) / 9 + channel) for channel in range(3)]
    pixels = np.stack(waves, axis=2)
    disc = (rows - 16) ** 2 + (columns - number % 32) ** 2 < 60
    pixels[disc] = (number * 7 % 256, number * 31 % 256, 90)
    noise = np.random.default_rng(number).normal(0, 6, pixels.shape)
    return Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8))


if __name__ == "__main__":
    main()
