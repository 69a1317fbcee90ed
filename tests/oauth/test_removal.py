"""Deleting what tokens hang off while they are issued, on PostgreSQL, where both really happen at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.models import Client, Connection
from roboflow_auth.oauth.principals import live_tokens
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.crowd import all_at_once, fresh, in_the_meantime
from tests.oauth.journeys import Journey, signed_in
from tests.oauth.removals import DELETIONS, ISSUES, Issue

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

REFUSALS = {(401, "invalid_client"), (400, "invalid_grant")}
CROWD = 8
deletions = pytest.mark.parametrize("deletion", DELETIONS)
issues = pytest.mark.parametrize("issue", ISSUES)


def refusal(response: Any) -> tuple[int, str]:
    """Return status and error of an answer of the token endpoint."""
    return response.status_code, response.json().get("error", "")


def is_deleted(issue: Issue, deletion: str) -> bool:
    """Return whether the one thing that was to be deleted is gone, and nothing is live that hung off it."""
    kept: Callable[[], bool] = {
        "client": Client.objects.filter(pk=issue.client.pk).exists,
        "workspace": Workspace.objects.filter(pk=issue.workspace.pk).exists,
        "person": User.objects.filter(pk=issue.person.pk).exists,
    }[deletion.partition(" ")[0]]
    hanging = Connection.objects.filter(user=issue.person.pk, client=issue.client.pk, workspace=issue.workspace.pk)
    return not kept() and not hanging.exists()


@clause("P-T1.5")
@deletions
@issues
def test_a_token_that_is_asked_for_during_a_deletion_is_refused(
    alice: User, acme: Workspace, issue: str, deletion: str
) -> None:
    asked = ISSUES[issue](alice, acme)
    refused = in_the_meantime(DELETIONS[deletion](asked), asked.send)
    assert refusal(refused) in REFUSALS
    assert is_deleted(asked, deletion)


@clause("P-T1.5")
@deletions
@issues
def test_a_deletion_takes_along_the_token_that_was_being_issued(
    alice: User, acme: Workspace, issue: str, deletion: str
) -> None:
    asked = ISSUES[issue](alice, acme)
    delete = DELETIONS[deletion](asked)
    answers = []

    def issue_half_way() -> None:
        answers.append(asked.send())
        # Looks at the references of the new rows now and not at the commit: nobody deletes what they name from here on.
        connection.check_constraints()

    deleted = in_the_meantime(issue_half_way, delete)
    assert [response.status_code for response in answers] == [200]
    assert deleted.status_code in (204, 302, 303)
    assert is_deleted(asked, deletion)
    assert not live_tokens(timezone.now()).exists()


@deletions
def test_an_answer_on_the_consent_page_during_a_deletion_connects_nothing(
    alice: User, acme: Workspace, deletion: str
) -> None:
    way = Journey(builders.make_client(), signed_in(alice))
    issue = Issue(way.client, alice, acme, lambda: None)
    page = way.ask()
    answer = in_the_meantime(DELETIONS[deletion](issue), lambda: way.decide(page))
    assert answer.status_code == 400, answer.content
    assert is_deleted(issue, deletion)


@clause("P-T1.5")
@deletions
def test_of_a_crowd_that_refreshes_nobody_holds_a_deletion_up(alice: User, acme: Workspace, deletion: str) -> None:
    way = Journey(builders.make_client(), signed_in(alice))
    held = [way.tokens({"workspace": "acme"})["refresh_token"] for _ in range(CROWD)]
    issue = Issue(way.client, alice, acme, lambda: None)
    deleted: list[Any] = []
    delete = DELETIONS[deletion](issue)
    actions: list[Callable[[], Any]] = [partial(refresh_until_refused, way, token) for token in held]
    actions.append(lambda: deleted.append(delete()))

    def act() -> Any:
        return actions.pop()()

    answers = [answer for answer in all_at_once(act, len(actions)) if answer is not None]
    assert [response.status_code for response in deleted] in ([204], [302], [303])
    assert {refusal(answer) for answer in answers} <= REFUSALS
    assert is_deleted(issue, deletion)
    assert not live_tokens(timezone.now()).exists()


def refresh_until_refused(way: Journey, token: str) -> Any:
    """Return the first answer without tokens to a client that refreshes on and on, or the last of very many."""
    machine = fresh(way)
    for _ in range(300):
        answer = machine.refresh(token)
        if answer.status_code != 200:
            break
        token = answer.json()["refresh_token"]
    return answer
