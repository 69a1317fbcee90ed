"""Health: whether the process answers, and whether it can do its work."""

from __future__ import annotations

import structlog
from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from roboflow_auth.core.http import no_store

log = structlog.get_logger(__name__)

_WORDS = {True: "ok", False: "unavailable"}


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 as long as the process does; a database that is away is no reason to start it anew."""
    return no_store(JsonResponse({"status": "ok"}))


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database and cache answer too, else 503 with the part that does not."""
    parts = {"database": _database_answers(), "cache": _cache_answers()}
    is_ready = all(parts.values())
    body = {"status": _WORDS[is_ready], **{part: _WORDS[answers] for part, answers in parts.items()}}
    return no_store(JsonResponse(body, status=200 if is_ready else 503))


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        log.exception("The database does not answer")
        return False
    return True


def _cache_answers() -> bool:
    try:
        # Of all that can be asked of the cache, this still fails when Redis is away.
        cache.touch("readyz")
    except Exception:
        # Each cache has errors of its own.
        log.exception("The cache does not answer")
        return False
    return True
