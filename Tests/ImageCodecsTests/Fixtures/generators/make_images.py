"""Writes the image fixtures and what they should decode to.

    python -m pip install "pillow>=11" "numpy>=2"
    python Tests/ImageCodecsTests/Fixtures/generators/make_images.py

For every `images/NAME.jpg|png` there is the same name with `.rgb`: the bytes [height, width, 3] that Pillow decodes.
"""

import io
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "images"
WIDTH, HEIGHT = 26, 18


def image(width=WIDTH, height=HEIGHT):
    """A smooth image without symmetry, so that every turn of it differs."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    red = 255 * x / (width - 1)
    green = 255 * y / (height - 1)
    blue = 255 * ((x - width / 3) ** 2 + (y - height / 4) ** 2 < (height / 3) ** 2) * 0.8
    return Image.fromarray(np.stack([red, green, blue], -1).astype(np.uint8), "RGB")


def keep(name, data, expected):
    (FOLDER / name).write_bytes(data)
    (FOLDER / f"{name}.rgb").write_bytes(np.asarray(expected.convert("RGB")).tobytes())


def saved(image, **options):
    stream = io.BytesIO()
    image.save(stream, **options)
    return stream.getvalue()


def opened(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def jpeg(name, image, **options):
    data = saved(image, format="JPEG", **{"quality": 92, "subsampling": 0, **options})
    keep(name, data, ImageOps.exif_transpose(opened(data)))


def png(name, image, expected=None, **options):
    data = saved(image, format="PNG", **options)
    keep(name, data, opened(data) if expected is None else expected)


def over(image, background):
    """Straight alpha over a background, rounded to nearest."""
    rgba = np.asarray(image.convert("RGBA")).astype(np.int64)
    alpha = rgba[..., 3:]
    flat = (rgba[..., :3] * alpha + np.array(background) * (255 - alpha) + 127) // 255
    return Image.fromarray(flat.astype(np.uint8), "RGB")


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def resized(image, size):
    """Width first, then height; Pillow 13 may take the other order when that is cheaper, which rounds differently."""
    return image.resize((size[0], image.height), Image.Resampling.BILINEAR).resize(size, Image.Resampling.BILINEAR)


def raw_png(width, height, depth, color, rows, interlace=0):
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace)
    body = zlib.compress(b"".join(b"\0" + row for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def interlaced(image):
    """Adam7 by hand; Pillow reads it but does not write it."""
    pixels = np.asarray(image)
    height, width = pixels.shape[:2]
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    rows = []
    for x0, y0, dx, dy in passes:
        part = pixels[y0::dy, x0::dx]
        if part.size:
            rows += [row.tobytes() for row in part]
    return raw_png(width, height, 8, 2, rows, interlace=1)


def detailed(width, height):
    """Noise over edges over a slope: coefficients of every size, long and short codes."""
    random = np.random.default_rng(7)
    y, x = np.mgrid[0:height, 0:width].astype(float)
    pixels = np.stack([x * 2, y * 3, 255 - x - y], -1) + random.normal(0, 25, (height, width, 3))
    pixels[height // 3 :, width // 2 :] *= 0.4
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8), "RGB")


def more_jpegs(image):
    """The ways in which colour is stored, restart markers, tables of one's own, and inks as brightness and colour."""
    photo = detailed(83, 59)
    for name, subsampling in {"444": "4:4:4", "422": "4:2:2", "420": "4:2:0"}.items():
        jpeg(f"photo-{name}.jpg", photo, subsampling=subsampling, quality=80)
    jpeg("photo-best.jpg", photo, subsampling="4:2:0", quality=100)
    jpeg("photo-worst.jpg", photo, subsampling="4:2:0", quality=10)
    jpeg("photo-optimal.jpg", photo, subsampling="4:2:0", quality=97, optimize=True)
    jpeg("photo-progressive.jpg", photo, subsampling="4:2:0", quality=90, progressive=True)
    jpeg("photo-restart.jpg", photo, subsampling="4:2:0", quality=85, restart_marker_blocks=4)
    jpeg("photo-grey.jpg", photo.convert("L"), quality=85)
    exif = Image.Exif()
    exif[0x0112] = 7
    jpeg("photo-turned.jpg", photo, subsampling="4:2:0", quality=85, exif=exif)
    jpeg("dot.jpg", image.crop((3, 3, 4, 4)))
    inks = bytearray(saved(image.convert("CMYK"), format="JPEG", quality=92, subsampling=0))
    mark = inks.index(b"Adobe")
    inks[mark + 11] = 2  # the colour transform: YCCK
    keep("ycck.jpg", bytes(inks), opened(bytes(inks)))


