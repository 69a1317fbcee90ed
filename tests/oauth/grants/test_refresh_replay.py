"""Refreshing twice: clients that lost an answer or ask several times stay, thieves don't (P-T3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client as Browser
from django.utils import timezone

from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.mail import wait_until_sent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import AccessToken, Client, RefreshToken, Session
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.oauth.replay import open_answer, seal_answer
from tests import builders
from tests.clauses import clause
from tests.oauth.journeys import Journey
from tests.support.statements import at_most


def let_the_window_pass() -> None:
    """Make every answer so old that it is not given again."""
    RefreshToken.objects.update(replay_until=timezone.now() - timedelta(seconds=1))


def is_signed_out(journey: Journey, *answers: dict[str, Any]) -> bool:
    """Return whether nothing of these token responses works any more."""
    dead = [find_principal(answer["access_token"], Resource.MCP) is None for answer in answers]
    refused = [journey.refresh(answer["refresh_token"]).json().get("error") == "invalid_grant" for answer in answers]
    return all(dead) and all(refused)


@clause("P-T3.2")
def test_the_same_token_gets_the_same_answer(journey: Journey) -> None:
    tokens = journey.tokens()
    first = journey.refresh(tokens["refresh_token"])
    again = journey.refresh(tokens["refresh_token"])
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again["Cache-Control"] == "no-store"
    assert find_principal(again.json()["access_token"], Resource.MCP) is not None
    assert (AccessToken.objects.count(), RefreshToken.objects.count()) == (2, 2)
    assert list(AuditEvent.objects.filter(action="refresh_token").values_list("reason", flat=True)) == ["", "repeated"]


@clause("P-T3.2")
def test_an_answer_is_repeated_for_two_minutes(journey: Journey) -> None:
    journey.refresh(journey.tokens()["refresh_token"])
    replay_until = RefreshToken.objects.get(replay__isnull=False).replay_until
    assert replay_until is not None
    assert timedelta(seconds=110) < replay_until - timezone.now() <= timedelta(seconds=120)


def test_an_answer_is_repeated_in_three_statements(journey: Journey) -> None:
    tokens = journey.tokens()
    journey.refresh(tokens["refresh_token"])
    with at_most(3):
        assert journey.refresh(tokens["refresh_token"]).status_code == 200


@clause("P-T3.4")
def test_a_client_whose_answer_got_lost_goes_on_after_the_window(journey: Journey) -> None:
    tokens = journey.tokens()
    lost = journey.refresh(tokens["refresh_token"]).json()
    let_the_window_pass()
    found = journey.refresh(tokens["refresh_token"]).json()
    assert find_principal(found["access_token"], Resource.MCP) is not None
    assert journey.refresh(found["refresh_token"]).status_code == 200
    # What got lost died with it: one family never has two live pairs.
    assert find_principal(lost["access_token"], Resource.MCP) is None


@clause("P-T3.4")
def test_a_client_that_never_stores_its_successor_refreshes_a_hundred_times(journey: Journey) -> None:
    tokens = journey.tokens()
    for _ in range(100):
        answer = journey.refresh(tokens["refresh_token"])
        assert answer.status_code == 200
        assert find_principal(answer.json()["access_token"], Resource.MCP) is not None
        let_the_window_pass()
    assert RefreshToken.objects.filter(revoked__isnull=True).count() == 1
    assert Session.objects.get().ended_at is None


@clause("P-T5.2")
def test_such_a_client_is_not_idle(journey: Journey) -> None:
    tokens = journey.tokens()
    RefreshToken.objects.update(expires_at=timezone.now() + timedelta(seconds=30))
    for _ in range(2):
        journey.refresh(tokens["refresh_token"])
        assert RefreshToken.objects.order_by("pk")[0].expires_at > timezone.now() + timedelta(days=29)
        RefreshToken.objects.update(expires_at=timezone.now() + timedelta(seconds=30))
        let_the_window_pass()


@clause("P-T3.5")
def test_a_thief_who_comes_after_the_victim_is_thrown_out(journey: Journey) -> None:
    stolen = journey.tokens()["refresh_token"]
    victims = journey.refresh(stolen).json()
    victims_next = journey.refresh(victims["refresh_token"]).json()
    assert journey.refresh(stolen).json()["error"] == "invalid_grant"
    assert is_signed_out(journey, victims, victims_next)


@clause("P-T3.5")
def test_a_thief_who_comes_before_the_victim_is_thrown_out_when_the_victim_comes(journey: Journey) -> None:
    stolen = journey.tokens()["refresh_token"]
    thiefs = journey.refresh(stolen).json()
    thiefs_next = journey.refresh(thiefs["refresh_token"]).json()
    let_the_window_pass()
    assert journey.refresh(stolen).json()["error"] == "invalid_grant"
    assert is_signed_out(journey, thiefs, thiefs_next)


def test_a_thief_who_rotates_after_the_window_is_thrown_out_when_the_victim_comes(journey: Journey) -> None:
    stolen = journey.tokens()["refresh_token"]
    victims = journey.refresh(stolen).json()
    let_the_window_pass()
    thiefs = journey.refresh(stolen).json()
    # The victim kept its successor, which the thief's use of the old token made die.
    assert journey.refresh(victims["refresh_token"]).json()["error"] == "invalid_grant"
    assert is_signed_out(journey, thiefs, victims)


def test_a_thief_who_shares_the_answer_is_thrown_out_with_the_next_rotation(journey: Journey) -> None:
    stolen = journey.tokens()["refresh_token"]
    shared = journey.refresh(stolen).json()
    assert journey.refresh(stolen).json() == shared
    victims = journey.refresh(shared["refresh_token"]).json()
    let_the_window_pass()
    thiefs = journey.refresh(shared["refresh_token"]).json()
    assert journey.refresh(victims["refresh_token"]).json()["error"] == "invalid_grant"
    assert is_signed_out(journey, victims, thiefs)


@clause("P-T3.5", "P-T3.6")
def test_reuse_ends_its_session_and_no_other_is_written_down_and_shown(journey: Journey) -> None:
    other, tokens = journey.tokens(), journey.tokens()
    journey.refresh(journey.refresh(tokens["refresh_token"]).json()["refresh_token"])
    for _ in range(2):
        assert journey.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert find_principal(other["access_token"], Resource.MCP) is not None
    assert journey.refresh(other["refresh_token"]).status_code == 200
    assert AuditEvent.objects.filter(action="end_session", reason="refresh_token_reuse", outcome="refused").count() == 1
    wait_until_sent()
    [message] = mail.outbox
    assert message.to == ["alice@demo.local"]
    assert journey.client.name in message.subject
    assert "Acme Robotics" in message.body
    assert f"{journey.client.name} was signed out of Acme Robotics." in journey.browser.get("/").content.decode()


def test_others_are_not_shown_the_warning(journey: Journey, bobs_journey: Journey, carols_journey: Journey) -> None:
    tokens = journey.tokens()
    journey.refresh(journey.refresh(tokens["refresh_token"]).json()["refresh_token"])
    journey.refresh(tokens["refresh_token"])
    for others in (bobs_journey, carols_journey):
        assert "was signed out" not in others.browser.get("/").content.decode()


def test_a_mail_server_that_does_not_answer_changes_nothing(journey: Journey, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    tokens = journey.tokens()
    fresh = journey.refresh(journey.refresh(tokens["refresh_token"]).json()["refresh_token"]).json()
    assert journey.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert is_signed_out(journey, fresh)


@clause("P-T3.7")
def test_another_client_does_not_get_the_answer_nor_end_the_session(journey: Journey) -> None:
    tokens = journey.tokens()
    fresh = journey.refresh(tokens["refresh_token"]).json()
    thief = Journey(builders.make_client(name="Thief"), Browser())
    assert thief.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert find_principal(fresh["access_token"], Resource.MCP) is not None


def test_the_answer_is_not_repeated_once_its_session_ended(journey: Journey) -> None:
    tokens = journey.tokens()
    journey.refresh(tokens["refresh_token"])
    Session.objects.update(ended_at=timezone.now())
    assert journey.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_an_answer_is_not_repeated_longer_than_its_access_token_lives(journey: Journey) -> None:
    Client.objects.update(access_token_seconds=20)
    tokens = journey.tokens()
    journey.refresh(tokens["refresh_token"])
    kept = RefreshToken.objects.get(replay__isnull=False)
    assert kept.replay_until is not None
    assert kept.replay_until <= timezone.now() + timedelta(seconds=20)


@pytest.mark.parametrize("change", [{"scope": "nonsense"}, {"resource": "https://elsewhere.example"}])
def test_a_wrong_parameter_is_refused_on_repetition_too_and_ends_nothing(
    journey: Journey, change: dict[str, str]
) -> None:
    tokens = journey.tokens()
    fresh = journey.refresh(tokens["refresh_token"]).json()
    assert journey.refresh(tokens["refresh_token"], **change).json()["error"] in {"invalid_scope", "invalid_target"}
    assert find_principal(fresh["access_token"], Resource.MCP) is not None


@clause("P-T3.3")
def test_a_copy_of_the_database_opens_no_answer(journey: Journey) -> None:
    tokens = journey.tokens()
    fresh = journey.refresh(tokens["refresh_token"]).json()
    row = RefreshToken.objects.get(replay__isnull=False)
    sealed = bytes(row.replay or b"")
    for secret in (fresh["access_token"], fresh["refresh_token"]):
        assert secret.encode() not in sealed
    # All that the database holds of the token is its hash, and that is not the key.
    assert open_answer(row.token_checksum, row.pk, sealed) is None
    assert open_answer(tokens["refresh_token"], row.pk, sealed) == fresh


def test_an_answer_that_was_tampered_with_or_moved_is_not_given(journey: Journey) -> None:
    tokens = journey.tokens()
    first = journey.refresh(tokens["refresh_token"]).json()
    row = RefreshToken.objects.get(replay__isnull=False)
    elsewhere = seal_answer(tokens["refresh_token"], row.pk + 1, {"access_token": "forged"})
    RefreshToken.objects.filter(pk=row.pk).update(replay=elsewhere)
    second = journey.refresh(tokens["refresh_token"]).json()
    assert second["access_token"] not in ("forged", first["access_token"])
    assert find_principal(second["access_token"], Resource.MCP) is not None
