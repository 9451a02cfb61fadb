"""Arrays as tensors of the Open Inference Protocol."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
import numpy.typing as npt

from synthorax._calls import Method

if TYPE_CHECKING:
    from synthorax.inference import grpc_service_pb2 as oip

Array = npt.NDArray[Any]

_DTYPES = {
    "BOOL": "?",
    "UINT8": "u1",
    "UINT16": "<u2",
    "UINT32": "<u4",
    "UINT64": "<u8",
    "INT8": "i1",
    "INT16": "<i2",
    "INT32": "<i4",
    "INT64": "<i8",
    "FP16": "<f2",
    "FP32": "<f4",
    "FP64": "<f8",
}
_DATATYPES = {np.dtype(dtype): name for name, dtype in _DTYPES.items()}


class InferOptions(TypedDict, total=False):
    """What an inference may say beside model and inputs."""

    version: str
    outputs: Sequence[str]
    """Those that are wanted; all where it is left out."""
    request_id: str


def infer_method() -> Method[oip.ModelInferRequest, oip.ModelInferResponse]:
    """The call; its messages are imported by the first use, since a process has one set of that name: tritonclient's or these."""
    from synthorax.inference import grpc_service_pb2 as oip

    return Method("/inference.GRPCInferenceService/ModelInfer", oip.ModelInferRequest, oip.ModelInferResponse)


def request_of(model: str, inputs: Mapping[str, Array], options: InferOptions) -> oip.ModelInferRequest:
    """The message for arrays by name. Text and bytes (dtypes S, U, object) go as BYTES."""
    request = infer_method().request(
        model_name=model, model_version=options.get("version", ""), id=options.get("request_id", "")
    )
    for name, array in inputs.items():
        datatype, raw = _encoded(name, np.asarray(array))
        request.inputs.add(name=name, datatype=datatype, shape=array.shape)
        request.raw_input_contents.append(raw)
    for name in options.get("outputs", ()):
        request.outputs.add(name=name)
    return request


def arrays_of(response: oip.ModelInferResponse) -> dict[str, Array]:
    """The outputs by name; BYTES as an array of bytes objects, BF16 as float32. Arrays of numbers cannot be written to."""
    return {
        output.name: _decoded(output.datatype, raw).reshape(tuple(output.shape))
        for output, raw in zip(response.outputs, response.raw_output_contents, strict=True)
    }


def _encoded(name: str, array: Array) -> tuple[str, bytes]:
    if array.dtype.kind in "OSU":
        elements = [each.encode() if isinstance(each, str) else bytes(each) for each in array.ravel()]
        return "BYTES", b"".join(struct.pack("<I", len(each)) + each for each in elements)
    datatype = _DATATYPES.get(array.dtype.newbyteorder("<"))
    if datatype is None:
        raise ValueError(f"{name}: {array.dtype} (expected: one of {', '.join(_DTYPES)}, text or bytes)")
    return datatype, np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()


def _decoded(datatype: str, raw: bytes) -> Array:
    if datatype == "BYTES":
        elements, at = [], 0
        while at < len(raw):
            (length,) = struct.unpack_from("<I", raw, at)
            elements.append(raw[at + 4 : at + 4 + length])
            at += 4 + length
        return np.array(elements, object)
    if datatype == "BF16":
        return (np.frombuffer(raw, "<u2").astype("<u4") << 16).view("<f4")
    return np.frombuffer(raw, _DTYPES[datatype])
