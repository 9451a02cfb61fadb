"""A server that answers by script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf import any_pb2, duration_pb2
from google.rpc import error_details_pb2, status_pb2

from synthorax._generation import GENERATE
from synthorax._readings import CLASSIFY, SEGMENT
from synthorax._tensors import infer_method
from synthorax.v1 import generation_pb2 as v1

Answer = Callable[[Any, grpc.ServicerContext], Any]


def refuse(
    context: grpc.ServicerContext, code: grpc.StatusCode, reason: str, *, retry: float | None = None, field: str = ""
) -> None:
    """Ends a call as the server does."""
    details = [error_details_pb2.ErrorInfo(reason=reason, domain="synthorax.dev")]
    if retry is not None:
        delay = duration_pb2.Duration()
        delay.FromNanoseconds(int(retry * 1e9))
        details.append(error_details_pb2.RetryInfo(retry_delay=delay))
    if field:
        violation = error_details_pb2.BadRequest.FieldViolation(field=field)
        details.append(error_details_pb2.BadRequest(field_violations=[violation]))
    packed = [any_pb2.Any() for _ in details]
    for each, detail in zip(packed, details, strict=True):
        each.Pack(detail)
    status = status_pb2.Status(code=code.value[0], message="said no", details=packed)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(code, "said no")


def queued(request: v1.GenerateStreamRequest) -> v1.GenerateStreamResponse:
    used = v1.EffectiveSettings(model="m", model_version="v1", seed=request.spec.seed, count=request.spec.count)
    return v1.GenerateStreamResponse(queued=v1.Queued(settings=used))


def image(request: v1.GenerateStreamRequest, index: int) -> v1.GenerateStreamResponse:
    seed = request.spec.seed + index
    made = v1.Image(index=index, seed=seed, data=bytes([seed % 256]), format=v1.OUTPUT_FORMAT_RAW_GRAY8, width=1, height=1)
    return v1.GenerateStreamResponse(image=made)


@contextmanager
def serving(
    *answers: Answer, credentials: grpc.ServerCredentials | None = None
) -> Iterator[tuple[str, list[tuple[Any, dict[str, str]]]]]:
    """Serves one answer a call, in turn; gives the address and what was asked, with its metadata."""
    asked: list[tuple[Any, dict[str, str]]] = []

    def answer(request: Any, context: grpc.ServicerContext) -> Any:
        asked.append((request, dict(context.invocation_metadata())))
        return answers[len(asked) - 1](request, context)

    def stream(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        yield from answer(request, context)

    server = grpc.server(futures.ThreadPoolExecutor(4))
    for method in (GENERATE, SEGMENT, CLASSIFY, infer_method()):
        if method is GENERATE:
            handler = grpc.unary_stream_rpc_method_handler(stream, method.request.FromString, method.response.SerializeToString)
        else:
            handler = grpc.unary_unary_rpc_method_handler(answer, method.request.FromString, method.response.SerializeToString)
        _, service, name = method.path.split("/")
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {name: handler}),))
    port = (
        server.add_insecure_port("localhost:0")
        if credentials is None
        else server.add_secure_port("localhost:0", credentials)
    )
    server.start()
    try:
        yield f"localhost:{port}", asked
    finally:
        server.stop(None).wait()
