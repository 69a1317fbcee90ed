"""The mail about a new connection: who gets it, what it says, and what does not depend on it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from roboflow_auth.accounts.models import User
from roboflow_auth.core.mail import wait_until_sent
from roboflow_auth.oauth.connected_apps import disconnect_all
from roboflow_auth.oauth.models import Connection
from tests.clauses import clause
from tests.oauth.journeys import Journey

pytestmark = pytest.mark.django_db(transaction=True)


def sent() -> list[Any]:
    """Return the mails that were sent until now."""
    wait_until_sent()
    return mail.outbox


@clause("P-G1.3")
def test_a_person_learns_by_mail_of_a_new_app_and_not_of_the_same_one_again(journey: Journey) -> None:
    journey.code({"level": "read"})
    [message] = sent()
    assert message.to == ["alice@demo.local"]
    assert message.subject == f"{journey.client.name} was connected to Acme Robotics"
    assert all(part in message.body for part in ("Acme Robotics", "Read only", "127.0.0.1"))
    assert "http://testserver/connections\n" in message.body
    journey.code()
    journey.code(scope="project:read project:create")
    assert len(sent()) == 1


@clause("P-G1.3")
def test_an_app_that_comes_back_after_it_was_disconnected_is_told_of(journey: Journey, alice: User) -> None:
    journey.code()
    disconnect_all(alice)
    journey.code()
    first, second = sent()
    assert "again" not in first.subject
    assert second.subject == f"{journey.client.name} is connected to Acme Robotics again"
    assert "had connected before" in second.body


def test_a_denial_is_nothing_to_tell_of(journey: Journey) -> None:
    journey.decide(journey.ask(), decision="deny")
    assert not sent()


@clause("P-G1.3")
def test_a_mail_server_that_is_down_changes_nothing_of_the_consent(journey: Journey, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert journey.tokens()["access_token"]
    wait_until_sent()
    assert Connection.objects.count() == 1


def test_an_app_can_not_write_the_mail_by_its_name(journey: Journey) -> None:
    journey.client.name = "Evil\r\nBcc: everybody@demo.local\r\n{{ link }}"
    journey.client.save()
    journey.code()
    [message] = sent()
    assert message.subject.startswith("Evil Bcc: everybody@demo.local {{ link }} was connected")
    assert message.recipients() == ["alice@demo.local"]
