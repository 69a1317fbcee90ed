"""Sealing beside writers and other nodes: nothing on its way escapes, and there is one chain."""

from __future__ import annotations

import os
import threading
from typing import Any

import psycopg
import pytest
from django.db import connection

from roboflow_auth.audit.chain import FIELDS
from roboflow_auth.audit.checking import check_all
from roboflow_auth.audit.models import AuditEvent, AuditSeal
from roboflow_auth.audit.recorder import record_event
from roboflow_auth.audit.sealing import seal_settled

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_a_row_on_its_way_with_a_lower_id_is_waited_for_and_does_not_escape() -> None:
    record_event("authorize", workspace="acme")
    with psycopg.connect(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"]) as writer:
        columns = ", ".join(f'"{name}"' for name in FIELDS[1] if name != "id")
        writer.execute(
            f"INSERT INTO audit_auditevent ({columns}) SELECT {columns} FROM audit_auditevent LIMIT 1"  # noqa: S608
        )
        record_event("authorize", workspace="acme")
        # Its id is in the gap between the two that are there.
        assert seal_settled(links=9, wait_seconds=0) == 0
        assert not AuditSeal.objects.exists()
        committing = threading.Timer(0.3, writer.commit)
        committing.start()
        assert seal_settled(links=9, wait_seconds=20) == 1
        committing.join()
    assert AuditSeal.objects.get().row_count == 3
    assert check_all().broken_at is None


def test_nodes_that_seal_at_once_make_one_chain_while_others_write() -> None:
    def work(job: Any) -> None:
        try:
            job()
        finally:
            connection.close()

    def write_some() -> None:
        for _ in range(40):
            record_event("authorize", workspace="acme")

    jobs = [write_some] * 3 + [lambda: [seal_settled(links=50, wait_seconds=5) for _ in range(5)]] * 4
    threads = [threading.Thread(target=work, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal_settled(links=100, wait_seconds=5)
    assert sum(AuditSeal.objects.values_list("row_count", flat=True)) == AuditEvent.objects.count() == 120
    assert check_all().broken_at is None
