"""The index behind a person's activity: it is found by the person, newest first, without sorting."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from roboflow_auth.audit.activity import Wanted, list_activity
from roboflow_auth.audit.models import AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_a_page_is_read_from_the_index_of_the_person() -> None:
    subject, others = str(uuid.uuid4()), [str(uuid.uuid4()) for _ in range(40)]
    now = timezone.now()
    rows = [
        AuditEvent(
            actor_subject=subject if number % 200 == 0 else others[number % 40],
            occurred_at=now - timedelta(seconds=number),
            connection_id=number % 200 + 1,
            action="view_project",
            tool="projects_list",
            via="mcp",
            outcome="allowed",
        )
        for number in range(20_000)
    ]
    AuditEvent.objects.bulk_create(rows, batch_size=2_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE audit_auditevent")
    found = list_activity(subject, Wanted(what="projects"), before=rows[-1].pk)
    assert len(found.events) == 50
    assert "audit_by_person_of_apps" in plan_of(subject)
    assert "Sort" not in plan_of(subject)


def plan_of(subject: str) -> str:
    """Return how the database reads a page."""
    calls = AuditEvent.objects.filter(actor_subject=subject, connection_id__isnull=False, via__in=["mcp", "api"])
    return str(calls.order_by("-id")[:51].explain())
