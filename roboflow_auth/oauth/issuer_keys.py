"""By which keys a trusted issuer signs: pinned by staff, or fetched and kept (RFC 7517 §5; protocol.md P-T6).

The cache is the issuer's row, so all nodes share it. Of the requests that want the same keys one fetches and the others
wait for it; an issuer is asked once a minute at the most; and while it can't be reached, its last good keys count for a
day more.
"""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import structlog
from django.core.cache import cache
from django.utils import timezone

from roboflow_auth.core.databases import give_connection_back
from roboflow_auth.core.secrets import hash_secret
from roboflow_auth.oauth.cimd.fetch import TIMEOUT_SECONDS
from roboflow_auth.oauth.cimd.key_sets import fetch_issuer_keys
from roboflow_auth.oauth.client_keys import PublicKey, UnusableKeys
from roboflow_auth.oauth.errors import TemporarilyUnavailable
from roboflow_auth.oauth.models import TrustedIssuer
from roboflow_auth.oauth.rules.signed_jwt import SignedJwt, candidate_keys, find_signer

log = structlog.get_logger(__name__)

_BACK_OFF_SECONDS = 60
_LOCK_SECONDS = 15
_POLL_SECONDS = 0.1
_GRACE = timedelta(days=1)
# Whoever fetches or waits holds a worker.
_SEATS = threading.BoundedSemaphore(8)


def find_issuer_key(issuer: TrustedIssuer, jwt: SignedJwt) -> PublicKey | None:
    """Return the key of `issuer` that signed `jwt`, or None. No statement, and nothing fetched, as a rule.

    Keys that are due, or that have none with the label that `jwt` names, are fetched first. Raises
    `TemporarilyUnavailable` when there are none to go by.
    """
    if issuer.pinned_keys:
        return find_signer(jwt, issuer.pinned_keys)
    is_due = issuer.keys_expire_at is None or issuer.keys_expire_at <= timezone.now()
    if is_due or not candidate_keys(jwt, issuer.fetched_keys):
        _renew(issuer)
    if issuer.keys_expire_at is None or issuer.keys_expire_at + _GRACE <= timezone.now():
        raise TemporarilyUnavailable("The keys of the assertion's issuer can't be read at this moment.")
    return find_signer(jwt, issuer.fetched_keys)


def _renew(issuer: TrustedIssuer) -> None:
    """Bring the keys of `issuer` up to date, unless somebody tried a moment ago; wait for whoever is at it."""
    # With the address, so that the failures of one that staff corrected are not held against the new one.
    name = f"issuer_keys:{issuer.pk}:{hash_secret(issuer.jwks_uri)}"
    if not _SEATS.acquire(blocking=False):
        return
    try:
        if not cache.add(f"{name}:lock", 1, _LOCK_SECONDS):
            _wait_for_other(f"{name}:lock")
        else:
            _fetch_once(issuer, name)
    finally:
        _SEATS.release()
    issuer.refresh_from_db(fields=["fetched_keys", "keys_expire_at"])


def _fetch_once(issuer: TrustedIssuer, name: str) -> None:
    try:
        if cache.add(f"{name}:tried", 1, _BACK_OFF_SECONDS):
            _fetch(issuer)
    finally:
        cache.delete(f"{name}:lock")


def _wait_for_other(lock: str) -> None:
    give_connection_back()
    ends_at = time.monotonic() + TIMEOUT_SECONDS
    while cache.get(lock) and time.monotonic() < ends_at:
        time.sleep(_POLL_SECONDS)


def _fetch(issuer: TrustedIssuer) -> None:
    try:
        keys, seconds = fetch_issuer_keys(issuer.jwks_uri)
    except UnusableKeys as error:
        log.warning("issuer_keys_unusable", issuer=issuer.issuer, reason=str(error))
        return
    # What staff changed in the meantime stays.
    unchanged = TrustedIssuer.objects.filter(pk=issuer.pk, jwks_uri=issuer.jwks_uri)
    unchanged.update(fetched_keys=keys, keys_expire_at=timezone.now() + timedelta(seconds=seconds))
