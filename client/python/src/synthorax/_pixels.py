"""Pictures as arrays and as PNG."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image as Picture

Pixels = npt.NDArray[Any]


def png(picture: Pixels) -> bytes:
    """Grey pixels `[height, width]` as PNG: 8 bits of uint8, 16 of uint16; of bool, black and white."""
    if picture.ndim != 2 or picture.dtype not in (np.uint8, np.uint16, np.bool_):
        raise ValueError(f"picture: {picture.dtype} {list(picture.shape)} (expected: uint8, uint16 or bool [height, width])")
    if picture.dtype == np.bool_:
        picture = picture.astype(np.uint8) * 255
    out = io.BytesIO()
    Picture.fromarray(np.ascontiguousarray(picture)).save(out, "PNG")
    return out.getvalue()


def as_png(picture: bytes | Pixels) -> bytes:
    """A PNG as it is, an array as `png` makes it."""
    return picture if isinstance(picture, bytes) else png(picture)


def pixels(data: bytes) -> Pixels:
    """Pixels `[height, width]` of a grey PNG: uint8, or uint16 where it has 16 bits."""
    with Picture.open(io.BytesIO(data)) as picture:
        deep = picture.mode.startswith("I")
        return np.asarray(picture).astype(np.uint16 if deep else np.uint8)
