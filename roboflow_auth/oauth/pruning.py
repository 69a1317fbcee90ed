"""Deleting what nobody will need again, a bounded number of rows at a time (protocol.md P-C7).

Clients that registered by themselves and were never connected go after a day; so do codes, requests and tokens that are
over. What people agreed to, and the clients they ever connected, stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session as BrowserSession
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from roboflow_auth.audit.recorder import record_event
from roboflow_auth.oauth.models import (
    AccessToken,
    Approval,
    ApprovalRequest,
    AuthorizationRequest,
    Client,
    DeviceCode,
    RefreshToken,
    Session,
    TrustedIssuer,
    WorkspaceAppRequest,
)

_DAY = timedelta(days=1)
# Sessions that are over stay for that long, for staff to look at.
_SESSION_REST = timedelta(days=90)
# A person asks again after that; staff who did not answer for so long will not.
_UNANSWERED_FOR = timedelta(days=30)


def prune_clients(limit: int) -> int:
    """Delete at most `limit` clients that registered over a day ago and that nobody connected; return how many.

    A client that is just being connected is not lost: it is locked first and looked at again then. Whoever began to
    connect it before is seen by that look, and whoever comes later waits for the lock and finds no client.
    """
    with transaction.atomic():
        candidates = _never_connected(timezone.now()).order_by("created")
        locked = candidates.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:limit]
        # A statement of its own, which sees what was committed before the lock was taken.
        doomed = _never_connected(timezone.now()).filter(pk__in=list(locked))
        count = doomed.delete()[1].get("oauth.Client", 0)
        if count:
            record_event("prune_clients", detail=f"{count} never connected")
    return count


def _never_connected(now: datetime) -> QuerySet[Client]:
    """Return the clients that may go. What staff decided about one is a reason to keep it."""
    # The answer to a page that was shown in time may still be on its way.
    is_asked_about = AuthorizationRequest.objects.filter(
        client=OuterRef("pk"), expires_at__gt=now - timedelta(seconds=settings.CONSENT_HANDLE_SECONDS)
    )
    has_device = DeviceCode.objects.filter(client=OuterRef("pk"), expires__gt=now)
    waits = ApprovalRequest.objects.filter(client=OuterRef("pk"), decided_at__isnull=True)
    waits_for_admins = WorkspaceAppRequest.objects.filter(client=OuterRef("pk"), decided_at__isnull=True)
    is_named_by_issuer = TrustedIssuer.clients.through.objects.filter(client=OuterRef("pk"))
    clients: QuerySet[Client] = Client.objects.filter(
        ~Exists(is_asked_about),
        ~Exists(has_device),
        ~Exists(waits),
        ~Exists(waits_for_admins),
        ~Exists(is_named_by_issuer),
        registration_source=Client.RegistrationSource.DCR,
        first_connected_at__isnull=True,
        created__lt=now - _DAY,
        approval=Approval.BY_POLICY,
        is_disabled=False,
        is_verified=False,
        may_exchange=False,
    )
    return clients


def _over_requests(now: datetime) -> QuerySet[Any]:
    return AuthorizationRequest.objects.filter(expires_at__lt=now - _DAY)


def _unanswered_requests(now: datetime) -> QuerySet[Any]:
    return ApprovalRequest.objects.filter(decided_at__isnull=True, asked_at__lt=now - _UNANSWERED_FOR)


def _unanswered_app_requests(now: datetime) -> QuerySet[Any]:
    return WorkspaceAppRequest.objects.filter(decided_at__isnull=True, asked_at__lt=now - _UNANSWERED_FOR)


def _unredeemed_sessions(now: datetime) -> QuerySet[Any]:
    """Return the sessions whose code nobody redeemed, be it a browser's or a device's; the code goes with them."""
    by_code = Q(code__redeemed_at__isnull=True, code__expires__lt=now - _DAY)
    by_device = Q(device_code__redeemed_at__isnull=True, device_code__expires__lt=now - _DAY)
    return Session.objects.filter(by_code | by_device)


def _over_sessions(now: datetime) -> QuerySet[Any]:
    """Return the sessions that ended, or whose tokens lapsed, long ago; codes and tokens go with them."""
    since = now - _SESSION_REST
    lapsed = ~Exists(RefreshToken.objects.filter(session=OuterRef("pk"), expires_at__gte=since)) & ~Exists(
        AccessToken.objects.filter(session=OuterRef("pk"), expires__gte=since)
    )
    return Session.objects.filter(Q(ended_at__lt=since) | (Q(created_at__lt=since, ended_at__isnull=True) & lapsed))


def _over_access_tokens(now: datetime) -> QuerySet[Any]:
    return AccessToken.objects.filter(expires__lt=now - _DAY)


def _over_refresh_tokens(now: datetime) -> QuerySet[Any]:
    # Used ones stay until they lapse: until then their reuse ends the session (P-T3).
    return RefreshToken.objects.filter(expires_at__lt=now - _DAY)


def _over_device_codes(now: datetime) -> QuerySet[Any]:
    return DeviceCode.objects.filter(expires__lt=now - _DAY)


def _over_browser_sessions(now: datetime) -> QuerySet[Any]:
    return BrowserSession.objects.filter(expire_date__lt=now)


# What is over, by the word that the command prints; each row of it may go at any time.
_OVER: Mapping[str, Callable[[datetime], QuerySet[Model]]] = {
    "authorization requests": _over_requests,
    "requests for approval": _unanswered_requests,
    "requests to admins of workspaces": _unanswered_app_requests,
    "codes never redeemed": _unredeemed_sessions,
    "sessions": _over_sessions,
    "access tokens": _over_access_tokens,
    "refresh tokens": _over_refresh_tokens,
    "device codes": _over_device_codes,
    "browser sessions": _over_browser_sessions,
}


def prune_all(batch: int) -> dict[str, int]:
    """Delete everything that may go, in transactions of `batch` rows; return how many of what."""
    counts = {name: _repeat(partial(_prune_batch, over, batch), batch) for name, over in _OVER.items()}
    # Last, because the requests that are over no longer hold them.
    return {**counts, "apps never connected": _repeat(partial(prune_clients, batch), batch)}


def _prune_batch(over: Callable[[datetime], QuerySet[Model]], batch: int) -> int:
    rows = over(timezone.now())
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:batch])
    # The condition again: a row that is no longer over stays.
    rows.filter(pk__in=pks).delete()
    return len(pks)


def _repeat(prune: Callable[[], int], batch: int) -> int:
    """Return how many rows went in as many batches as it took; one that is not full is the last."""
    total = 0
    while True:
        count = prune()
        total += count
        if count < batch:
            return total
