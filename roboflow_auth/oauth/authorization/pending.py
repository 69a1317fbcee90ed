"""Authorization requests that wait for a person's answer (protocol.md P-A3).

The form carries a signed handle and nothing of the protocol. A handle works for the person and the browser session that
were shown the page, for ten minutes, once; while staff are asked about the app first, for as long as that may take.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.core.secrets import hash_secret
from roboflow_auth.oauth.authorization.request import ValidatedRequest
from roboflow_auth.oauth.clients import may_answer_at, shown_metadata
from roboflow_auth.oauth.models import AuthorizationRequest, Client, DeviceCode

# How long a browser waits for staff or admins. An approval that comes later counts when the app connects again.
WAIT = timedelta(hours=1)
_SALT = "roboflow_auth.oauth.authorization_request"


class HandleRefused(Exception):
    """The handle is forged, expired, already answered, or another person's or browser's."""


def signed_in_person(request: HttpRequest) -> User:
    """Return who is signed in. Raises `HandleRefused` when nobody is."""
    if not request.user.is_authenticated:
        raise HandleRefused("signed out")
    return request.user


def keep_request(
    request: HttpRequest, user: User, client: Client, validated: ValidatedRequest, device: DeviceCode | None = None
) -> str:
    """Store `validated` until the person of this browser session answers, and return its signed handle.

    The answer goes to `device` where there is one, as long as its code is good.
    """
    return _keep(request, user, client, validated, device, _time_to_answer())


def keep_waiting(
    request: HttpRequest, user: User, client: Client, validated: ValidatedRequest, device: DeviceCode | None = None
) -> str:
    """Store `validated` until staff answered and then the person did, and return its signed handle."""
    return _keep(request, user, client, validated, device, WAIT + _time_to_answer())


def wait_for_workspace(row: AuthorizationRequest, workspace: str) -> None:
    """Keep `row` until the admins of `workspace`, its slug, answered and then the person did."""
    AuthorizationRequest.objects.filter(pk=row.pk).update(
        parameters={**row.parameters, "workspace": workspace}, expires_at=timezone.now() + WAIT + _time_to_answer()
    )


def waits_for(row: AuthorizationRequest) -> str:
    """Return the slug of the workspace whose admins were asked; empty where none were."""
    return str(row.parameters.get("workspace", ""))


def find_request(request: HttpRequest, user: User, handle: str) -> AuthorizationRequest:
    """Return the request behind `handle`, with its client and its device. Raises `HandleRefused`."""
    row = find_waiting(request, user, handle)
    if row.client.is_disabled:
        raise HandleRefused("the client was disabled")
    return row


def find_waiting(request: HttpRequest, user: User, handle: str) -> AuthorizationRequest:
    """Return the request behind `handle`, whose client staff may have denied. Raises `HandleRefused`."""
    row = _find(request, user, handle, is_answered=False)
    if not _may_still_answer(row):
        raise HandleRefused("the client took the redirect URI back, or the device grant")
    return row


def find_answered(request: HttpRequest, user: User, handle: str) -> AuthorizationRequest:
    """Return the request behind `handle`, which this person answered in this browser. Raises `HandleRefused`."""
    return _find(request, user, handle, is_answered=True)


def kept_request(row: AuthorizationRequest) -> ValidatedRequest:
    """Return the authorization request that `row` keeps."""
    return ValidatedRequest.from_parameters(row.parameters["request"])


def show_anew(row: AuthorizationRequest) -> bool:
    """Return whether the client of `row` changed since the person was shown it, and note what they are shown now."""
    shown = shown_metadata(row.client)
    if row.parameters["shown"] == shown:
        return False
    AuthorizationRequest.objects.filter(pk=row.pk).update(parameters={**row.parameters, "shown": shown})
    return True


def claim_request(row: AuthorizationRequest) -> None:
    """Mark `row` answered. Raises `HandleRefused` when another answer was first."""
    if not AuthorizationRequest.objects.filter(pk=row.pk, answered_at__isnull=True).update(answered_at=timezone.now()):
        raise HandleRefused("answered at the same time")


def sign_handle(row: AuthorizationRequest) -> str:
    """Return the handle of `row`."""
    return signing.dumps(row.pk, salt=_SALT)


def _find(request: HttpRequest, user: User, handle: str, *, is_answered: bool) -> AuthorizationRequest:
    try:
        # How long a handle is good stands in the row.
        key = signing.loads(handle, salt=_SALT)
    except signing.BadSignature as error:
        raise HandleRefused("signature") from error
    row = (
        AuthorizationRequest.objects.filter(
            pk=key,
            user=user,
            browser_hash=_browser_hash(request),
            answered_at__isnull=not is_answered,
            expires_at__gt=timezone.now(),
        )
        .select_related("client", "device")
        .first()
    )
    if row is None:
        raise HandleRefused("answered, expired, or somebody else's")
    return row


def _may_still_answer(row: AuthorizationRequest) -> bool:
    if row.device_id is not None:
        return row.client.may_use(Client.GRANT_DEVICE_CODE)
    return may_answer_at(row.client, kept_request(row).redirect_uri)


def _as_shown(validated: ValidatedRequest, client: Client) -> dict[str, Any]:
    # P-C6: what the person saw is what they answer to, so it is kept with the question.
    return {"request": validated.as_parameters(), "shown": shown_metadata(client)}


def _keep(
    request: HttpRequest,
    user: User,
    client: Client,
    validated: ValidatedRequest,
    device: DeviceCode | None,
    time: timedelta,
) -> str:
    now = timezone.now()
    AuthorizationRequest.objects.filter(user=user, expires_at__lte=now).delete()
    row = AuthorizationRequest.objects.create(
        user=user,
        client=client,
        device=device,
        browser_hash=_browser_hash(request),
        parameters=_as_shown(validated, client),
        created_at=now,
        expires_at=min(now + time, device.expires) if device else now + time,
    )
    return sign_handle(row)


def _time_to_answer() -> timedelta:
    return timedelta(seconds=settings.CONSENT_HANDLE_SECONDS)


def _browser_hash(request: HttpRequest) -> str:
    return hash_secret(request.session.session_key or "")
