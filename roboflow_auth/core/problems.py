"""Problem details (RFC 9457): what an HTTP API answers when it does not do what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import JsonResponse

from roboflow_auth.core.http import no_store
from roboflow_auth.core.request_context import current_request

MEDIA_TYPE = "application/problem+json"
# RFC 9457 §3.1.1: a type that is a locator leads to documentation for people.
_DOCUMENTATION_PATH = "/api/v1/docs#"


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal. `code` is for programs, `title` names the kind and `detail` this case for people.

    `members` are further ones of the body, such as the parameters that were wrong.
    """

    status: int
    code: str
    title: str
    detail: str = ""
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


INVALID_REQUEST = Problem(400, "invalid_request", "Invalid request", "The request could not be read.")
PERMISSION_DENIED = Problem(403, "permission_denied", "Not allowed", "This is not for you.")
NOT_FOUND = Problem(404, "not_found", "Not found", "There is nothing at this address.")
SERVER_ERROR = Problem(
    500, "server_error", "Something broke on our side", "It has been written down. Quote the request id to support."
)
UNAVAILABLE = Problem(
    503,
    "temporarily_unavailable",
    "Temporarily unavailable",
    "The service is temporarily unavailable. Try again.",
    headers={"Retry-After": "1"},
)


def answer_problem(problem: Problem) -> JsonResponse:
    """Return `problem` as an answer with this request's id, which no cache keeps."""
    context = current_request()
    body = {
        "type": f"{context.issuer}{_DOCUMENTATION_PATH}{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        # RFC 9457 §3.1.5: it identifies this occurrence; whoever has it finds the request in our log.
        "instance": f"urn:uuid:{context.request_id}",
        "code": problem.code,
        "request_id": context.request_id,
        **problem.members,
    }
    return no_store(JsonResponse(body, status=problem.status, content_type=MEDIA_TYPE, headers=dict(problem.headers)))
