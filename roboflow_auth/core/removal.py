"""Deleting what others write to at that moment: a client whose token is refreshed, a workspace that gets an image.

What they add refers to what goes, and the database lets one of the two through. It is the deletion: what goes is taken
out of use first, in a transaction of its own, so that whoever comes later has nothing to add to; then it is held and
deleted, if need be several times over, because of those who came before. Whoever is too late finds that it is gone
(`is_gone`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.db.models import QuerySet

from roboflow_auth.core.errors import Conflict, NotFound
from roboflow_auth.core.sentences import sentence

_ATTEMPTS = 12
_PAUSE_SECONDS = 0.05
# PostgreSQL looks for deadlocks after a second, and ends whoever looks first. The deletion gives way before that.
_PATIENCE = "SET LOCAL lock_timeout = '400ms'"
_LOCK_NOT_AVAILABLE, _DEADLOCK, _FOREIGN_KEY = "55P03", "40P01", "23503"


def remove(delete: Callable[[], None]) -> None:
    """Call `delete` in a transaction, and once more for as long as somebody adds to what it deletes, or holds it.

    What it deletes is out of use already, so it ends soon. Raises `Conflict` where it does not.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            _attempt(delete)
        except (IntegrityError, OperationalError) as error:
            if not _is_in_between(error):
                raise
            if attempt == _ATTEMPTS:
                raise Conflict(sentence("It is in use at this moment. Try again.")) from error
        else:
            return
        time.sleep(_PAUSE_SECONDS)


def hold(rows: QuerySet[Any]) -> bool:
    """Return whether there is still one of `rows`, and let nothing new refer to it until the transaction ends."""
    return rows.select_for_update().values_list("pk", flat=True).first() is not None


def is_gone(error: Exception) -> bool:
    """Return whether `error` says that what was to be changed, or what a new row refers to, was deleted meanwhile."""
    if type(error) is DatabaseError:
        # Django's own word for a row that was there when it was read, and no more when it was to be saved.
        return error.__cause__ is None
    return isinstance(error, ObjectDoesNotExist) or (isinstance(error, IntegrityError) and _is_dangling(error))


def not_found() -> NotFound:
    """Return what a caller is told whose write came too late (`is_gone`)."""
    return NotFound(sentence("It does not exist any more."))


def _attempt(delete: Callable[[], None]) -> None:
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(_PATIENCE)
        delete()
        if connection.vendor == "postgresql":
            # References are looked at when the outermost transaction ends, which may not be this one.
            connection.check_constraints()


def _is_in_between(error: Exception) -> bool:
    return isinstance(error, IntegrityError) or _state(error) in (_LOCK_NOT_AVAILABLE, _DEADLOCK)


def _is_dangling(error: Exception) -> bool:
    name = getattr(error.__cause__, "sqlite_errorname", "")
    return _state(error) == _FOREIGN_KEY or name == "SQLITE_CONSTRAINT_FOREIGNKEY"


def _state(error: Exception) -> str:
    return str(getattr(error.__cause__, "sqlstate", ""))