def turned_pngs(image):
    """The orientation in the chunk eXIf, in front of the image and behind it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    note = chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0"))
    plain = saved(image, format="PNG")
    begin, end = plain.index(b"IDAT") - 4, plain.index(b"IEND") - 4
    for name, place in {"turned-front.png": begin, "turned-behind.png": end}.items():
        keep(name, plain[:place] + note + plain[place:], image.transpose(Image.Transpose.ROTATE_270))


def webps(image, alpha):
    photo = detailed(83, 59)

    def webp(name, image, expected=None, **options):
        data = saved(image, format="WEBP", **options)
        keep(name, data, opened(data) if expected is None else expected(opened(data)))

    webp("photo.webp", photo, quality=85)
    webp("photo-lossless.webp", photo, lossless=True)
    webp("alpha-lossless.webp", alpha, lambda opened: over(opened, (10, 200, 30)), lossless=True, exact=True)
    webp("alpha.webp", alpha, lambda opened: over(opened, (10, 200, 30)), quality=90)
    exif = Image.Exif()
    exif[0x0112] = 8
    webp("turned.webp", photo, ImageOps.exif_transpose, quality=85, exif=exif)
    frames = [image, image.rotate(180)]
    (FOLDER / "animated.webp").write_bytes(
        saved(frames[0], format="WEBP", save_all=True, append_images=frames[1:], lossless=True)
    )


def main():
    FOLDER.mkdir(exist_ok=True)
    image = image()
    jpeg("rgb.jpg", image)
    jpeg("subsampled.jpg", image, subsampling=2, quality=85)
    jpeg("progressive.jpg", image, progressive=True)
    jpeg("grey.jpg", image.convert("L"))
    jpeg("cmyk.jpg", image.convert("CMYK"))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        jpeg(f"orientation-{orientation}.jpg", image, exif=exif)
    big_endian = Image.Exif()
    big_endian.endian = ">"
    big_endian[0x0112] = 6
    jpeg("orientation-big-endian.jpg", image, exif=big_endian)

    png("rgb.png", image)
    png("grey.png", image.convert("L"))
    png("bits.png", image.convert("1"))
    png("palette.png", image.quantize(16))
    data = interlaced(image)
    keep("interlaced.png", data, opened(data))

    alpha = image.copy()
    alpha.putalpha(Image.fromarray(np.linspace(0, 255, WIDTH * HEIGHT).astype(np.uint8).reshape(HEIGHT, WIDTH)))
    png("alpha.png", alpha, over(alpha, (10, 200, 30)))
    clear = image.quantize(16)
    clear.info["transparency"] = 3
    data = saved(clear, format="PNG", transparency=3)
    keep("palette-clear.png", data, over(opened(data), (10, 200, 30)))

    # 16 bits: the image's bytes scaled by 257, so that 8 bits give it back exactly.
    wide = np.asarray(image).astype(">u2") * 257
    data = raw_png(WIDTH, HEIGHT, 16, 2, [row.astype(">u2").tobytes() for row in wide])
    keep("deep.png", data, image)

    more_jpegs(image)
    turned_pngs(image)
    webps(image, alpha)

    for name, size in {"smaller": (11, 7), "larger": (40, 31), "narrow": (5, 18), "mixed": (60, 6)}.items():
        (FOLDER / f"resized-{name}-{size[0]}x{size[1]}.rgb").write_bytes(resized(image, size).tobytes())
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (37, 53, 3), dtype=np.uint8), "RGB")
    (FOLDER / "noise.png").write_bytes(saved(noise, format="PNG"))
    (FOLDER / "noise.png.rgb").write_bytes(noise.tobytes())
    (FOLDER / "noise-resized-16x9.rgb").write_bytes(resized(noise, (16, 9)).tobytes())


if __name__ == "__main__":
    main()
