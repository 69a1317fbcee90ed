"""From a metadata document to a Client, and keeping it fresh (protocol.md P-C5, P-C6, P-C8).

The cache is the row itself, so all nodes share it. Documents are fetched at the authorization endpoint only; of the
requests for one document one fetches and the others wait for it; a failure is not repeated for a minute, and the last
good copy stays in use.
"""

from __future__ import annotations

import copy
import hashlib
import threading
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone
from oauth2_provider.cimd import CIMDError

from roboflow_auth.audit.recorder import record_event
from roboflow_auth.core.databases import give_connection_back
from roboflow_auth.core.errors import TooManyRequests
from roboflow_auth.core.rate_limits import LimitName, address_key, check
from roboflow_auth.oauth.cimd.fetch import TIMEOUT_SECONDS, check_document_url
from roboflow_auth.oauth.cimd.keys import fetch_document, retired_keys
from roboflow_auth.oauth.errors import OAuthError, RateLimited, UnknownClient
from roboflow_auth.oauth.known_clients.lookup import find_by_client_id
from roboflow_auth.oauth.models import AuthMethod, Client
from roboflow_auth.oauth.registration import METADATA_FIELDS, ClientMetadata, apply_metadata, narrow_metadata

log = structlog.get_logger(__name__)

_BACK_OFF_SECONDS = 60
_LOCK_SECONDS = 15
_POLL_SECONDS = 0.1
_PINNED_COPY_SECONDS = 3600
# Each fetch may hold a worker for five seconds, and a flood of strange URLs must not hold all of this process's.
_SLOTS = threading.BoundedSemaphore(4)
# Nor must a crowd that waits for one of them, which holds a worker each.
_SEATS = threading.BoundedSemaphore(8)


def is_metadata_document_id(client_id: str) -> bool:
    """Return whether `client_id` has the form of a URL that could name a document."""
    return client_id[:8].lower() == "https://"


def refresh_client(client_id: str, stored: Client | None, address: str) -> Client | None:
    """Return the client of the document `client_id`: the `stored` one while it is fresh, else fetched anew.

    `address` is the browser's, for log and limits. Raises `UnknownClient` when there is no document and no copy of one,
    `RateLimited` when it would be a first fetch too many. A client that staff registered under a URL is theirs, and
    never fetched.
    """
    if stored is not None and not stored.is_metadata_document:
        return stored
    if not settings.CIMD_ENABLED:
        return None
    if _is_fresh(stored):
        return stored
    try:
        check_document_url(client_id)
        return _fetch_once(client_id, stored, address)
    except (CIMDError, OAuthError) as error:
        log.warning("metadata_document_unusable", client_id=client_id, reason=str(error), address=address)
        return _last_good_copy(client_id, stored, error)


def _fetch_once(client_id: str, stored: Client | None, address: str) -> Client:
    """Fetch and store, unless that just failed; while another request is at it, take what that one gets.

    Raises `CIMDError` or `OAuthError`.
    """
    key = f"cimd:{hashlib.sha256(client_id.encode()).hexdigest()}"
    if cache.get(f"{key}:failed"):
        raise CIMDError("the last attempt failed less than a minute ago")
    if not cache.add(f"{key}:lock", 1, _LOCK_SECONDS):
        return _wait_for_other(client_id, f"{key}:lock")
    try:
        if stored is None:
            _count_first_fetch(address)
        return _fetch(client_id, stored, f"{key}:failed")
    finally:
        cache.delete(f"{key}:lock")


def _count_first_fetch(address: str) -> None:
    """Raise `RateLimited` for one too many (P-L1). Documents that are known are fetched no more often than they say."""
    try:
        check(LimitName.CIMD_ADDRESS, address_key(address))
        check(LimitName.CIMD_ALL)
    except TooManyRequests as error:
        raise RateLimited(error.retry_after_seconds) from error


