"""Health: whether the process answers, and whether it can do its work."""

from __future__ import annotations

import structlog
from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from roboflow_auth.core.http import no_store

log = structlog.get_logger(__name__)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 as long as the process does."""
    return no_store(JsonResponse({"status": "ok"}))


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database and cache answer too, else 503 with the part that does not."""
    checks = {"database": _database_answers(), "cache": _cache_answers()}
    is_ready = all(checks.values())
    status = {name: "ok" if answers else "unavailable" for name, answers in checks.items()}
    members = {"status": "ok" if is_ready else "unavailable", **status}
    return no_store(JsonResponse(members, status=200 if is_ready else 503))


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        log.exception("database_unavailable")
        return False
    return True


def _cache_answers() -> bool:
    try:
        cache.get("readyz")
    # Each cache backend has errors of its own.
    except Exception:
        log.exception("cache_unavailable")
        return False
    return True
