"""Compares the loader with Pillow, torchvision, OpenCV and simplejpeg: decode, random part, resize to 224, mirror, as bytes.

The same JPEG files for all, one core each, in turn (A B A B ...). The measure is processor time for a picture, all of the process
included; for two threads it is pictures a second of two workers over one. Bars:

- at least 1.8 times as fast as Pillow, and no slower than the fastest of the others;
- with a decoded cache (shorter side 256) at least 10 times as fast as Pillow from files;
- two workers at least 1.9 times as fast as one (needs a machine without other work).

    python Benchmarks/compare_loader.py --record                  # 96 drawn photographs, 500 x 375 at quality 91
    python Benchmarks/compare_loader.py --folder photos --record  # your own

under an interpreter that has pillow and numpy, and what is to be compared of torch 2.11.0 with torchvision, opencv-python-headless and
simplejpeg.
"""

import os
import sys
import tempfile

import harness

RIVALS = ["pillow", "torchvision", "opencv", "simplejpeg", "simplejpeg-fast"]
# The last one is less exact than the others, so it is shown but is no bar; ours has the same choice.
EXACT = RIVALS[:-1]


def main():
    parser = harness.parser(__doc__)
    parser.add_argument("--folder", help="a folder of JPEG files (default: drawn ones)")
    parser.add_argument("--count", type=int, default=96, help="how many are drawn")
    parser.add_argument("--seconds", type=float, default=3, help="of a round")
    arguments = harness.parse(parser)
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or temporary
        if not arguments.folder:
            draw(temporary, arguments.count)
        values = harness.alternate(contestants(arguments, os.path.abspath(folder)), arguments.rounds)
    missing = [name for name in RIVALS if values[name][0].get("median") is None]
    for name in missing:
        print(f"{name} is not installed and left out", file=sys.stderr)
    times = {
        name: harness.median([value["median"] for value in rounds])
        for name, rounds in values.items()
        if name not in missing
    }
    report(arguments, times)
    speeds = {name: harness.median([value["rate"] for value in values[name]]) for name in ("ours", "two workers")}
    return harness.verdict(bars(times, speeds))


def contestants(arguments, folder):
    common = ["bench", "loader", folder, "--seconds", arguments.seconds]

    def ours(*options):
        def measure():
            found = harness.run_tool(arguments.tool, [*common, *options], 1, takes_threads=False)["runs"][-1]
            return {"median": found["processorMillisecondsPerImage"], "rate": found["imagesPerSecond"]}

        return measure

    def rival(name):
        return lambda: harness.run_rival("loader", [name, folder, "--seconds", arguments.seconds], 1) or {}

    result = {
        "ours": ours("--workers", 1), "two workers": ours("--workers", 2),
        "fast": ours("--workers", 1, "--quality", "fast"), "cache": ours("--workers", 1, "--cache"),
    }
    return result | {name: rival(name) for name in RIVALS}


def report(arguments, times):
    table = harness.Table(arguments.record)
    work = "loader, crop 224" + (" of own files" if arguments.folder else " of 500 x 375 at quality 91")
    for name in RIVALS:
        if name in times:
            ours = "fast" if name == "simplejpeg-fast" else "ours"
            table.add(work, f"files, {name}, processor time", times[ours], times[name], "ms/image", arguments.rounds)
    if "pillow" in times:
        table.add(
            work, "decoded cache, pillow from files, processor time", times["cache"], times["pillow"], "ms/image",
            arguments.rounds)
    table.finish()


def bars(times, speeds):
    result = []
    if "pillow" in times:
        factor = times["pillow"] / times["ours"]
        result.append((f"{factor:.2f} times as fast as Pillow (at least 1.8)", factor >= 1.8))
        factor = times["pillow"] / times["cache"]
        result.append((f"decoded cache: {factor:.1f} times as fast as Pillow (at least 10)", factor >= 10))
    others = {name: times[name] for name in EXACT if name in times and name != "pillow"}
    if others:
        best = min(others, key=others.get)
        factor = others[best] / times["ours"]
        result.append((f"{factor:.2f} times as fast as the fastest other, {best} (at least 1)", factor >= 1))
    factor = speeds["two workers"] / speeds["ours"]
    result.append((f"two workers: {factor:.2f} times as fast as one (at least 1.9)", factor >= 1.9))
    return result


def draw(folder, count):
    """Pictures with the spectrum of photographs (amplitude falling with frequency) and some edges."""
    import numpy as np
    from PIL import Image

    width, height = 500, 375
    random = np.random.default_rng(0)
    across, down = np.fft.rfftfreq(width)[None, :], np.fft.fftfreq(height)[:, None]
    amplitude = 1 / np.maximum(np.hypot(across, down), 1 / width) ** 1.15

    def field(strength):
        values = np.fft.irfft2(amplitude * np.exp(2j * np.pi * random.random(amplitude.shape)), (height, width))
        return values / values.std() * strength

    for number in range(count):
        light = 120 + field(45)
        pixels = np.stack([light + field(14) for _ in range(3)], -1)
        for _ in range(12):
            x, y = random.integers(0, width - 20), random.integers(0, height - 20)
            pixels[y : y + random.integers(10, height // 2), x : x + random.integers(10, width // 2)] += random.normal(0, 30, 3)
        image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
        image.save(os.path.join(folder, f"{number:03}.jpg"), quality=91, subsampling="4:2:0")


if __name__ == "__main__":
    sys.exit(main())
