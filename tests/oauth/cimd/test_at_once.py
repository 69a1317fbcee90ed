"""Metadata documents that several ask for at the same time, or that change while they are fetched."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser

from roboflow_auth.oauth.models import Client
from tests import builders
from tests.clauses import clause
from tests.oauth.cimd.steps import DOCUMENT, PATH, assert_unknown, expire
from tests.support.documents import (
    DocumentServer,
    answer,
)


@pytest.mark.django_db(transaction=True)
def test_a_client_that_another_node_stored_first_is_that_one(documents: DocumentServer) -> None:
    url = f"{documents.origin}{PATH}"

    def late(handler: BaseHTTPRequestHandler) -> None:
        builders.make_client(client_id=url, registration_source=Client.RegistrationSource.CIMD)
        connection.close()
        answer(json.dumps({"client_id": url, **DOCUMENT}).encode())(handler)

    documents.serve(PATH, late)
    query = {"client_id": url, "redirect_uri": "http://127.0.0.1/callback"}
    assert Browser().get("/oauth/authorize", query).status_code == 302
    assert Client.objects.get().name == "Test client"


@pytest.mark.django_db(transaction=True)
def test_a_client_that_staff_delete_while_it_is_fetched_is_unknown(documents: DocumentServer) -> None:
    url = documents.serve_document(PATH, DOCUMENT)
    query = {"client_id": url, "redirect_uri": "http://127.0.0.1/callback"}
    assert Browser().get("/oauth/authorize", query).status_code == 302
    expire()

    def delete(handler: BaseHTTPRequestHandler) -> None:
        Client.objects.all().delete()
        connection.close()
        answer(json.dumps({"client_id": url, **DOCUMENT}).encode())(handler)

    documents.serve(PATH, delete)
    assert_unknown(Browser().get("/oauth/authorize", query))
    assert not Client.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_flood_of_strange_documents_leaves_workers_free_and_is_not_held_against_others(
    documents: DocumentServer,
) -> None:
    asked, may_answer = threading.Semaphore(0), threading.Event()

    def hold(handler: BaseHTTPRequestHandler) -> None:
        asked.release()
        may_answer.wait(5)
        answer(b"", 404)(handler)

    def ask(client_id: str) -> Any:
        query = {"client_id": client_id, "redirect_uri": "http://127.0.0.1/callback"}
        response = Browser().get("/oauth/authorize", query)
        connection.close()
        return response

    other = documents.serve_document(PATH, DOCUMENT)
    flood = [threading.Thread(target=ask, args=(documents.serve(f"/{number}.json", hold),)) for number in range(4)]
    for thread in flood:
        thread.start()
        assert asked.acquire(timeout=5)
    assert_unknown(ask(other))
    may_answer.set()
    for thread in flood:
        thread.join()
    assert ask(other).status_code == 302
    assert documents.requests.count(PATH) == 1


@clause("P-C5.7")
@pytest.mark.django_db(transaction=True)
# Only where the client is known is the person asked to sign in.
@pytest.mark.parametrize("answer_status, status", [(200, 302), (500, 400)])
def test_requests_at_the_same_time_fetch_once_and_all_get_what_that_gets(
    documents: DocumentServer, answer_status: int, status: int
) -> None:
    def slowly(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.3)
        answer(json.dumps({"client_id": f"{documents.origin}{PATH}", **DOCUMENT}).encode(), answer_status)(handler)

    client_id = documents.serve(PATH, slowly)
    statuses: list[int] = []

    def ask() -> None:
        query = {"client_id": client_id, "redirect_uri": "http://127.0.0.1/callback"}
        statuses.append(Browser().get("/oauth/authorize", query).status_code)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [status] * 4
    assert documents.requests == [PATH]
