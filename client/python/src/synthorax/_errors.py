"""Failures of calls."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, cast

import grpc
from google.rpc import error_details_pb2, status_pb2

_DETAILS = "grpc-status-details-bin"


class FailedCall(Protocol):
    """What a failed call tells, blocking or not."""

    def code(self) -> grpc.StatusCode: ...

    def details(self) -> str | None: ...

    def trailing_metadata(self) -> Iterable[Any] | None: ...


class SynthoraxError(Exception):
    """A call that failed; its text is one line for people, and may change.

    Attributes:
        code: the status.
        reason: what programs match on, such as ``MODEL_NOT_FOUND``; empty where no server said one.
        field: path of the field at fault, such as ``spec.masks[0].png``; empty: none.
        resource: name of what was not found; empty: nothing.
        retry_delay: seconds after which the server expects to do it; None: asking again is of no use.
    """

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(" ".join(message.split()))
        self.code = code
        self.reason = ""
        self.field = ""
        self.resource = ""
        self.retry_delay: float | None = None

    @classmethod
    def of(cls, failure: grpc.RpcError, target: str) -> SynthoraxError:
        """Reads what came with the status of a failed call."""
        call = cast(FailedCall, failure)
        error = cls(call.code(), call.details() or f"{target} failed with {call.code().name}")
        for key, value in call.trailing_metadata() or ():
            if key == _DETAILS:
                error._read(value)
        if error.code == grpc.StatusCode.UNAVAILABLE and not error.reason:
            error.args = (f"no server at {target} ({error})",)
        return error

    def _read(self, sent: bytes) -> None:
        for detail in status_pb2.Status.FromString(sent).details:
            info, request = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
            missing, retry = error_details_pb2.ResourceInfo(), error_details_pb2.RetryInfo()
            if detail.Unpack(info):
                self.reason = info.reason
            elif detail.Unpack(request) and request.field_violations:
                self.field = request.field_violations[0].field
            elif detail.Unpack(missing):
                self.resource = missing.resource_name
            elif detail.Unpack(retry):
                self.retry_delay = retry.retry_delay.ToTimedelta().total_seconds()
