"""Devices that wait for a person's answer: their two codes, and what becomes of them (RFC 8628; protocol.md P-T6).

The device keeps the long code and asks with it. The person types the short one, which is only good for being asked.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.request_context import current_request
from roboflow_auth.core.secrets import SecretKind, hash_secret, make_secret
from roboflow_auth.oauth.connections import join_scopes, record_on_session
from roboflow_auth.oauth.errors import InvalidClient
from roboflow_auth.oauth.models import Client, Connection, DeviceCode, Session

LIFETIME_SECONDS = 600
INTERVAL_SECONDS = 5

# RFC 8628 §6.1: twenty consonants, so that no code is a word or needs a shift key, and no letter looks like a digit.
_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
_LENGTH = 8
_MAX_TYPED = 64
_USER_CODE = re.compile(f"[{_ALPHABET}]{{{_LENGTH}}}")
_SALT = "roboflow_auth.oauth.user_code"


@dataclass(frozen=True, slots=True)
class NewDeviceCode:
    """What the device is told, this once: its own code, and the one that it shows."""

    raw_device_code: str
    user_code: str


def begin_device(client: Client, resource: Resource, scopes: frozenset[str]) -> NewDeviceCode:
    """Return new codes for a device that runs `client`. One statement.

    Raises `InvalidClient` when the client was deleted meanwhile.
    """
    try:
        return _store(client, resource, scopes)
    except IntegrityError as error:
        if not Client.objects.filter(pk=client.pk).exists():
            raise InvalidClient("The client is not known here any more.") from error
        # Once in many million times somebody else's device shows the same code.
        return _store(client, resource, scopes)


def fold_user_code(typed: str) -> str:
    """Return what a person typed or scanned as the letters of a code, or nothing if it can't be one.

    RFC 8628 §6.1: case does not count, nor do dashes, spaces and whatever else stands between the letters.
    """
    if len(typed) > _MAX_TYPED:
        return ""
    letters = "".join(character for character in typed if character.isalnum()).upper()
    return letters if _USER_CODE.fullmatch(letters) else ""


def shown_user_code(user_code: str) -> str:
    """Return the letters of a code as they are shown: in two groups."""
    return f"{user_code[: _LENGTH // 2]}-{user_code[_LENGTH // 2 :]}"


def sign_user_code(user_code: str) -> str:
    """Return letters of a code that a device was found by, so that the next page knows that nobody guessed them."""
    return signing.dumps(user_code, salt=_SALT)


def read_signed_user_code(signed: str) -> str:
    """Return the letters that `sign_user_code` signed, or nothing if it did not or their time is over."""
    try:
        return str(signing.loads(signed, salt=_SALT, max_age=LIFETIME_SECONDS))
    except signing.BadSignature:
        return ""


def find_open_device(user_code: str) -> DeviceCode | None:
    """Return the device that shows `user_code` (letters only) and still waits, with its client. One statement.

    Whoever lets people guess counts their guesses before.
    """
    waiting = DeviceCode.objects.filter(
        user_code=_hash_user_code(user_code),
        status=DeviceCode.AUTHORIZATION_PENDING,
        expires__gt=timezone.now(),
        client__is_disabled=False,
    )
    device = waiting.select_related("client").first() if user_code else None
    return device if device is not None and device.client.may_use(Client.GRANT_DEVICE_CODE) else None


def allow_device(device: DeviceCode, connection: Connection, granted: frozenset[str], auth_time: datetime) -> bool:
    """Give `device` a session with `granted` scopes of `connection`; return False when it no longer waits.

    Call it in the transaction of the answer. Three statements, the audit row among them.
    """
    # The tokens will be the device's, so the session shows its address and not the browser's.
    session = Session.objects.create(connection=connection, scope=join_scopes(granted), address=device.address)
    if not _settle(device, DeviceCode.AUTHORIZED, connection.user, session=session, auth_time=auth_time):
        return False
    record_on_session(session, "authorize", detail=session.scope)
    return True


def deny_device(device: DeviceCode, user: User) -> None:
    """Let `device` know that `user` said no, if it still waits."""
    _settle(device, DeviceCode.DENIED, user)


def _settle(device: DeviceCode, status: str, user: User, **fields: Session | datetime) -> bool:
    """Write down the answer of `user`; return False when there was one before, or the codes have expired."""
    waiting = DeviceCode.objects.filter(
        pk=device.pk, status=DeviceCode.AUTHORIZATION_PENDING, expires__gt=timezone.now()
    )
    return bool(waiting.update(status=status, user=user, **fields))


def _store(client: Client, resource: Resource, scopes: frozenset[str]) -> NewDeviceCode:
    user_code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    raw_device_code = make_secret(SecretKind.DEVICE_CODE)
    now = timezone.now()
    with transaction.atomic():
        DeviceCode.objects.create(
            client=client,
            device_code=hash_secret(raw_device_code),
            user_code=_hash_user_code(user_code),
            resource=resource.value,
            scope=join_scopes(scopes),
            address=current_request().address,
            interval=INTERVAL_SECONDS,
            created_at=now,
            poll_from=now,
            expires=now + timedelta(seconds=LIFETIME_SECONDS),
        )
    return NewDeviceCode(raw_device_code, user_code)


def _hash_user_code(user_code: str) -> str:
    # Keyed, unlike the hash of a machine's secret: all codes that people can type are tried within a minute.
    return salted_hmac(_SALT, user_code, algorithm="sha256").hexdigest()
