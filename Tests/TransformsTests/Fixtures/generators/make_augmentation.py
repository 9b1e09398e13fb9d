"""Writes ../augmentation.json: results of Pillow's and torchvision's image operations on small synthetic images.

    python3 make_augmentation.py      # under an interpreter that has pillow, torch, torchvision and numpy

Images are drawn here: a slanted gradient with blocks and noise, a dark flat one with few levels, a grey one, and one of
two levels. Bytes are kept as base64. The tests expect whole-number operations to agree byte for byte and state their
tolerance otherwise. Versions are recorded in the file.
"""

import base64
import json
import math
import pathlib

import numpy as np
import PIL
import torch
import torchvision
from PIL import Image, ImageEnhance, ImageOps
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F

HEIGHT, WIDTH = 16, 20


def images():
    random = np.random.default_rng(7)
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    first = np.stack([rows * 9 + columns * 3, 250 - columns * 9, (rows * columns) % 256], axis=2)
    first[4:9, 5:14] = (220, 30, 60)
    first[10:14, 12:19] = (20, 160, 240)
    first = np.clip(first + random.integers(-12, 13, first.shape), 0, 255)
    second = np.full((HEIGHT, WIDTH, 3), (30, 34, 60))
    second[6:12, 8:17] = (90, 35, 61)
    second[0, 0] = (31, 36, 64)
    third = np.repeat((rows * 5 + columns * 5)[..., None] % 256, 3, axis=2)
    fourth = np.where(random.random((HEIGHT, WIDTH, 1)) < 0.5, 255, 0) * np.array([1, 1, 0]) + np.array([0, 0, 7])
    return [np.ascontiguousarray(p.astype(np.uint8)) for p in (first, second, third, fourth)]


def text(array):
    return base64.b64encode(np.ascontiguousarray(array).astype(np.uint8).tobytes()).decode()


def affine(image, matrix, resample, fill):
    return image.transform(image.size, Image.AFFINE, matrix, resample, fillcolor=(fill,) * 3)


RESAMPLES = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}
MODES = {
    "nearest": InterpolationMode.NEAREST, "bilinear": InterpolationMode.BILINEAR, "bicubic": InterpolationMode.BICUBIC
}


def operations():
    """(operation, magnitude, interpolation, fill, function on a PIL image)"""
    result = []

    def add(name, magnitude, function, interpolation="nearest", fill=0):
        result.append((name, magnitude, interpolation, fill, function))

    for kind, resample in RESAMPLES.items():
        for magnitude in (0.3, -0.2, 0.11):
            fill = 128 if kind == "nearest" else 40
            add("shearX", magnitude, lambda i, m=magnitude, r=resample, f=fill: affine(i, (1, m, 0, 0, 1, 0), r, f), kind, fill)
            add("shearY", magnitude, lambda i, m=magnitude, r=resample, f=fill: affine(i, (1, 0, 0, m, 1, 0), r, f), kind, fill)
        for magnitude in (7, -3, 2.5):
            add("translateX", magnitude, lambda i, m=magnitude, r=resample: affine(i, (1, 0, -m, 0, 1, 0), r, 0), kind)
            add("translateY", magnitude, lambda i, m=magnitude, r=resample: affine(i, (1, 0, 0, 0, 1, -m), r, 0), kind)
        for magnitude in (0.0, 30.0, -17.5, 135.0, 180.0):
            add("rotate", magnitude, lambda i, m=magnitude, r=resample: i.rotate(m, r, fillcolor=(128,) * 3), kind, 128)
    # torchvision's own calls of the policies, with whole shifts
    for magnitude in (0.15, -0.3):
        add("shearX", magnitude, lambda i, m=magnitude: F.affine(
            i, 0.0, [0, 0], 1.0, [math.degrees(math.atan(m)), 0.0], MODES["nearest"], [128] * 3, center=[0, 0]), fill=128)
        add("shearY", magnitude, lambda i, m=magnitude: F.affine(
            i, 0.0, [0, 0], 1.0, [0.0, math.degrees(math.atan(m))], MODES["nearest"], [128] * 3, center=[0, 0]), fill=128)
    for magnitude in (5, -9):
        add("translateX", magnitude, lambda i, m=magnitude: F.affine(
            i, 0.0, [m, 0], 1.0, [0.0, 0.0], MODES["nearest"], [128] * 3), fill=128)
        add("translateY", magnitude, lambda i, m=magnitude: F.affine(
            i, 0.0, [0, m], 1.0, [0.0, 0.0], MODES["nearest"], [128] * 3), fill=128)
    for factor in (0.1, 0.55, 1.0, 1.3, 1.9, 0.0):
        add("brightness", factor, lambda i, f=factor: ImageEnhance.Brightness(i).enhance(f))
        add("contrast", factor, lambda i, f=factor: ImageEnhance.Contrast(i).enhance(f))
        add("saturation", factor, lambda i, f=factor: ImageEnhance.Color(i).enhance(f))
        add("sharpness", factor, lambda i, f=factor: ImageEnhance.Sharpness(i).enhance(f))
    for threshold in (0, 28.3, 128, 255, 256):
        add("solarize", threshold, lambda i, t=threshold: ImageOps.solarize(i, t))
    for bits in (1, 4, 7, 8):
        add("posterize", bits, lambda i, b=bits: ImageOps.posterize(i, b))
    add("equalize", 0, ImageOps.equalize)
    add("autoContrast", 0, ImageOps.autocontrast)
    add("invert", 0, ImageOps.invert)
    for amount in (0, 33, 110):
        table = [min(255, i + amount) if i < 128 else i for i in range(256)]
        add("solarizeAdd", amount, lambda i, t=table: i.point(t * 3))
    for share in (-0.5, -0.1, 0.0, 0.05, 0.31):
        add("hue", share, lambda i, s=share: F.adjust_hue(i, s))
    return result


