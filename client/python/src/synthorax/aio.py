"""The same client for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from types import TracebackType
from typing import Unpack

import grpc
import grpc.aio

from synthorax import _generation, _readings, _tensors
from synthorax._calls import Attempts, Method, Options, Q, R, Tls
from synthorax._generation import Generation, GenerationOptions, Image, Progress, Queued
from synthorax._pixels import Pixels
from synthorax._readings import Classification, ReadingOptions, Segmentation, SegmentationOptions


def connect(
    target: str,
    *,
    tls: Tls | None = None,
    token: str | None = None,
    deadline: float = 600.0,
    attempts: int = 5,
    max_message_bytes: int = 64 << 20,
) -> Client:
    """Opens a client; options as of `synthorax.connect`."""
    return Client(Options(target, tls, token, deadline, attempts, max_message_bytes))


class Client:
    """As `synthorax.Client`, for the event loop that it is first used on. Cancelling a task cancels its call on the server."""

    def __init__(self, options: Options) -> None:
        self._options = options
        arguments = options.channel_arguments()
        self._channel = (
            grpc.aio.insecure_channel(options.target, arguments)
            if options.tls is None
            else grpc.aio.secure_channel(options.target, options.tls.credentials(), arguments)
        )

    def generate(
        self,
        prompt: str = "",
        *,
        on_event: Callable[[Queued | Progress], object] | None = None,
        deadline: float | None = None,
        **options: Unpack[GenerationOptions],
    ) -> AsyncIterator[Image]:
        """As `synthorax.Client.generate`, for `async for`."""
        return self._images(Generation(_generation.spec_of(prompt, options), on_event), deadline)

    async def _images(self, generation: Generation, deadline: float | None) -> AsyncIterator[Image]:
        attempts = Attempts(self._options, deadline)
        while not generation.is_complete():
            call = self._channel.unary_stream(
                _generation.GENERATE.path,
                request_serializer=_generation.GENERATE.request.SerializeToString,
                response_deserializer=_generation.GENERATE.response.FromString,
            )(generation.request(), timeout=attempts.remaining(), metadata=self._options.metadata())
            try:
                async for response in call:
                    image = generation.heard(response)
                    if image is not None:
                        attempts.succeeded()
                        yield image
                generation.end()
            except grpc.RpcError as failure:
                if not generation.is_complete():
                    await asyncio.sleep(attempts.after(failure))
            finally:
                call.cancel()

    async def segment(
        self, image: bytes | Pixels, *, deadline: float | None = None, **options: Unpack[SegmentationOptions]
    ) -> Segmentation:
        """As `synthorax.Client.segment`."""
        request = _readings.segment_request(image, options)
        return _readings.segmentation_of(await self._answer(_readings.SEGMENT, request, deadline))

    async def classify(
        self, image: bytes | Pixels, *, deadline: float | None = None, **options: Unpack[ReadingOptions]
    ) -> Classification:
        """As `synthorax.Client.classify`."""
        request = _readings.classify_request(image, options)
        return _readings.classification_of(await self._answer(_readings.CLASSIFY, request, deadline))

    async def infer(
        self,
        model: str,
        inputs: Mapping[str, _tensors.Array],
        *,
        deadline: float | None = None,
        **options: Unpack[_tensors.InferOptions],
    ) -> dict[str, _tensors.Array]:
        """As `synthorax.Client.infer`."""
        request = _tensors.request_of(model, inputs, options)
        return _tensors.arrays_of(await self._answer(_tensors.infer_method(), request, deadline))

    async def _answer(self, method: Method[Q, R], request: Q, deadline: float | None) -> R:
        attempts = Attempts(self._options, deadline)
        call = self._channel.unary_unary(
            method.path,
            request_serializer=method.request.SerializeToString,
            response_deserializer=method.response.FromString,
        )
        while True:
            try:
                return await call(request, timeout=attempts.remaining(), metadata=self._options.metadata())
            except grpc.RpcError as failure:
                await asyncio.sleep(attempts.after(failure))

    async def close(self) -> None:
        """Ends the connection; any number of times."""
        await self._channel.close()

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
