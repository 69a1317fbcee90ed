"""What a seal of the audit log says: the exact bytes that are hashed, and whether they are still what they were.

SHA-256 over a head (version, number, range, count, time and the hash of the seal before) and then over each row of the
range, in the order of ids: the length of the row's canonical JSON as 8 bytes, and that JSON. So a row that is changed,
deleted or added within a sealed range changes the seal's hash, and a seal that is made anew to fit no longer fits the
next one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from roboflow_auth.audit.models import AuditEvent, AuditSeal

SEAL_VERSION = 1
FIELDS: Mapping[int, tuple[str, ...]] = {
    1: (
        *("id", "occurred_at", "workspace", "actor_subject", "actor_email", "via", "client_id", "client_name"),
        *("connection_id", "session_id", "api_key_id", "action", "tool", "target", "outcome", "reason", "detail"),
        *("arguments_digest", "duration_ms", "request_id", "address"),
    )
}
"""The columns that are hashed, by version. A column that comes later makes a new version, and old seals stay true."""

# Below every id that the database gives out or somebody could write by hand.
BEGINNING = -(2**63)


class Flaw(StrEnum):
    """What is wrong with a link of the chain."""

    ROWS_CHANGED = "rows_changed"
    ROWS_MISSING = "rows_missing"
    ROWS_ADDED = "rows_added"
    SEAL_CHANGED = "seal_changed"
    SEAL_MISSING = "seal_missing"


def rows_between(after_id: int, last_id: int, limit: int) -> list[AuditEvent]:
    """Return at most `limit` rows with `after_id` < id <= `last_id`, in the order of ids. One statement."""
    return list(AuditEvent.objects.filter(id__gt=after_id, id__lte=last_id).order_by("id")[:limit])


def hash_of(seal: AuditSeal, rows: Iterable[AuditEvent]) -> str:
    """Return the hash that `seal` has over `rows`, as 64 hexadecimal characters."""
    head = [seal.version, seal.number, seal.after_id, seal.last_id, seal.row_count, seal.sealed_at, seal.previous_hash]
    digest = hashlib.sha256(_canonical(head))
    names = FIELDS[seal.version]
    for row in rows:
        # The length stands before each row, so that no other rows have the same bytes.
        line = _canonical([getattr(row, name) for name in names])
        digest.update(len(line).to_bytes(8, "big") + line)
    return digest.hexdigest()


def flaw_of(seal: AuditSeal, previous: AuditSeal | None) -> Flaw | None:
    """Return what is wrong with `seal`, which should follow `previous` (None: be the first), or None. One statement."""
    number, after_id, before = (previous.number, previous.last_id, previous.hash) if previous else (0, BEGINNING, "")
    if seal.number != number + 1:
        return Flaw.SEAL_MISSING
    if (seal.after_id, seal.previous_hash) != (after_id, before) or seal.version not in FIELDS:
        return Flaw.SEAL_CHANGED
    # One row more than there should be says as much as a million do.
    rows = rows_between(seal.after_id, seal.last_id, seal.row_count + 1)
    if len(rows) != seal.row_count:
        return Flaw.ROWS_MISSING if len(rows) < seal.row_count else Flaw.ROWS_ADDED
    return None if hash_of(seal, rows) == seal.hash else Flaw.ROWS_CHANGED


def _canonical(values: list[Any]) -> bytes:
    plain = [_instant(value) if isinstance(value, datetime) else value for value in values]
    return json.dumps(plain, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
