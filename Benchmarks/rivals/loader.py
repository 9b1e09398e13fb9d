"""Decodes images, cuts a random part out, resizes it to a square and mirrors it at random, with a library of Python; prints one JSON
object. Everything runs on one thread; the processor time of an image is measured, so that other programs hardly disturb it.

A library that is not installed is reported as null.
"""

import argparse
import glob
import io
import json
import math
import os
import random
import statistics
import time

import numpy as np

SIDE = 224


def window(generator, width, height):
    """A share of the area of 0.08 to 1, a ratio of 3/4 to 4/3 uniform in its logarithm, ten tries, then the middle."""
    for _ in range(10):
        area = width * height * generator.uniform(0.08, 1)
        ratio = math.exp(generator.uniform(math.log(3 / 4), math.log(4 / 3)))
        part_width, part_height = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 0 < part_width <= width and 0 < part_height <= height:
            x, y = generator.randint(0, width - part_width), generator.randint(0, height - part_height)
            return x, y, part_width, part_height
    side = min(width, height)
    return (width - side) // 2, (height - side) // 2, side, side


def mirrored(pixels, generator):
    return np.ascontiguousarray(pixels[:, ::-1] if generator.random() < 0.5 else pixels)


def pillow(generator):
    from PIL import Image

    def work(data):
        image = Image.open(io.BytesIO(data)).convert("RGB")
        x, y, width, height = window(generator, *image.size)
        image = image.resize((SIDE, SIDE), Image.Resampling.BILINEAR, box=(x, y, x + width, y + height))
        return mirrored(np.asarray(image), generator)

    return work


def opencv_part(cv2, pixels, part, generator):
    x, y, width, height = part
    # The antialiased filter when the part becomes smaller, else the interpolating one: what gives the quality of the others.
    kind = cv2.INTER_AREA if min(width, height) > SIDE else cv2.INTER_LINEAR
    return mirrored(cv2.resize(pixels[y : y + height, x : x + width], (SIDE, SIDE), interpolation=kind), generator)


def opencv(generator):
    import cv2

    cv2.setNumThreads(1)

    def work(data):
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
        return opencv_part(cv2, pixels, window(generator, pixels.shape[1], pixels.shape[0]), generator)

    return work


def simplejpeg(generator):
    import cv2
    import simplejpeg

    cv2.setNumThreads(1)

    def work(data):
        pixels = simplejpeg.decode_jpeg(data)
        return opencv_part(cv2, pixels, window(generator, pixels.shape[1], pixels.shape[0]), generator)

    return work


def simplejpeg_fast(generator):
    """With a smaller scale where the part allows it, the fast transform and the fast upsampling: less exact."""
    import cv2
    import simplejpeg

    cv2.setNumThreads(1)

    def work(data):
        height, width = simplejpeg.decode_jpeg_header(data)[:2]
        x, y, part_width, part_height = window(generator, width, height)
        scale = min(1, SIDE / min(part_width, part_height))
        pixels = simplejpeg.decode_jpeg(
            data, min_height=max(1, int(height * scale)), min_width=max(1, int(width * scale)), min_factor=1,
            fastdct=True, fastupsample=True
        )
        factor = pixels.shape[1] / width
        part = [int(value * factor) for value in (x, y, part_width, part_height)]
        return opencv_part(cv2, pixels, (part[0], part[1], max(1, part[2]), max(1, part[3])), generator)

    return work


def torchvision(generator):
    import torch
    from torchvision.io import decode_jpeg
    from torchvision.transforms import v2

    torch.set_num_threads(1)
    change = v2.Compose([v2.RandomResizedCrop(SIDE, antialias=True), v2.RandomHorizontalFlip()])

    def work(data):
        return change(decode_jpeg(torch.frombuffer(bytearray(data), dtype=torch.uint8)))

    return work


LIBRARIES = {
    "pillow": pillow, "torchvision": torchvision, "opencv": opencv, "simplejpeg": simplejpeg,
    "simplejpeg-fast": simplejpeg_fast,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", choices=LIBRARIES)
    parser.add_argument("folder")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--threads", type=int, default=1, help="ignored: one thread")
    arguments = parser.parse_args()
    paths = sorted(glob.glob(os.path.join(arguments.folder, "*.jp*g")))
    try:
        work = LIBRARIES[arguments.library](random.Random(0))
    except ImportError:
        print(json.dumps(None))
        return
    for path in paths[:8]:
        work(open(path, "rb").read())
    times, end = [], time.perf_counter() + arguments.seconds
    while time.perf_counter() < end or not times:
        start = time.process_time()
        for path in paths:
            # Files are read anew each time, as ours are.
            with open(path, "rb") as file:
                work(file.read())
        times.append((time.process_time() - start) / len(paths) * 1000)
    print(json.dumps({"median": statistics.median(times), "best": min(times), "passes": len(times)}))


if __name__ == "__main__":
    main()
