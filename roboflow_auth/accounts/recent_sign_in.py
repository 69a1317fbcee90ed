"""Whether the person proved who they are a moment ago, which dangerous steps ask for, and by which methods.

allauth writes each proof into the browser session: a sign-in, and every «Confirm that it is you». A view that must not
be open to whoever finds a browser unlocked stands behind `recent_sign_in_required` (docs/sign-in.md).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from roboflow_auth.accounts.models import User
from roboflow_auth.accounts.second_factor import second_factors

ViewT = TypeVar("ViewT", bound=Callable[..., Any])
Proof = dict[str, Any]


def recent_sign_in_required(view: ViewT) -> ViewT:
    """Let a view be called only within five minutes of a proof of who the person is.

    Others prove it first and come back to the same address; a form that they sent is sent again.
    """
    return cast(ViewT, reauthentication_required(view, app="roboflow_auth"))


def signed_in_recently(request: HttpRequest) -> bool:
    """Return whether the person of this browser session proved who they are a moment ago."""
    newest = max((proof["at"] for proof in full_proofs(request)), default=0.0)
    return time.time() - newest < app_settings.REAUTHENTICATION_TIMEOUT


def full_proofs(request: HttpRequest) -> list[Proof]:
    """Return the session's proofs that are enough by themselves to be asked nothing further.

    For someone with a second factor these are the proofs by it, and those from before they had it: a password that
    was stolen must not be enough to take the second factor away.
    """
    proofs = _proofs(request)
    first = second_factors(cast(User, request.user)).first() if proofs else None
    if first is None:
        return proofs
    since = first.created_at.timestamp()
    return [proof for proof in proofs if proof["method"] == "mfa" or proof["at"] < since]


def used_second_factor(request: HttpRequest) -> bool:
    """Return whether more than a password stands behind this browser session."""
    return any(proof["method"] == "mfa" for proof in _proofs(request))


def authentication_methods(request: HttpRequest) -> tuple[str, ...]:
    """Return the methods behind this browser session as RFC 8176 §2 names them, sorted.

    It has no name for a sign-in at another provider, so that adds nothing.
    """
    proofs = _proofs(request)
    names = {"pwd" for proof in proofs if proof["method"] == "password"}
    names |= {"otp" for proof in proofs if proof.get("type") in (Authenticator.Type.TOTP, "recovery_codes")}
    names |= _kinds_of_keys({proof["id"] for proof in proofs if proof.get("type") == Authenticator.Type.WEBAUTHN})
    # A passkey without a password proves two factors at once: having the key, and unlocking it.
    if len(names) > 1 or any(proof.get("passwordless") for proof in proofs):
        names.add("mfa")
    return tuple(sorted(names))


def _kinds_of_keys(ids: set[int]) -> set[str]:
    if not ids:
        return set()
    # RFC 8176 §2: hwk is a key that can't leave its hardware, swk one that can. WebAuthn Level 3 §6.1.3 has a flag for
    # keys that may be copied to other devices.
    keys = Authenticator.objects.filter(pk__in=ids, type=Authenticator.Type.WEBAUTHN)
    return {"swk" if key.wrap().authenticator_data.is_backup_eligible() else "hwk" for key in keys}


def _proofs(request: HttpRequest) -> list[Proof]:
    if not request.user.is_authenticated:
        return []
    return [record for record in get_authentication_records(request, request.user) if "at" in record]
