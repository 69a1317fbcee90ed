"""What goes wrong, as answers: HTTP refusals at the door, `isError` results of tools, and faults of ours.

A domain error's public description goes to the caller; its private detail stays in the log and the audit row. A fault
of ours is told in general words with the request's id, under which the log has the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcp.shared.exceptions import MCPError
from mcp_types import INTERNAL_ERROR, CallToolResult, TextContent

from roboflow_auth.core.errors import DomainError, TooManyRequests

RETRY_AFTER_SECONDS = 1

ERROR_SCHEMA: dict[str, Any] = {
    "code": {"type": "string", "description": "Only in errors: what went wrong, as a fixed word."},
    "message": {"type": "string", "description": "Only in errors: what went wrong, as a sentence."},
    "hint": {"type": "string", "description": "Only in errors: what to do about it, or empty."},
}
"""The properties of an error's structured content, which every output schema allows in place of the result."""


class Refusal(Exception):
    """The door's answer to a request that goes no further: an HTTP status and a small JSON body."""

    def __init__(self, status: int, error: str, description: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description
        self.headers = dict(headers or {})

    @property
    def body(self) -> dict[str, Any]:
        """The JSON body, in the words of RFC 6750 §3.1."""
        return {"error": self.error, "error_description": self.description}


class RpcRefusal(Refusal):
    """A refusal of one JSON-RPC request: its body is a JSON-RPC error, which a client can tell its caller."""

    def __init__(
        self,
        status: int,
        error: str,
        description: str,
        headers: Mapping[str, str] | None = None,
        *,
        code: int,
        message_id: str | int | None = None,
        **data: Any,
    ) -> None:
        super().__init__(status, error, description, headers)
        self.code = code
        self.message_id = message_id
        self.data = data

    @property
    def body(self) -> dict[str, Any]:
        """The JSON-RPC error; its `data` repeats what the HTTP headers say."""
        data = {"code": self.error, **self.data}
        error = {"code": self.code, "message": self.description, "data": data}
        return {"jsonrpc": "2.0", "id": self.message_id, "error": error}


def out_of_service(message_id: str | int | None = None) -> RpcRefusal:
    """Return the answer to a request that came while the database was away."""
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    text = "The service is temporarily unavailable. Try again."
    return RpcRefusal(503, "temporarily_unavailable", text, headers, code=INTERNAL_ERROR, message_id=message_id)


def rate_limited(error: TooManyRequests) -> RpcRefusal:
    """Return the answer to a request too many of one connection or API key (protocol.md P-L1)."""
    seconds = error.retry_after_seconds
    headers = {"Retry-After": str(seconds)}
    return RpcRefusal(
        error.status, error.code, error.description, headers, code=INTERNAL_ERROR, retry_after_seconds=seconds
    )


def tool_out_of_service() -> MCPError:
    """Return the JSON-RPC error of a tool call during which the database went away."""
    refusal = out_of_service()
    return MCPError(
        code=INTERNAL_ERROR,
        message=refusal.description,
        data={"code": refusal.error, "retry_after_seconds": RETRY_AFTER_SECONDS},
    )


def domain_error_result(error: DomainError, *, hint: str = "") -> CallToolResult:
    """Return the tool result that tells the model about `error`; `hint` stands in for the error's own."""
    return _error_result(error.code, error.description, hint or error.hint)


def fault_result(request_id: str) -> CallToolResult:
    """Return the tool result for a fault of ours: nothing of the fault, only the id under which we find it."""
    return _error_result("internal_error", "Something went wrong on our side.", f"Quote this reference: {request_id}")


def _error_result(code: str, message: str, hint: str) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(type="text", text=f"{message} {hint}".strip())],
        structured_content={"code": code, "message": message, "hint": hint},
        is_error=True,
    )
