"""Masks and their runs in every coding, by numpy alone. Usage: python make_rle.py"""

import json
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def runs(flat):
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flat, [0]])))
    return edges[::2], edges[1::2] - edges[::2]


def encode(mask, relative, first, column_major):
    starts, lengths = runs(mask.flatten(order="F" if column_major else "C").astype(int))
    if starts.size == 0:
        return "-1"
    if relative:
        ends = starts + lengths
        starts = np.concatenate([[starts[0] + first], starts[1:] - ends[:-1]])
    else:
        starts = starts + first
    return " ".join(f"{s} {n}" for s, n in zip(starts, lengths))


def main():
    rng = np.random.default_rng(20261124)
    cases = []
    for width, height in [(1, 1), (7, 5), (5, 7), (16, 16), (33, 12)]:
        rows, columns = np.mgrid[:height, :width]
        disc = (rows - height / 2) ** 2 + (columns - width / 3) ** 2 <= (min(width, height) / 3) ** 2
        noise = rng.random((height, width)) < 0.4
        full = np.ones((height, width), bool)
        for mask in (disc, noise, full, ~full):
            codings = {
                f"{'relative' if relative else 'absolute'} {first} {'column' if column else 'row'}":
                    encode(mask, relative, first, column)
                for relative in (True, False) for first in (0, 1) for column in (True, False)
            }
            rowwise = "".join("#" if cell else "." for cell in mask.flatten())
            cases.append({"width": width, "height": height, "mask": rowwise, "runs": codings})
    (HERE / "masks.json").write_text(json.dumps(cases, indent=1) + "\n")


main()
