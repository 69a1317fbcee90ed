"""The key set with which ID tokens are verified (RFC 7517 §5; protocol.md P-O1)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from roboflow_auth.core.machine_endpoints import machine_endpoint
from roboflow_auth.oauth.endpoints.metadata import PublicDocument, public_response
from roboflow_auth.oauth.keys import public_key_set


@machine_endpoint
def jwks(request: HttpRequest) -> HttpResponse:
    """Return the JWK Set."""
    return public_response(request, PublicDocument.of(public_key_set()))
