"""Every error of the API: as problem details (RFC 9457) for the caller, and as one row in the audit log."""

from __future__ import annotations

from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpResponse
from rest_framework.exceptions import APIException

from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.api.challenges import CredentialRefused, challenge_headers, step_up_challenge
from roboflow_auth.api.parsers import PayloadTooLarge
from roboflow_auth.api.permissions import declared_action
from roboflow_auth.api.serializers import InvalidFields
from roboflow_auth.audit.recorder import has_recorded, record_failure, record_refusal
from roboflow_auth.core.errors import DomainError, MissingScope, TooManyRequests
from roboflow_auth.core.problems import SERVER_ERROR, UNAVAILABLE, Problem, answer_problem
from roboflow_auth.core.removal import is_gone, not_found

log = structlog.get_logger(__name__)

_FAULTS = (SERVER_ERROR, UNAVAILABLE)


def problem_response(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """Answer `error`; private details of the domain, and anything about faults of ours, stay in log and audit log."""
    view = context["view"]
    caller: Principal | None = view.found_caller
    authorization = context["request"].META.get("HTTP_AUTHORIZATION", "")
    if is_gone(error):
        log.warning("A call of the API came too late", exc_info=error)
        error = not_found()
    problem = _problem_of(error, caller, authorization)
    if problem in _FAULTS:
        log.error("A call of the API failed", exc_info=error)
    action = declared_action(view, context["request"].method)
    if caller is not None and action is not None:
        _leave_one_row(caller, action, error, problem, target="/".join(view.kwargs.values()))
    return answer_problem(problem)


def _problem_of(error: Exception, caller: Principal | None, authorization: str) -> Problem:
    if isinstance(error, DomainError):
        return _domain_problem(error, caller, authorization)
    if isinstance(error, CredentialRefused):
        headers = challenge_headers(error, authorization)
        return Problem(error.status_code, error.code, error.title, str(error.detail), headers=headers)
    if isinstance(error, PayloadTooLarge):
        return Problem(413, "payload_too_large", "Too large", str(error.detail))
    if isinstance(error, APIException):
        # What the framework refuses: the body's form and type, and the method.
        return Problem(error.status_code, "invalid_request", "Invalid request", str(error.detail))
    return UNAVAILABLE if isinstance(error, OperationalError | InterfaceError) else SERVER_ERROR


def _domain_problem(error: DomainError, caller: Principal | None, authorization: str) -> Problem:
    members: dict[str, Any] = {"hint": error.hint} if error.hint else {}
    headers = {}
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, InvalidFields):
        members["errors"] = error.errors
    if isinstance(error, MissingScope) and caller is not None:
        members["scope"] = " ".join(sorted(error.scopes))
        if caller.can_step_up:
            headers["WWW-Authenticate"] = step_up_challenge(caller, error, authorization)
        else:
            members["hint"] = "This API key was made without it. Use a key that carries it."
    return Problem(error.status, error.code, error.title, error.description, members, headers)


def _leave_one_row(caller: Principal, action: Action, error: Exception, problem: Problem, *, target: str) -> None:
    """Write the row of a call that went wrong, unless the service's own row stands."""
    try:
        if has_recorded():
            return
        if problem in _FAULTS:
            record_failure(caller, action, target)
        else:
            refusal = error if isinstance(error, DomainError) else DomainError(problem.detail)
            record_refusal(caller, action, refusal, target)
    except DatabaseError:
        log.exception("A call of the API that went wrong could not be written to the audit log")
