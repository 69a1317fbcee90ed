"""The OpenAPI 3.1 document of the API, built once per address under which the server is known."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

from roboflow_auth.access.catalogue import SCOPES, WORKSPACE_SCOPES


# In development each loopback spelling is an address of its own; eight are more than anyone types.
@lru_cache(maxsize=8)
def openapi_document(issuer: str) -> dict[str, Any]:
    """Return the document for the server that is known as `issuer`. Callers share it and leave it as it is."""
    # Programs read it, and it is kept for whoever asks next: it is English, whatever the first one speaks.
    with translation.override(settings.LANGUAGE_CODE):
        document: dict[str, Any] = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    document["servers"] = [{"url": issuer}]
    document["components"]["securitySchemes"] = _security_schemes(issuer)
    return document


def _security_schemes(issuer: str) -> dict[str, Any]:
    flow = {
        "authorizationUrl": f"{issuer}/oauth/authorize",
        "tokenUrl": f"{issuer}/oauth/token",
        "refreshUrl": f"{issuer}/oauth/token",
        "scopes": {name: scope.consent for name, scope in SCOPES.items() if name in WORKSPACE_SCOPES},
    }
    return {
        "oauth2": {
            "type": "oauth2",
            "description": (
                f"An access token whose `resource` is `{issuer}/api/v1`. One of the type DPoP is presented in that "
                "scheme, beside a proof of its key (RFC 9449)."
            ),
            "flows": {"authorizationCode": flow},
        },
        "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key", "description": "A key for one workspace."},
    }
