"""Sealing the audit log: a background step puts the next rows under a new link of the chain.

Writers know nothing of it: they take no lock for it and wait for nobody. Ids are given out in order, but transactions
commit in any order, so a row with a lower id may still be on its way when a higher one is there already. It must not
escape: a seal may only cover ids that are settled, which means committed, or undone for ever.

On PostgreSQL that is found out the way CREATE INDEX CONCURRENTLY finds out who still writes. Whoever adds a row locks
the table (ROW EXCLUSIVE, which gets in nobody's way) before an id is given out, and keeps that until it commits. So:
read the highest id there is; then read who holds such a lock; then wait until all of those are gone. Every lower id was
given out before the highest one was, so under a lock that is among those, or whose holder has ended. Writers that begin
later get higher ids. Nobody is blocked; when a writer takes too long, a later run seals.

On SQLite there is one writer at a time, and ids commit in order.

Any number of nodes may do it at once. A link is one transaction that adds one row; links are numbered and the number is
unique, so of two that make the same link one commits, and the other has nothing to do.
"""

from __future__ import annotations

import time
from datetime import timedelta

import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone

from roboflow_auth.audit.chain import BEGINNING, SEAL_VERSION, hash_of, rows_between
from roboflow_auth.audit.models import AuditEvent, AuditSeal

log = structlog.get_logger(__name__)

# The rows of one link: what a reader of the log hashes again, and the part of the log to which a flaw is narrowed down.
SEAL_ROWS = 500
_PAUSE_SECONDS = 0.02

_WRITERS = """
SELECT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND relation = %s::regclass AND mode = 'RowExclusiveLock'
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND pid IS DISTINCT FROM pg_backend_pid()
"""


def seal_settled(*, links: int, wait_seconds: float, rest: timedelta = timedelta()) -> int:
    """Seal what is settled, in `links` new links at the most; return how many were made.

    `wait_seconds` is how long writers that are at it may take; when they take longer nothing is sealed this time.
    Nothing is, either, when somebody did it less than `rest` ago: short links make a long chain.
    """
    newest = AuditEvent.objects.aggregate(newest=Max("id"))["newest"]
    last = AuditSeal.objects.order_by("-number").first()
    is_done = last is not None and (last.last_id >= (newest or 0) or timezone.now() - last.sealed_at < rest)
    if newest is None or is_done or not _are_settled(wait_seconds):
        return 0
    made = 0
    while made < links and _add_link(newest):
        made += 1
    return made


def _are_settled(wait_seconds: float) -> bool:
    """Wait until whoever was adding rows when this began has ended; return whether they all did."""
    if connection.vendor != "postgresql":
        return True
    writers, deadline = _writers(), time.monotonic() + wait_seconds
    while writers:
        if time.monotonic() >= deadline:
            return False
        time.sleep(_PAUSE_SECONDS)
        writers &= _writers()
    return True


def _writers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS, [AuditEvent._meta.db_table])
        return {row[0] for row in cursor.fetchall()}


def _add_link(newest: int) -> bool:
    """Put the next rows up to the id `newest` under a link; return whether there were any and nobody was faster."""
    last = AuditSeal.objects.order_by("-number").first()
    after_id = last.last_id if last else BEGINNING
    rows = rows_between(after_id, newest, SEAL_ROWS)
    if not rows:
        return False
    seal = AuditSeal(
        number=last.number + 1 if last else 1,
        version=SEAL_VERSION,
        after_id=after_id,
        last_id=rows[-1].pk,
        row_count=len(rows),
        sealed_at=timezone.now(),
        previous_hash=last.hash if last else "",
    )
    seal.hash = hash_of(seal, rows)
    try:
        with transaction.atomic():
            seal.save(force_insert=True)
    except IntegrityError:
        return False
    # Into the log of the process as well, which other people keep: whoever makes the whole chain anew can't reach it.
    log.info("audit_sealed", number=seal.number, up_to_row=seal.last_id, hash=seal.hash)
    return True