def main():
    images = [Image.fromarray(p) for p in images()]
    cases = []
    for name, magnitude, interpolation, fill, function in operations():
        results = np.stack([np.asarray(function(i)) for i in images])
        cases.append({"operation": name, "magnitude": magnitude, "interpolation": interpolation, "fill": fill,
                      "pixels": text(results)})
    other = []

    def add(name, function, **parameters):
        results = np.stack([np.asarray(function(i)) for i in images])
        other.append({"name": name, **parameters, "height": results.shape[1], "width": results.shape[2],
                      "pixels": text(results)})

    add("grey", lambda i: F.rgb_to_grayscale(i, 3))
    for radius, sigma in ((1, 0.5), (2, 1.3), (4, 2.0), (2, 0.1)):
        add("blur", lambda i, r=radius, s=sigma: F.gaussian_blur(i, [2 * r + 1] * 2, [s, s]), radius=radius, sigma=sigma)
    for kind in MODES:
        for size in ((9, 11), (23, 31), (16, 13), (16, 20)):
            add("resize", lambda i, s=size, k=kind: i.resize((s[1], s[0]), RESAMPLES[k]), interpolation=kind)
        for top, left, height, width in ((0, 0, 16, 20), (3, 5, 9, 7), (10, 2, 6, 18), (15, 19, 1, 1)):
            add("resizedCrop", lambda i, w=(top, left, height, width), k=kind: F.resized_crop(i, *w, [13, 13], MODES[k]),
                interpolation=kind, window=[top, left, height, width])
    add("tenCrops", lambda i: np.concatenate([np.asarray(c) for c in F.ten_crop(F.resize(i, 14), 12)]), shorterEdge=14, size=12)
    add("middle", lambda i: F.center_crop(F.resize(i, 12), 9), shorterEdge=12, size=9)
    file = {
        "generator": f"pillow {PIL.__version__}, torchvision {torchvision.__version__}, torch {torch.__version__}",
        "height": HEIGHT, "width": WIDTH, "images": text(np.stack(images())), "operations": cases, "others": other,
    }
    path = pathlib.Path(__file__).parent.parent / "augmentation.json"
    path.write_text(json.dumps(file, indent=0) + "\n")
    print(path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
