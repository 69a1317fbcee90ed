"""Authorization responses: redirects back to the client (RFC 6749 §4.1.2; protocol.md P-A2, P-A8)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from django.http import HttpResponse

from roboflow_auth.core.http import no_store
from roboflow_auth.oauth.errors import OAuthError
from roboflow_auth.oauth.rules.redirect_uri import is_device


def answer(redirect_uri: str, parameters: Mapping[str, str]) -> HttpResponse:
    """Return the 303 that takes `parameters` to `redirect_uri`, whose own query stays (RFC 6749 §3.1.2).

    303 and not 302: the browser must not send the consent form's body on to the client (RFC 9700 §4.12).
    """
    # Django's own redirect classes refuse private-use schemes; the URI was matched against the client's, so it is safe.
    response = HttpResponse(status=303)
    response["Location"] = answer_uri(redirect_uri, parameters)
    response["Referrer-Policy"] = "no-referrer"
    return no_store(response)


def answer_uri(redirect_uri: str, parameters: Mapping[str, str]) -> str:
    """Return `redirect_uri` with the `parameters` of an answer; those that are empty are left out."""
    separator = "&" if urlsplit(redirect_uri).query else "?"
    return redirect_uri + separator + urlencode({k: v for k, v in parameters.items() if v})


def error_answer(redirect_uri: str, error: OAuthError, *, state: str, issuer: str) -> HttpResponse:
    """Return the redirect that tells the client about `error`."""
    return answer(redirect_uri, error_parameters(error, state=state, issuer=issuer))


def error_parameters(error: OAuthError, *, state: str, issuer: str) -> dict[str, str]:
    """Return what the client is told about `error`. `iss` stands on errors too (RFC 9207 §2)."""
    return {"error": error.error, "error_description": error.description, "state": state, "iss": issuer}


def form_action_source(redirect_uri: str) -> str:
    """Return the CSP source that lets a form's answer be redirected to `redirect_uri` (P-A9).

    Chromium enforces form-action on redirects too. Private-use schemes are named by scheme alone, and so is an IPv6
    literal, for which CSP has no host syntax.
    """
    if is_device(redirect_uri):
        # Nothing is redirected anywhere.
        return "'self'"
    parts = urlsplit(redirect_uri)
    if parts.scheme not in ("http", "https") or parts.netloc.startswith("["):
        return f"{parts.scheme}:"
    return f"{parts.scheme}://{parts.netloc}"
