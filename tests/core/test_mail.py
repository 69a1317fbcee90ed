"""Mail that nobody waits for."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from roboflow_auth.core.mail import post, post_after_commit, wait_until_sent
from tests.support.slow_mail import listening_silence

CONTEXT = {"app": "Shelf\ncounter", "workspace": "Acme", "ended_at": "today", "site": "http://testserver"}
TEMPLATE = "oauth/email/session_ended"


def test_a_mail_is_sent_with_its_subject_in_one_line() -> None:
    post(TEMPLATE, CONTEXT, "alice@demo.local")
    wait_until_sent()
    [message] = mail.outbox
    assert (message.to, message.subject) == (["alice@demo.local"], "Shelf counter was signed out of your workspace")


@pytest.mark.django_db(transaction=True)
def test_a_mail_goes_out_with_the_commit_and_not_without_it() -> None:
    with transaction.atomic():
        post_after_commit(TEMPLATE, CONTEXT, "alice@demo.local")
        wait_until_sent()
        assert not mail.outbox
    wait_until_sent()
    assert len(mail.outbox) == 1
    with transaction.atomic():
        post_after_commit(TEMPLATE, CONTEXT, "bob@demo.local")
        transaction.set_rollback(True)
    wait_until_sent()
    assert len(mail.outbox) == 1


def test_a_mail_server_that_says_nothing_holds_nobody_up(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = 2
    with listening_silence() as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        began = time.monotonic()
        post(TEMPLATE, CONTEXT, "alice@demo.local")
        assert time.monotonic() - began < 1
        wait_until_sent()


def test_mails_do_not_pile_up_without_bound(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roboflow_auth.core.mail._MOST_WAITING", 0)
    post(TEMPLATE, CONTEXT, "alice@demo.local")
    wait_until_sent()
    assert not mail.outbox
