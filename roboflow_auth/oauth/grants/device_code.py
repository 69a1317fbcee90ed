"""The device grant: a device asks for its tokens until the person has answered (RFC 8628 §3.4, §3.5; protocol.md P-T6).

How often it asks is kept in its row, so that all nodes agree; so is whether it was answered, and one conditional UPDATE
claims that answer.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from roboflow_auth.core.compound import change_if_unchanged
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.rate_limits import LimitName, check
from roboflow_auth.core.secrets import SecretKind, hash_secret, is_well_formed
from roboflow_auth.core.statements import PreparedQuery
from roboflow_auth.oauth.connections import draft_on_session, with_agreement
from roboflow_auth.oauth.errors import AccessDenied, AuthorizationPending, ExpiredToken, InvalidGrant, SlowDown
from roboflow_auth.oauth.grants.request import TokenRequest
from roboflow_auth.oauth.id_token import make_id_token
from roboflow_auth.oauth.models import DeviceCode, Session
from roboflow_auth.oauth.reuse import CODE_REUSE, end_reused_session
from roboflow_auth.oauth.rules.pinned_keys import check_pinned_key
from roboflow_auth.oauth.rules.resource import check_same_resource
from roboflow_auth.oauth.rules.scope import narrowed_scopes
from roboflow_auth.oauth.tokens import IssuedTokens, make_tokens
from roboflow_auth.workspaces.models import Membership

_REFUSED = "The device code is invalid, already used, or was issued to another client."
# RFC 8628 §3.5.
_SLOWER_SECONDS = 5
# A device that counts to five by a clock of its own is not too early.
_TOLERANCE = timedelta(seconds=1)


def redeem_device_code(request: TokenRequest) -> dict[str, Any]:
    """Return the tokens that a person allowed a device. Six statements at the most; three while they have not answered.

    Raises `AuthorizationPending` or `SlowDown` until then, `AccessDenied` when they said no, `ExpiredToken`;
    `InvalidGrant` for a code that is not this client's to redeem now; `InvalidTarget` or `InvalidScope` for what stands
    beside it, which does not consume the code; `TooManyRequests`.
    """
    device = _find_device(request)
    granted = Resource(device.resource)
    check_same_resource(request.client, request.issuer, request.parameters.get("resource", ""), granted)
    if device.redeemed_at is None:
        _check_answer(device)
    session = _live_session(request, device)
    scopes = narrowed_scopes(frozenset(session.scope.split()), request.parameters.get("scope", ""))
    issued = make_tokens(session, scopes & session.connection.scopes, dpop_jkt=request.dpop_jkt)
    if not _claim(device, session, issued):
        # As with any code (OAuth 2.1 §4.1.3): of two parties who have it, one is not the device.
        end_reused_session(session, CODE_REUSE)
        raise InvalidGrant(_REFUSED, detail="device code reuse")
    response = issued.as_response(session.connection)
    if "openid" in issued.scopes:
        response["id_token"] = _id_token(request, device, session, issued)
    return response


def _find_device(request: TokenRequest) -> DeviceCode:
    raw_code = request.require("device_code")
    if not is_well_formed(raw_code, SecretKind.DEVICE_CODE):
        raise InvalidGrant(_REFUSED, detail="malformed device code")
    device = _DEVICE.first(code_hash=hash_secret(raw_code), client_id=request.client.pk)
    if device is None:
        raise InvalidGrant(_REFUSED, detail="unknown device code, or another client's")
    return device


def _check_answer(device: DeviceCode) -> None:
    """Return when the person allowed it and that still counts. Raises the error of RFC 8628 §3.5 otherwise."""
    if device.status == DeviceCode.DENIED:
        raise AccessDenied("The person said no.")
    if device.expires <= timezone.now():
        raise ExpiredToken("The device code has expired. Ask for a new one.")
    if device.session is None:
        raise _asked_in_time(device)


def _asked_in_time(device: DeviceCode) -> AuthorizationPending | SlowDown:
    """Count that the device asked, and return what it is told while the person has not answered."""
    now = timezone.now()
    row = DeviceCode.objects.filter(pk=device.pk)
    pause = timedelta(seconds=device.interval) - _TOLERANCE
    if row.filter(poll_from__lte=now).update(poll_from=now + pause):
        return AuthorizationPending("The person has not answered yet.")
    slower = timedelta(seconds=_SLOWER_SECONDS)
    # RFC 8628 §3.5: from now on for every request.
    row.update(interval=F("interval") + _SLOWER_SECONDS, poll_from=now + pause + slower)
    return SlowDown(f"Wait {_SLOWER_SECONDS} seconds longer between requests than before.")


def _live_session(request: TokenRequest, device: DeviceCode) -> Session:
    """Return the session that `device` was given. Raises `InvalidGrant` when what it hangs off has ended since."""
    session = device.session
    assert session is not None  # noqa: S101 - the answer was checked.
    connection = session.connection
    is_live = session.ended_at is None and connection.is_live(timezone.now()) and connection.user.is_active
    if device.redeemed_at is None:
        if not (is_live and device.role):
            raise InvalidGrant(_REFUSED, detail="the connection, or what it hangs off, ended")
        # P-L1. Not for a code that was used: no limit may stand before what a reuse sets off.
        check(LimitName.SESSION, str(session.pk))
    check_pinned_key(request.client, connection)
    return session


def _claim(device: DeviceCode, session: Session, issued: IssuedTokens) -> bool:
    """Return whether this request is the one that redeems `device`; then what it bought is stored."""
    if device.redeemed_at is not None:
        return False
    # Not whether it has expired: that was looked at a moment ago, and a code that expires since must not look like one
    # that was used.
    added = [*issued.rows, draft_on_session(session, "issue_token")]
    return change_if_unchanged(device, ["redeemed_at"], {"redeemed_at": timezone.now()}, added)


def _id_token(request: TokenRequest, device: DeviceCode, session: Session, issued: IssuedTokens) -> str:
    assert device.auth_time is not None  # noqa: S101 - it was written with the answer.
    return make_id_token(
        issuer=request.issuer,
        client_id=request.client.client_id,
        subject=str(session.connection.user.subject),
        auth_time=device.auth_time,
        # How they signed in stayed in the browser in which they answered.
        amr=[],
        # The device has no authorization request in which it could have sent one.
        nonce="",
        raw_access_token=issued.raw_access_token,
    )


def _device(*, code_hash: str, client_id: int) -> QuerySet[DeviceCode]:
    membership = Membership.objects.filter(
        user=OuterRef("session__connection__user"),
        workspace=OuterRef("session__connection__workspace"),
        joined_at__lte=OuterRef("session__connection__created_at"),
    )
    devices = DeviceCode.objects.filter(device_code=code_hash, client_id=client_id)
    return with_agreement(devices).annotate(role=Subquery(membership.values("role")[:1]))


_DEVICE = PreparedQuery(_device, code_hash="code hash", client_id=-1)
