"""What blocking and asynchronous calls share: options, methods, tries."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import grpc
from google.protobuf.message import Message

from synthorax._errors import SynthoraxError

Q = TypeVar("Q", bound=Message)
R = TypeVar("R", bound=Message)

_FIRST_BACKOFF = 0.2
_LONGEST_BACKOFF = 5.0
_AGAIN = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED)


@dataclass(frozen=True)
class Tls:
    """An encrypted connection; all PEM.

    Attributes:
        root: certificates that the server's is signed by; None: those that gRPC comes with.
        certificate: the client's own, with its chain, for servers that ask for one; goes with `key`.
        key: the client's private key.
    """

    root: bytes | None = None
    certificate: bytes | None = None
    key: bytes | None = field(default=None, repr=False)

    def credentials(self) -> grpc.ChannelCredentials:
        return grpc.ssl_channel_credentials(self.root, self.key, self.certificate)


@dataclass(frozen=True)
class Options:
    """How a client calls."""

    target: str
    tls: Tls | None
    token: str | None = field(repr=False)
    deadline: float
    attempts: int
    max_message_bytes: int

    def __post_init__(self) -> None:
        if self.deadline <= 0:
            raise ValueError(f"deadline: {self.deadline} (expected: seconds, above 0)")
        if self.attempts < 1:
            raise ValueError(f"attempts: {self.attempts} (expected: at least 1)")
        if self.token is not None and self.tls is None and not self._is_here():
            raise ValueError(f"token: not sent to {self.target} in plain text (expected: tls, or an address of this machine)")

    def _is_here(self) -> bool:
        return self.target.startswith("unix:") or self.target.rpartition(":")[0] in ("localhost", "127.0.0.1", "[::1]")

    def channel_arguments(self) -> list[tuple[str, int]]:
        return [("grpc.max_receive_message_length", self.max_message_bytes), ("grpc.max_send_message_length", -1)]

    def metadata(self) -> tuple[tuple[str, str], ...]:
        return () if self.token is None else (("authorization", f"Bearer {self.token}"),)


@dataclass(frozen=True)
class Method(Generic[Q, R]):
    """A call of the contract."""

    path: str
    request: type[Q]
    response: type[R]


class Attempts:
    """The tries of one call under one deadline."""

    def __init__(self, options: Options, deadline: float | None) -> None:
        self._options = options
        self._end = time.monotonic() + (options.deadline if deadline is None else deadline)
        self._number = 1

    def remaining(self) -> float:
        """Seconds until the deadline."""
        return max(0.0, self._end - time.monotonic())

    def succeeded(self) -> None:
        """Counts from one again: something of the answer has come."""
        self._number = 1

    def after(self, failure: grpc.RpcError) -> float:
        """Seconds to wait before the next try; raises where there is none.

        A server that names a delay is asked again as long as there is time; one that cannot be reached is asked a few times; a server that gives a
        reason and no delay means it.
        """
        error = SynthoraxError.of(failure, self._options.target)
        delay = error.retry_delay
        if delay is None:
            if error.reason or error.code != grpc.StatusCode.UNAVAILABLE or self._number >= self._options.attempts:
                raise error from failure
            delay = min(_FIRST_BACKOFF * 2 ** (self._number - 1), _LONGEST_BACKOFF) * random.uniform(0.8, 1.2)
            self._number += 1
        if error.code not in _AGAIN or delay >= self.remaining():
            raise error from failure
        return delay
