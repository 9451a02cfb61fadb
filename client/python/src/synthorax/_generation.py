"""One generation: what is asked, what has come, what is still missing."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import grpc
import numpy as np

from synthorax._calls import Method
from synthorax._errors import SynthoraxError
from synthorax._pixels import Pixels, as_png, pixels, png
from synthorax.v1 import generation_pb2 as v1

Queued = v1.Queued
Progress = v1.Progress

GENERATE = Method(
    "/synthorax.v1.GenerationService/GenerateStream", v1.GenerateStreamRequest, v1.GenerateStreamResponse
)


class GenerationOptions(TypedDict, total=False):
    """What a generation may say beside its prompt; generation.proto tells ranges and defaults. Pictures are PNG bytes or arrays."""

    count: int
    seed: int
    masks: Mapping[str, bytes | Pixels]
    """Where structures lie, by their names."""
    model: str
    model_version: str
    negative_prompt: str
    num_inference_steps: int
    guidance_scale: float
    noise_scheduler: str
    """Such as ``DDIM`` or ``DPM_SOLVER_PP_2M``."""
    width: int
    height: int
    priority: str
    """``LOW``, ``NORMAL`` or ``HIGH``."""
    output_format: str
    """``PNG_GRAY8``, ``PNG_GRAY16``, ``RAW_GRAY8`` or ``RAW_FLOAT32``."""
    initial_latents: Pixels
    """Float32 `[count, channels, height / factor, width / factor]`."""
    request_id: str
    start_image: bytes | Pixels
    strength: float
    redraw: bytes | Pixels


@dataclass(frozen=True)
class Image:
    """A finished image. `data` is in `format`, such as ``PNG_GRAY8``; `seed` makes this image alone."""

    index: int
    seed: int
    data: bytes
    format: str
    width: int
    height: int

    def array(self) -> Pixels:
        """Pixels `[height, width]`: uint8, uint16 or float32, as the format has them."""
        if self.format.startswith("PNG"):
            return pixels(self.data)
        kind = np.dtype("<f4") if self.format == "RAW_FLOAT32" else np.dtype(np.uint8)
        return np.frombuffer(self.data, kind).reshape(self.height, self.width)

    def save(self, path: str | Path) -> None:
        """Writes a PNG; pixels of RAW_FLOAT32 are refused."""
        Path(path).write_bytes(self.data if self.format.startswith("PNG") else png(self.array()))


def enum_value(enum: Any, prefix: str, name: str) -> int:
    """The number of a constant, by its name without the prefix, in any case."""
    whole = prefix + name.upper().replace("-", "_")
    if whole not in enum.keys():
        known = ", ".join(key.removeprefix(prefix) for key in enum.keys() if not key.endswith("UNSPECIFIED"))
        raise ValueError(f"{prefix.lower().rstrip('_')}: {name} (expected: {known})")
    return int(enum.Value(whole))


def spec_of(prompt: str, options: GenerationOptions) -> v1.GenerationSpec:
    """The message of a generation; one without a seed is given one, so that every try asks for the same images."""
    spec = v1.GenerationSpec(prompt=prompt, count=1, seed=random.getrandbits(32))
    name: str
    value: Any
    for name, value in options.items():
        match name:
            case "masks":
                for structure, mask in value.items():
                    spec.masks.add(structure=structure, png=as_png(mask))
            case "noise_scheduler":
                setattr(spec, name, enum_value(v1.NoiseScheduler, "NOISE_SCHEDULER_", value))
            case "priority":
                setattr(spec, name, enum_value(v1.Priority, "PRIORITY_", value))
            case "output_format":
                setattr(spec, name, enum_value(v1.OutputFormat, "OUTPUT_FORMAT_", value))
            case "initial_latents":
                spec.initial_latents = np.ascontiguousarray(value, "<f4").tobytes()
            case "start_image":
                spec.start_image.png = as_png(value)
            case "redraw":
                spec.start_image.redraw = as_png(value)
            case "strength":
                spec.start_image.strength = value
            case _ if name in GenerationOptions.__annotations__:
                setattr(spec, name, value)
            case _:
                raise TypeError(f"{name}: no option (expected: {', '.join(GenerationOptions.__annotations__)})")
    return spec


class Generation:
    """Collects the images of one spec over several tries, each once.

    A seed decides an image, so a stream that broke goes on with the first image that is missing, of the same version of the model.
    """

    def __init__(self, spec: v1.GenerationSpec, on_event: Callable[[Queued | Progress], object] | None) -> None:
        self._spec = spec
        self._on_event = on_event
        self._received: set[int] = set()
        self._offset = 0
        self._used = v1.EffectiveSettings()

    def request(self) -> v1.GenerateStreamRequest:
        """Asks for what is missing."""
        spec = v1.GenerationSpec()
        spec.CopyFrom(self._spec)
        self._offset = 0
        if self._received:
            spec.model, spec.model_version = self._used.model, self._used.model_version
            if not spec.initial_latents:
                self._offset = next(i for i in range(spec.count) if i not in self._received)
                spec.seed = (spec.seed + self._offset) % 2**64
                spec.count -= self._offset
        return v1.GenerateStreamRequest(spec=spec)

    def heard(self, response: v1.GenerateStreamResponse) -> Image | None:
        """Takes an event; gives the image where it brings a new one."""
        event = response.WhichOneof("event")
        if event == "queued":
            self._used = response.queued.settings
        if event == "queued" and self._on_event:
            self._on_event(response.queued)
        if event == "progress" and self._on_event:
            self._on_event(response.progress)
        if event != "image":
            return None
        image = response.image
        index = image.index + self._offset
        if index in self._received:
            return None
        if not 0 <= index < self._spec.count:
            raise SynthoraxError(grpc.StatusCode.INTERNAL, f"image {index} (expected: 0 to {self._spec.count - 1})")
        self._received.add(index)
        kind = v1.OutputFormat.Name(image.format).removeprefix("OUTPUT_FORMAT_")
        return Image(index, image.seed, image.data, kind, image.width, image.height)

    def is_complete(self) -> bool:
        """Whether every image has come."""
        return len(self._received) == self._spec.count

    def end(self) -> None:
        """Raises where the server ended in good order without every image."""
        if not self.is_complete():
            raise SynthoraxError(
                grpc.StatusCode.INTERNAL, f"the answer ended after {len(self._received)} images (expected: {self._spec.count})"
            )
