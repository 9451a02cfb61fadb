"""Makes the golden masks of this folder: the transforms of MaskTransform by NumPy and SciPy.

python generate.py
"""

import json
import math

import numpy as np
from PIL import Image
from scipy.interpolate import BSpline
from scipy.ndimage import map_coordinates

M = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M
    return z ^ (z >> 31)


def units(seed, count):
    state = mix((seed + GOLDEN) & M)
    result = []
    for _ in range(count):
        state = (state + GOLDEN) & M
        result.append((mix(state) >> 11) / 2**53)
    return np.array(result)


def weights(at, grid):
    """Rows: points; columns: cubic B-spline weights of the grid + 3 vectors."""
    knots = np.arange(-3, grid + 4, dtype=float)
    return BSpline.design_matrix(np.clip(at, 0, grid - 1e-12), knots, 3).toarray()


def transform(mask, p):
    height, width = mask.shape
    y, x = np.mgrid[0:height, 0:width] + 0.5
    a = math.radians(p["rotateDegrees"])
    rotate = np.array([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]])
    shear = np.array([[1, math.tan(math.radians(p["shearDegrees"]))], [0, 1]])
    flip = np.diag([-1.0 if p["flip"] else 1.0, 1.0])
    inverse = np.linalg.inv(p["scale"] * rotate @ shear @ flip)
    centre = np.array([width / 2, height / 2])
    shift = np.array([p["shiftX"] * width, p["shiftY"] * height])
    points = np.stack([x.ravel(), y.ravel()], 1)
    points = (points - centre - shift) @ inverse.T + centre
    if "elastic" in p:
        e = p["elastic"]
        side = e["grid"] + 3
        vectors = (2 * units(e["seed"], 2 * side * side) - 1) * e["amplitude"] * min(width, height)
        vectors = vectors.reshape(side, side, 2)
        wx = weights(points[:, 0] * e["grid"] / width, e["grid"])
        wy = weights(points[:, 1] * e["grid"] / height, e["grid"])
        points = points + np.einsum("pi,pj,ijc->pc", wy, wx, vectors)
    padded = np.pad(mask.astype(float), 2)
    values = map_coordinates(padded, [points[:, 1] + 1.5, points[:, 0] + 1.5], order=1, cval=0)
    return (values >= 0.5).reshape(mask.shape)


def affine(flip, rotate, scale, sx, sy, shear, elastic=None):
    p = dict(flip=flip, rotateDegrees=rotate, scale=scale, shiftX=sx, shiftY=sy, shearDegrees=shear)
    return p | ({"elastic": elastic} if elastic else {})


CASES = [
    affine(False, 7.3, 1.07, 0.031, -0.042, 0.0),
    affine(True, -11.9, 0.91, -0.05, 0.02, 4.4),
    affine(False, 0.0, 1.0, 0.0, 0.0, 0.0, dict(grid=4, amplitude=0.06, seed=12345)),
    affine(True, 9.1, 1.1, 0.02, 0.03, -5.0, dict(grid=7, amplitude=0.03, seed=2**64 - 9)),
]


def main():
    height, width = 120, 150
    y, x = np.mgrid[0:height, 0:width] + 0.5
    lungs = ((x - 48) / 27) ** 2 + ((y - 60) / 44) ** 2 <= 1
    lungs |= ((x - 104) / 24) ** 2 + ((y - 57) / 41) ** 2 <= 1
    lungs &= ~(((x - 82) / 22) ** 2 + ((y - 80) / 18) ** 2 <= 1)
    Image.fromarray(lungs.astype(np.uint8) * 255).save("before.png")
    for number, case in enumerate(CASES):
        moved = transform(lungs, case)
        Image.fromarray(moved.astype(np.uint8) * 255).save(f"{number}.png")
        with open(f"{number}.json", "w") as file:
            json.dump(case, file)
            file.write("\n")


main()
