"""When and how a person signed in, and whether a request asks for it again (OpenID Connect Core §3.1.2.1; P-A6)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.accounts.recent_sign_in import authentication_methods, full_proofs
from roboflow_auth.core.public_url import Resource, resource_url
from roboflow_auth.oauth.authorization.request import ValidatedRequest
from roboflow_auth.oauth.rules.redirect_uri import is_device

_PENDING_KEY = "oauth_sign_in_again"
# A session remembers this many requests that wait for a fresh sign-in; more tabs than that are not for people.
_MAX_PENDING = 8


@dataclass(frozen=True, slots=True)
class SignIn:
    """What an ID token says of it: `at` is the `auth_time`, `methods` the `amr` (RFC 8176)."""

    at: datetime
    methods: tuple[str, ...] = ()


def sign_in_of(request: HttpRequest) -> SignIn:
    """Return the sign-in behind this browser session."""
    return SignIn(signed_in_at(request), authentication_methods(request))


def signed_in_at(request: HttpRequest) -> datetime:
    """Return when the person who is signed in to this browser session last proved who they are, with all that it takes.

    For someone with a second factor that is when they last used it, however often a password was typed since.
    """
    user = cast(User, request.user)
    times = [proof["at"] for proof in full_proofs(request)]
    if times:
        return datetime.fromtimestamp(max(times), UTC)
    return user.last_login or user.date_joined


def needs_sign_in_again(request: HttpRequest, validated: ValidatedRequest) -> bool:
    """Return whether the person has to prove themselves before this request is answered.

    `max_age` looks at the time that has passed. `prompt=login` wants a sign-in that is newer than the request's first
    appearance in this browser, which the session remembers, so that reloading the page asks only once.
    """
    since = signed_in_at(request).timestamp()
    if validated.max_age is not None and timezone.now().timestamp() - since > max(validated.max_age, 1):
        return True
    if "login" not in validated.prompts:
        return False
    first_seen = request.session.get(_PENDING_KEY, {}).get(_fingerprint(request))
    return first_seen is None or since < first_seen


def ask_to_sign_in_again(request: HttpRequest) -> HttpResponse:
    """Return the way to the page that asks for the person's best proof again and then comes back to this request."""
    pending = request.session.get(_PENDING_KEY, {})
    if _fingerprint(request) not in pending:
        pending = dict(list(pending.items())[-(_MAX_PENDING - 1) :])
        pending[_fingerprint(request)] = timezone.now().timestamp()
        request.session[_PENDING_KEY] = pending
    known = get_adapter().get_reauthentication_methods(request.user)
    url = known[0]["url"] if known else reverse("account_reauthenticate")
    return _go_to(url, request.get_full_path())


def ask_to_sign_in(request: HttpRequest, path: str = "") -> HttpResponse:
    """Return the way to the sign-in page, which comes back to this request, or to `path`."""
    return _go_to(reverse("account_login"), path or request.get_full_path())


def ask_as_somebody_else(request: HttpRequest, validated: ValidatedRequest) -> HttpResponse:
    """Sign the person out of this browser, and return the way to sign in as another and be asked the same."""
    logout(request)
    return _go_to(reverse("account_login"), _path_of(validated))


def _path_of(validated: ValidatedRequest) -> str:
    """Return the path and query that ask the same again, without what was asked of the sign-in that is over.

    A device's code was never kept, so whoever takes over types it: they need to have the device before them as well.
    """
    if is_device(validated.redirect_uri):
        return reverse("oauth:device")
    query = {
        "response_type": "code",
        "client_id": validated.client_id,
        "redirect_uri": validated.redirect_uri,
        "scope": " ".join(validated.scopes),
        "state": validated.state,
        "resource": resource_url(validated.issuer, Resource(validated.resource)),
        "code_challenge": validated.code_challenge,
        "code_challenge_method": "S256",
        "nonce": validated.nonce,
        "ui_locales": validated.ui_locales,
        "prompt": "consent" if "consent" in validated.prompts else "",
    }
    return f"{reverse('oauth:authorize')}?{urlencode({k: v for k, v in query.items() if v})}"


def _go_to(url: str, path: str) -> HttpResponse:
    return HttpResponseRedirect(f"{url}?{urlencode({'next': path})}")


def _fingerprint(request: HttpRequest) -> str:
    return hashlib.sha256(request.META.get("QUERY_STRING", "").encode("utf-8", "surrogatepass")).hexdigest()[:32]