def _fetch(client_id: str, stored: Client | None, failed: str) -> Client:
    """Fetch and store; remember under `failed` that it did not go well. Raises `CIMDError` or `OAuthError`."""
    if not _SLOTS.acquire(blocking=False):
        # That is not the fault of this document, so nothing is remembered.
        raise CIMDError("too many documents are being fetched at this moment")
    try:
        return _save(client_id, stored, *fetch_document(client_id))
    except (CIMDError, OAuthError):
        cache.set(failed, 1, _BACK_OFF_SECONDS)
        raise
    finally:
        _SLOTS.release()


def _wait_for_other(client_id: str, lock: str) -> Client:
    """Return the client that another request is fetching (people click twice, and apps open two windows)."""
    if not _SEATS.acquire(blocking=False):
        raise CIMDError("too many requests wait for a document at this moment")
    give_connection_back()
    try:
        ends_at = time.monotonic() + TIMEOUT_SECONDS
        while cache.get(lock) and time.monotonic() < ends_at:
            time.sleep(_POLL_SECONDS)
    finally:
        _SEATS.release()
    fetched: Client | None = Client.objects.filter(client_id=client_id).first()
    if fetched is None or not _is_fresh(fetched):
        raise CIMDError("another request was fetching it, and got nothing")
    return fetched


def _save(client_id: str, stored: Client | None, document: Mapping[str, Any], seconds: int) -> Client:
    """Write `document` into the row of `client_id`. Raises `CIMDError` or `OAuthError` for one that can't be used."""
    _check_document(client_id, document)
    by_keys = document.get("jwks") is not None
    metadata = narrow_metadata(document, default_method=AuthMethod.PRIVATE_KEY_JWT if by_keys else AuthMethod.NONE)
    if metadata.auth_method not in (AuthMethod.NONE, AuthMethod.PRIVATE_KEY_JWT):
        raise CIMDError("the document asks for an authentication method that a public document can't carry")
    expires_at = timezone.now() + timedelta(seconds=seconds)
    if stored is not None:
        return _update(stored, metadata, expires_at)
    client = Client(client_id=client_id, registration_source=Client.RegistrationSource.CIMD, cimd_expires_at=expires_at)
    apply_metadata(client, metadata)
    return _insert(client)


def _check_document(client_id: str, document: Mapping[str, Any]) -> None:
    if document.get("client_id") != client_id:
        raise CIMDError("the document's client_id is not the URL at which it stands")
    if "client_secret" in document or "client_secret_expires_at" in document:
        # CIMD §4.1: a secret in a public document is none.
        raise CIMDError("the document holds a client_secret")


def _insert(client: Client) -> Client:
    try:
        with transaction.atomic():
            client.save(force_insert=True)
            record_event("register_client", client_id=client.client_id, client_name=client.name, detail="CIMD")
    except IntegrityError:
        # Another node was first, with the same document.
        return Client.objects.get(client_id=client.client_id)
    return client


def _update(stored: Client, metadata: ClientMetadata, expires_at: datetime) -> Client:
    """Write what the document says; what staff decided while it was fetched stays."""
    with transaction.atomic():
        client: Client | None = Client.objects.select_for_update().filter(pk=stored.pk).first()
        if client is None:
            raise CIMDError("the client was deleted while its document was fetched")
        before = copy.copy(client)
        apply_metadata(client, metadata)
        client.former_keys = retired_keys(before, client.public_keys)
        client.cimd_expires_at = expires_at
        client.save(update_fields=[*METADATA_FIELDS, "former_keys", "cimd_expires_at"])
    return client


def _is_fresh(client: Client | None) -> bool:
    return client is not None and client.cimd_expires_at is not None and client.cimd_expires_at > timezone.now()


def _last_good_copy(client_id: str, stored: Client | None, reason: Exception) -> Client:
    # Read anew: staff may have deleted it by now, and an attempt to update it has left its traces in `stored`.
    current: Client | None = Client.objects.filter(pk=stored.pk).first() if stored is not None else None
    if current is not None:
        return current
    known = find_by_client_id(client_id)
    if known is not None:
        return _save(client_id, None, known.document(client_id), _PINNED_COPY_SECONDS)
    if isinstance(reason, RateLimited):
        raise reason
    raise UnknownClient("Its metadata document could not be read.", detail=str(reason))
