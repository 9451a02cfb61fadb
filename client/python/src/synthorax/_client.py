"""The blocking client."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Unpack

import grpc

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
    """Opens a client of the server at `host:port`; it connects at the first call.

    Args:
        tls: encrypts; None: plain text.
        token: sent as `authorization: Bearer ...`; over plain text to this machine alone.
        deadline: seconds for one call with all its tries.
        attempts: tries of a server that cannot be reached. Where a server names a delay, tries end with the deadline alone.
        max_message_bytes: largest answer taken.
    """
    return Client(Options(target, tls, token, deadline, attempts, max_message_bytes))


class Client:
    """Calls of one server. Any thread may call anything; `close` ends what is under way.

    Every method raises `SynthoraxError` where the call fails, and takes `deadline` in seconds instead of the client's.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        arguments = options.channel_arguments()
        self._channel = (
            grpc.insecure_channel(options.target, arguments)
            if options.tls is None
            else grpc.secure_channel(options.target, options.tls.credentials(), arguments)
        )

    def generate(
        self,
        prompt: str = "",
        *,
        on_event: Callable[[Queued | Progress], object] | None = None,
        deadline: float | None = None,
        **options: Unpack[GenerationOptions],
    ) -> Iterator[Image]:
        """Draws images and gives each once, in the order they finish; a stream that breaks goes on with what is missing.

        `on_event` hears what happens meanwhile, from a new `Queued` on where a try follows another. Closing the iterator cancels the work.
        """
        return self._images(Generation(_generation.spec_of(prompt, options), on_event), deadline)

    def _images(self, generation: Generation, deadline: float | None) -> Iterator[Image]:
        attempts = Attempts(self._options, deadline)
        while not generation.is_complete():
            call = self._channel.unary_stream(
                _generation.GENERATE.path,
                request_serializer=_generation.GENERATE.request.SerializeToString,
                response_deserializer=_generation.GENERATE.response.FromString,
            )(generation.request(), timeout=attempts.remaining(), metadata=self._options.metadata())
            try:
                for response in call:
                    image = generation.heard(response)
                    if image is not None:
                        attempts.succeeded()
                        yield image
                generation.end()
            except grpc.RpcError as failure:
                if not generation.is_complete():
                    time.sleep(attempts.after(failure))
            finally:
                call.cancel()

    def segment(
        self, image: bytes | Pixels, *, deadline: float | None = None, **options: Unpack[SegmentationOptions]
    ) -> Segmentation:
        """Marks structures in an image: a grey PNG, or a uint8 or uint16 array `[height, width]`."""
        request = _readings.segment_request(image, options)
        return _readings.segmentation_of(self._answer(_readings.SEGMENT, request, deadline))

    def classify(
        self, image: bytes | Pixels, *, deadline: float | None = None, **options: Unpack[ReadingOptions]
    ) -> Classification:
        """Says how probable findings are in an image; see `segment`."""
        request = _readings.classify_request(image, options)
        return _readings.classification_of(self._answer(_readings.CLASSIFY, request, deadline))

    def infer(
        self,
        model: str,
        inputs: Mapping[str, _tensors.Array],
        *,
        deadline: float | None = None,
        **options: Unpack[_tensors.InferOptions],
    ) -> dict[str, _tensors.Array]:
        """Runs a plain model over the Open Inference Protocol: arrays in and out, by name.

        Text and bytes are tensors of BYTES, which come back as arrays of bytes objects; BF16 comes back as float32.
        """
        request = _tensors.request_of(model, inputs, options)
        return _tensors.arrays_of(self._answer(_tensors.infer_method(), request, deadline))

    def _answer(self, method: Method[Q, R], request: Q, deadline: float | None) -> R:
        attempts = Attempts(self._options, deadline)
        call = self._channel.unary_unary(
            method.path,
            request_serializer=method.request.SerializeToString,
            response_deserializer=method.response.FromString,
        )
        while True:
            try:
                return call(request, timeout=attempts.remaining(), metadata=self._options.metadata())
            except grpc.RpcError as failure:
                time.sleep(attempts.after(failure))

    def close(self) -> None:
        """Ends the connection; any number of times."""
        self._channel.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
