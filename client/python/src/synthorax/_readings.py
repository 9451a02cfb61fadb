"""What models read in radiographs: where structures lie, which findings there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypedDict

import numpy as np

from synthorax._calls import Method
from synthorax._generation import enum_value
from synthorax._pixels import Pixels, pixels
from synthorax.v1 import classification_pb2, generation_pb2, segmentation_pb2
from synthorax.v1.reading_pb2 import Radiograph, RawImage

SEGMENT = Method(
    "/synthorax.v1.SegmentationService/Segment", segmentation_pb2.SegmentRequest, segmentation_pb2.SegmentResponse
)
CLASSIFY = Method(
    "/synthorax.v1.ClassificationService/Classify", classification_pb2.ClassifyRequest, classification_pb2.ClassifyResponse
)


class ReadingOptions(TypedDict, total=False):
    """What a reading may say beside its image."""

    model: str
    model_version: str
    threshold: float
    priority: str
    """``LOW``, ``NORMAL`` or ``HIGH``."""
    request_id: str


class SegmentationOptions(ReadingOptions, total=False):
    """What a segmentation may say beside its image."""

    structures: list[str]
    """Those to answer with, in this order; all where it is left out."""
    probabilities: bool


@dataclass(frozen=True)
class Structure:
    """Where one structure lies; `area` in pixels, 0: it was not found."""

    area: int
    png: bytes = field(repr=False)
    probabilities_png: bytes = field(repr=False)

    def mask(self) -> Pixels:
        """Bool `[height, width]`, true inside."""
        return pixels(self.png) > 0

    def probabilities(self) -> Pixels:
        """Float32 `[height, width]` in steps of 1/255; only where they were asked for."""
        return pixels(self.probabilities_png).astype(np.float32) / 255


@dataclass(frozen=True)
class Segmentation:
    """The structures of an image by name, in the order asked for."""

    model: str
    model_version: str
    width: int
    height: int
    threshold: float
    structures: dict[str, Structure]


@dataclass(frozen=True)
class Finding:
    """How probable a finding is, and whether that is at least the threshold."""

    probability: float
    present: bool


@dataclass(frozen=True)
class Classification:
    """The findings of an image by name, in the model's order."""

    model: str
    model_version: str
    threshold: float
    findings: dict[str, Finding]


def segment_request(image: bytes | Pixels, options: SegmentationOptions) -> segmentation_pb2.SegmentRequest:
    """The message of a segmentation."""
    request = segmentation_pb2.SegmentRequest()
    _fill(request.spec, image, dict(options))
    return request


def classify_request(image: bytes | Pixels, options: ReadingOptions) -> classification_pb2.ClassifyRequest:
    """The message of a classification."""
    request = classification_pb2.ClassifyRequest()
    _fill(request.spec, image, dict(options))
    return request


def _fill(
    spec: segmentation_pb2.SegmentationSpec | classification_pb2.ClassificationSpec,
    image: bytes | Pixels,
    options: dict[str, object],
) -> None:
    spec.image.CopyFrom(_radiograph(image))
    for name, value in options.items():
        if name not in spec.DESCRIPTOR.fields_by_name:
            raise TypeError(f"{name}: no option (expected: {', '.join(spec.DESCRIPTOR.fields_by_name)})")
        if name == "priority":
            value = enum_value(generation_pb2.Priority, "PRIORITY_", str(value))
        if name == "structures":
            spec.structures.extend(value)  # type: ignore[union-attr,arg-type]
        else:
            setattr(spec, name, value)


def _radiograph(image: bytes | Pixels) -> Radiograph:
    if isinstance(image, bytes):
        return Radiograph(png=image)
    if image.ndim != 2 or image.dtype not in (np.uint8, np.uint16):
        raise ValueError(f"image: {image.dtype} {list(image.shape)} (expected: PNG bytes, or uint8 or uint16 [height, width])")
    height, width = image.shape
    data = np.ascontiguousarray(image, image.dtype.newbyteorder("<")).tobytes()
    return Radiograph(raw=RawImage(width=width, height=height, bits=8 * image.itemsize, data=data))


def segmentation_of(response: segmentation_pb2.SegmentResponse) -> Segmentation:
    """What a segmentation's answer says."""
    it = response.segmentation
    structures = {each.structure: Structure(each.area, each.png, each.probabilities_png) for each in it.structures}
    return Segmentation(it.model, it.model_version, it.width, it.height, it.threshold, structures)


def classification_of(response: classification_pb2.ClassifyResponse) -> Classification:
    """What a classification's answer says."""
    it = response.classification
    findings = {each.finding: Finding(each.probability, each.present) for each in it.findings}
    return Classification(it.model, it.model_version, it.threshold, findings)
