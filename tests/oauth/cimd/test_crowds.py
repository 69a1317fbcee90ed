"""A crowd that waits for one slow document does not hold every worker of the process."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler

import pytest
from django.db import connection
from django.test import Client as Browser

from tests.support.documents import DocumentServer

# With the one that fetches, fewer than the pool has connections: who waits in line holds one.
CROWD, SEATS = 13, 8


@pytest.mark.django_db(transaction=True)
def test_a_crowd_behind_one_slow_document_leaves_workers_free(
    documents: DocumentServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("fetch", "resolve"):
        monkeypatch.setattr(f"roboflow_auth.oauth.cimd.{module}.TIMEOUT_SECONDS", 60.0)
    is_asked, may_answer, is_sent_away = threading.Event(), threading.Event(), threading.Semaphore(0)

    def hold(handler: BaseHTTPRequestHandler) -> None:
        is_asked.set()
        may_answer.wait(60)
        handler.send_error(404)

    client_id = documents.serve("/slow.json", hold)

    def ask() -> None:
        try:
            Browser().get("/oauth/authorize", {"client_id": client_id, "redirect_uri": "http://127.0.0.1/callback"})
            is_sent_away.release()
        finally:
            connection.close()

    first, *crowd = [threading.Thread(target=ask) for _ in range(1 + CROWD)]
    first.start()
    try:
        assert is_asked.wait(20)
        for thread in crowd:
            thread.start()
        # As many as there are seats wait with the one that fetches; the others are answered while it does.
        assert all(is_sent_away.acquire(timeout=20) for _ in range(CROWD - SEATS))
        assert not is_sent_away.acquire(timeout=0.5)
    finally:
        may_answer.set()
        for thread in (first, *crowd):
            thread.join()
