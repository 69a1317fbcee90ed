"""How OAuth endpoints answer: JSON, never cached, errors by RFC 6749 §5.2; and how a request is taken apart.

`json_endpoint` wraps a view that returns the members of an object, and turns every refusal into the endpoint's format.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse

from roboflow_auth.core.errors import TooManyRequests
from roboflow_auth.core.http import MalformedBody, no_store
from roboflow_auth.core.machine_endpoints import machine_endpoint
from roboflow_auth.oauth.errors import (
    InvalidClient,
    InvalidRequest,
    InvalidToken,
    NonceRequired,
    OAuthError,
    RateLimited,
    TemporarilyUnavailable,
)
from roboflow_auth.oauth.rules.dpop_nonce import current_nonce

log = structlog.get_logger(__name__)

View = Callable[..., Mapping[str, Any] | HttpResponse]


def json_endpoint(*methods: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """Return a decorator for views of OAuth endpoints: they return members of a JSON object or raise `OAuthError`."""

    def decorate(view: View) -> Callable[..., HttpResponse]:
        @machine_endpoint
        @wraps(view)
        def endpoint(request: HttpRequest, **captured: str) -> HttpResponse:
            if request.method not in methods:
                return _method_not_allowed(methods)
            try:
                answer = view(request, **captured)
            except MalformedBody as error:
                return error_response(request, InvalidRequest(error.description))
            except OAuthError as error:
                return error_response(request, error)
            except TooManyRequests as error:
                return error_response(request, RateLimited(error.retry_after_seconds))
            except (OperationalError, InterfaceError) as error:
                # P-T1: a store that does not answer now may answer in a moment; clients must not drop their tokens.
                log.exception("store_unavailable")
                return error_response(request, TemporarilyUnavailable("Try again in a moment.", detail=str(error)))
            return answer if isinstance(answer, HttpResponse) else no_store(JsonResponse(dict(answer)))

        return endpoint

    return decorate


def error_response(request: HttpRequest, error: OAuthError) -> HttpResponse:
    """Return `error` as JSON (RFC 6749 §5.2); its private detail goes to the log."""
    log.info("oauth_refused", error=error.error, description=error.description, detail=error.detail, path=request.path)
    members = {"error": error.error, "error_description": error.description}
    response = no_store(JsonResponse(members, status=error.status))
    if isinstance(error, InvalidClient) and request.headers.get("Authorization", "").lower().startswith("basic"):
        # RFC 6749 §5.2: answer with the scheme that the client used.
        response["WWW-Authenticate"] = 'Basic realm="oauth", charset="UTF-8"'
    if isinstance(error, InvalidToken):
        # RFC 6750 §3: a refused Bearer token is answered with a challenge.
        response["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    if isinstance(error, NonceRequired):
        # RFC 9449 §8.
        response["DPoP-Nonce"] = current_nonce()
    if isinstance(error, TemporarilyUnavailable):
        response["Retry-After"] = str(error.retry_after_seconds)
    return response


def _method_not_allowed(methods: tuple[str, ...]) -> HttpResponse:
    allowed = ", ".join(methods)
    response = no_store(
        JsonResponse({"error": "invalid_request", "error_description": f"Use {allowed} here."}, status=405)
    )
    response["Allow"] = allowed
    return response
