"""The domain's errors: values with a public description and a private detail.

Each door has one translator (problem+json, tool error, page). The public description goes to the caller;
the private detail goes to the log and the audit row, never to the wire.
"""

from __future__ import annotations

from typing import ClassVar


class DomainError(Exception):
    """A refusal that the caller may be told about.

    `code` is the machine-readable name used in REST problems and tool errors (access.md, "Errors"),
    `status` the HTTP status that goes with it, `title` its short human name, `reason` the word of the audit log.
    """

    code: ClassVar[str] = "invalid_request"
    reason: ClassVar[str] = "invalid"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "Invalid request"

    def __init__(self, description: str, *, hint: str = "", detail: str = "") -> None:
        super().__init__(description)
        self.description = description
        self.hint = hint
        self.detail = detail


class NotFound(DomainError):
    """The thing is absent, or the caller may not see it: the two are never told apart."""

    code = "not_found"
    reason = "not_found"
    status = 404
    title = "Not found"


class InvalidInput(DomainError):
    """An argument has the wrong form or value."""

    code = "validation_error"
    status = 422
    title = "Invalid input"


class Conflict(DomainError):
    """The thing is in a state that does not allow this now."""

    code = "conflict"
    reason = "conflict"
    status = 409
    title = "Conflict"


class Denied(DomainError):
    """The role does not allow the action. New scopes would not help, so it is never a scope challenge.

    `lacks` is the action that the person's role in `workspace` (a slug) does not contain, if that is the reason.
    """

    code = "permission_denied"
    reason = "role"
    status = 403
    title = "Not allowed"

    def __init__(
        self, description: str, *, hint: str = "", detail: str = "", workspace: str = "", lacks: str = ""
    ) -> None:
        super().__init__(description, hint=hint, detail=detail)
        self.workspace = workspace
        self.lacks = lacks


class MissingScope(DomainError):
    """The client was not lent a scope that the operation needs; consent to `scopes` would help."""

    code = "insufficient_scope"
    reason = "missing_scope"
    status = 403
    title = "More access needed"

    def __init__(self, scopes: frozenset[str]) -> None:
        super().__init__(f"This needs the scope {' '.join(sorted(scopes))}.", hint="Ask the person for more access.")
        self.scopes = scopes


class TooManyRequests(DomainError):
    """A limit is reached (protocol.md P-L1); `retry_after_seconds`, at least 1, says when it is worth trying again."""

    code = "rate_limited"
    reason = "rate_limited"
    status = 429
    title = "Too many requests"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"Too many requests. Try again in {retry_after_seconds} s.")
        self.retry_after_seconds = retry_after_seconds
