"""Looking at the chain over the audit log: all of it, the next part of it, or what a page can say in bounded work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from roboflow_auth.audit.chain import Flaw, flaw_of
from roboflow_auth.audit.models import AuditCheck, AuditSeal

log = structlog.get_logger(__name__)

_MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class ChainState:
    """What is known of the chain: up to when it is sealed and verified, when all of it was looked at, and any flaw.

    Links that were made since that look are sealed, and verified by the next one. Rows in question were written between
    `broken_from` and `broken_until`, when the seal before the broken one and that itself were made; either is None
    where there is no such seal (any more).
    """

    sealed_until: datetime | None
    verified_until: datetime | None
    checked_at: datetime | None
    flaw: Flaw | None = None
    broken_from: datetime | None = None
    broken_until: datetime | None = None


def check_further(links: int) -> AuditCheck:
    """Go on with the look at the chain that is under way, or begin one, by `links` links; return it as it is then.

    Two nodes that do so at once take turns.
    """
    with transaction.atomic():
        check = AuditCheck.objects.select_for_update().filter(ended_at__isnull=True).order_by("id").first()
        check = check or AuditCheck.objects.create()
        _advance(check, links)
    return check


def check_all() -> AuditCheck:
    """Look at the whole chain, from its first link on; return what was found."""
    check = AuditCheck.objects.create()
    while check.ended_at is None:
        _advance(check, _MOST_AT_ONCE)
    return check


def holds(number: int, expected_hash: str) -> bool:
    """Return whether seal `number` still has the hash that somebody wrote down elsewhere when it was made."""
    return AuditSeal.objects.filter(number=number, hash=expected_hash).exists()


def view_chain() -> ChainState:
    """Return what a page says of the chain. Bounded: five statements, and the rows of the newest link are hashed."""
    newest, before = (*AuditSeal.objects.order_by("-number")[:2], None, None)[:2]
    check = AuditCheck.objects.filter(ended_at__isnull=False).order_by("-id").first()
    last = _last_checked(check)
    reached = last.number if last else 0
    # The newest link is looked at below; with it the chain is verified up to there, unless others lie in between.
    verified = newest if newest and newest.number <= reached + 1 else last
    state = ChainState(_time_of(newest), _time_of(verified), check.ended_at if check else None)
    if check is not None and check.broken_at is not None:
        return _broken(state, check.broken_at, Flaw(check.reason))
    if check is not None and check.through and last is None:
        # What was there at the last look is not there any more.
        return _broken(state, check.through, Flaw.SEAL_MISSING)
    flaw = flaw_of(newest, before) if newest else None
    return _broken(state, newest.number, flaw) if newest and flaw else state


def _last_checked(check: AuditCheck | None) -> AuditSeal | None:
    if check is None:
        return None
    return AuditSeal.objects.filter(number=check.through, hash=check.through_hash).first()


def _time_of(seal: AuditSeal | None) -> datetime | None:
    return seal.sealed_at if seal else None


def _broken(state: ChainState, number: int, flaw: Flaw) -> ChainState:
    times = dict(AuditSeal.objects.filter(number__in=(number - 1, number)).values_list("number", "sealed_at"))
    return replace(state, flaw=flaw, broken_from=times.get(number - 1), broken_until=times.get(number))


def _advance(check: AuditCheck, links: int) -> None:
    previous = _last_checked(check)
    if check.through and previous is None:
        _end(check, check.through, Flaw.SEAL_MISSING)
        return
    seals = list(AuditSeal.objects.filter(number__gt=check.through).order_by("number")[:links])
    for seal in seals:
        flaw = flaw_of(seal, previous)
        if flaw is not None:
            _end(check, check.through + 1, flaw)
            return
        check.through, check.through_hash, previous = seal.number, seal.hash, seal
    check.save()
    if len(seals) < links:
        _end_at_newest(check)


def _end_at_newest(check: AuditCheck) -> None:
    # A chain that was cut off, even if it grew again since, lacks a link that an earlier look found.
    longest = AuditCheck.objects.filter(broken_at__isnull=True).exclude(pk=check.pk).order_by("-through", "-id").first()
    if longest and longest.through and not holds(longest.through, longest.through_hash):
        _end(check, longest.through, Flaw.SEAL_MISSING)
    else:
        _end(check, None, None)


def _end(check: AuditCheck, broken_at: int | None, flaw: Flaw | None) -> None:
    check.broken_at, check.reason, check.ended_at = broken_at, flaw or "", timezone.now()
    check.save()
    earlier = AuditCheck.objects.filter(ended_at__isnull=False, pk__lt=check.pk)
    if flaw is None:
        # It knows all that earlier looks knew.
        earlier.delete()
    else:
        # The last look that found all whole stays, since it knows how long the chain was.
        earlier.filter(broken_at__isnull=False).delete()
        log.error("audit_chain_broken", seal=broken_at, flaw=flaw.value)
