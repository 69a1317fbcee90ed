"""How the toolkit under this package is set up: as strict as it can be, though our own rules stand in front of it."""

from __future__ import annotations

from typing import Any

# Every gate of RFC 9700 that the toolkit knows; all of them are open by default.
_GATES = (
    "IMPLICIT_GRANT",
    "PASSWORD_GRANT",
    "PKCE_METHOD",
    "PKCE_REQUIRED",
    "ACCESS_TOKEN_TRANSPORT",
    "TOKEN_STORAGE",
    "AUTHZ_RESPONSE_ISS",
    "REFRESH_TOKEN",
    "REDIRECT_URI_SCHEME",
    "REDIRECT_URI_MATCHING",
)


def toolkit_settings(access_token_seconds: int, refresh_token_seconds: int) -> dict[str, Any]:
    """Return the toolkit's settings, the value of OAUTH2_PROVIDER."""
    return {
        "OIDC_ENABLED": True,
        "PKCE_REQUIRED": True,
        "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
        "ALLOW_LOCALHOST_LOOPBACK": True,
        "ROTATE_REFRESH_TOKEN": True,
        "REFRESH_TOKEN_REUSE_PROTECTION": True,
        "REFRESH_TOKEN_EXPIRE_SECONDS": refresh_token_seconds,
        "ACCESS_TOKEN_EXPIRE_SECONDS": access_token_seconds,
        "CIMD_MAX_DOCUMENT_SIZE": 5 * 1024,
        "APPLICATION_ADMIN_CLASS": "roboflow_auth.oauth.admin.ClientAdmin",
        "ACCESS_TOKEN_ADMIN_CLASS": "roboflow_auth.oauth.admin.AccessTokenAdmin",
        "REFRESH_TOKEN_ADMIN_CLASS": "roboflow_auth.oauth.admin.RefreshTokenAdmin",
        "GRANT_ADMIN_CLASS": "roboflow_auth.oauth.admin.AuthorizationCodeAdmin",
        "ID_TOKEN_ADMIN_CLASS": "roboflow_auth.oauth.admin.IDTokenAdmin",
        **{f"COMPLIANT_BCP_RFC9700_{gate}": True for gate in _GATES},
    }
