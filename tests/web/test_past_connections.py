"""Connections that are over: what the page of connected apps says of why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.connections import revoke_connection
from roboflow_auth.oauth.workspace_apps.decisions import BLOCKED_BY_ADMIN, ENDED_BY_ADMIN, OUTSIDE_THE_RULE
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.oauth.journeys import signed_in

PAGE = "/connections"


def test_what_is_over_is_told_apart(alice: User, acme: Workspace, carol: User) -> None:
    now = timezone.now()
    builders.make_connection(alice, acme, expires_at=now - timedelta(days=1))
    left = builders.make_connection(alice, builders.make_workspace(carol, "elsewhere"))
    page = signed_in(alice).get(PAGE)
    assert page.context["apps"] == []
    assert [(gone.connection.pk == left.pk, gone.why) for gone in page.context["past"]] == [
        (True, "You left the workspace"),
        (False, "It had run its time"),
    ]


@pytest.mark.parametrize(
    "reason, words",
    [
        ("revoked_by_staff", "Ended by the staff of this server"),
        (BLOCKED_BY_ADMIN, "The workspace blocked the app"),
        (OUTSIDE_THE_RULE, "The workspace no longer allows the app"),
        (ENDED_BY_ADMIN, "Ended by an admin of the workspace"),
        ("issuer_changed", "Your organisation no longer grants it"),
        ("whatever_comes_next", "It was ended"),
    ],
)
def test_what_others_ended_says_who_did(reason: str, words: str, alice: User, acme: Workspace) -> None:
    revoke_connection(builders.make_connection(alice, acme), reason)
    assert [gone.why for gone in signed_in(alice).get(PAGE).context["past"]] == [words]
