"""Pictures of every kind with the grey that they stand for, by Pillow and numpy. Usage: python make_images.py"""

from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).parent
ROWS, COLUMNS = 18, 26


def luma(colour):
    return (colour.astype(int) @ [299, 587, 114] + 500) // 1000


def save(name, image, grey, **options):
    image.save(HERE / name, **options)
    (HERE / f"{name}.grey").write_bytes(np.asarray(grey, np.uint8).tobytes())


def main():
    rng = np.random.default_rng(20261124)
    rows, columns = np.mgrid[:ROWS, :COLUMNS]
    grey = ((rows * COLUMNS + columns) * 255 // (ROWS * COLUMNS - 1)).astype(np.uint8)
    deep = ((rows * COLUMNS + columns) * 65535 // (ROWS * COLUMNS - 1)).astype(np.uint16)
    colour = rng.integers(0, 256, (ROWS, COLUMNS, 3), np.uint8)
    alpha = np.where(grey > 100, 255, 128).astype(np.uint8)
    save("grey-8.png", Image.fromarray(grey), grey)
    save("grey-16.png", Image.fromarray(deep), deep >> 8)
    save("grey-alpha.png", Image.fromarray(np.dstack([grey, alpha]), "LA"), grey)
    save("rgb.png", Image.fromarray(colour), luma(colour))
    save("rgba.png", Image.fromarray(np.dstack([grey, grey, grey, alpha]), "RGBA"), grey)
    save("bits-1.png", Image.fromarray(grey > 100), (grey > 100) * 255)
    palette = Image.fromarray(grey // 16 * 16).quantize(16)
    save("palette.png", palette, np.asarray(palette.convert("L")))
    save("grey.bmp", Image.fromarray(grey), grey)
    save("rgb.bmp", Image.fromarray(colour), luma(colour))
    save("grey-8.tif", Image.fromarray(grey), grey)
    save("grey-16.tif", Image.fromarray(deep), deep >> 8, compression="tiff_lzw")
    for name, options in (("baseline", {}), ("progressive", {"progressive": True})):
        path = HERE / f"grey-{name}.jpg"
        Image.fromarray(grey).save(path, quality=90, **options)
        (HERE / f"{path.name}.grey").write_bytes(np.asarray(Image.open(path)).tobytes())
    smooth = np.dstack([grey, 255 - grey, grey[::-1]])
    Image.fromarray(smooth).save(HERE / "rgb.jpg", quality=95, subsampling=0)
    (HERE / "rgb.jpg.grey").write_bytes(luma(np.asarray(Image.open(HERE / "rgb.jpg"))).astype(np.uint8).tobytes())
    Image.fromarray(smooth).convert("CMYK").save(HERE / "cmyk.jpg", quality=95)
    (HERE / "cmyk.jpg.grey").write_bytes(
        luma(np.asarray(Image.open(HERE / "cmyk.jpg").convert("RGB"))).astype(np.uint8).tobytes())


main()
