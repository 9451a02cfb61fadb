"""Client of a Synthorax server: `connect` blocks, `synthorax.aio.connect` is for asyncio."""

from synthorax._calls import Tls
from synthorax._client import Client, connect
from synthorax._errors import SynthoraxError
from synthorax._generation import GenerationOptions, Image, Progress, Queued
from synthorax._pixels import png
from synthorax._readings import Classification, Finding, ReadingOptions, Segmentation, SegmentationOptions, Structure
from synthorax._tensors import InferOptions

__all__ = [
    "Classification",
    "Client",
    "Finding",
    "GenerationOptions",
    "Image",
    "InferOptions",
    "Progress",
    "Queued",
    "ReadingOptions",
    "Segmentation",
    "SegmentationOptions",
    "Structure",
    "SynthoraxError",
    "Tls",
    "connect",
    "png",
]
