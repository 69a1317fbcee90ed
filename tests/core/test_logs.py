"""Log lines: what is refused is one line, and only a fault of ours has a traceback."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from roboflow_auth.workspaces.models import Workspace
from tests.oauth.journeys import signed_in


def test_what_is_refused_is_one_line_without_a_traceback(
    bob: User, acme: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    browser = signed_in(bob)
    assert browser.get("/w/acme/audit").status_code == 403
    # More fields than Django reads, which it calls suspicious.
    assert browser.post("/w/acme/leave", {str(number): "" for number in range(2000)}).status_code == 400
    lines = [record for record in caplog.records if record.name.startswith("django.")]
    assert {record.name for record in lines} == {"django.request", "django.security.TooManyFieldsSent"}
    assert {(record.levelno, record.exc_info) for record in lines} == {(logging.WARNING, None)}


def test_a_fault_of_ours_has_a_traceback(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr("roboflow_auth.web.views.home.render", broken)
    assert Browser(raise_request_exception=False).get("/").status_code == 500
    assert [record.levelno for record in caplog.records if record.exc_info] == [logging.ERROR]
