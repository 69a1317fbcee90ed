"""Fixtures of the tests of metadata documents: a server for them that is trusted and within reach."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from roboflow_auth.accounts.models import User
from roboflow_auth.workspaces.models import Workspace
from tests.oauth.cimd.steps import DOCUMENT, PATH, journey_of
from tests.oauth.journeys import Journey
from tests.support.documents import (
    Authority,
    DocumentServer,
    make_authority,
    running_document_server,
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return a certificate authority of our own."""
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def running(authority: Authority) -> Iterator[DocumentServer]:
    """Return a server of documents for all tests of this module."""
    with running_document_server(authority) as documents:
        yield documents


@pytest.fixture
def documents(running: DocumentServer, authority: Authority, settings: Any) -> DocumentServer:
    """Return the server with nothing on it, trusted and within reach."""
    running.answers.clear()
    running.requests.clear()
    settings.CIMD_EXTRA_CA_FILE = str(authority.ca_file)
    settings.CIMD_ALLOW_LOOPBACK = True
    return running


@pytest.fixture(autouse=True)
def _deadline_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roboflow_auth.oauth.cimd.fetch.TIMEOUT_SECONDS", 1.0)


@pytest.fixture
def journey(documents: DocumentServer, alice: User, acme: Workspace) -> Journey:
    """Return Alice's way with a client whose document can be fetched."""
    return journey_of(documents.serve_document(PATH, DOCUMENT), alice)
