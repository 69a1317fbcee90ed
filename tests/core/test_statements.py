"""A prepared query finds what the queryset finds, in one statement, whichever values it is given."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet

from roboflow_auth.accounts.models import User
from roboflow_auth.core.statements import PreparedQuery
from roboflow_auth.workspaces.models import Membership, Workspace
from tests.support.statements import at_most


def members(*, email: str, now: datetime, role: str = "labeler") -> QuerySet[Membership]:
    """Return the memberships of a person."""
    joined = Membership.objects.filter(user__email=email, joined_at__lt=now, role=role)
    return joined.select_related("user", "workspace").order_by("pk")


def slugs(*, email: str) -> QuerySet[Any, Any]:
    """Return the slugs of a person's workspaces."""
    return Workspace.objects.filter(memberships__user__email=email).values("slug")


MEMBERS = PreparedQuery(members, email="email", now=datetime(2000, 1, 1, tzinfo=UTC))
SLUGS = PreparedQuery(slugs, email="email")
LATER = datetime(2100, 1, 1, tzinfo=UTC)


def test_the_rows_are_those_of_the_queryset_with_what_it_joins(acme: Workspace, alice: User, bob: User) -> None:
    for _ in range(5):
        with at_most(1):
            found = MEMBERS.first(email=bob.email, now=LATER)
            assert found is not None
            assert (found.user, found.workspace, found.role) == (bob, acme, "labeler")
        assert MEMBERS.all(email=alice.email, now=LATER) == []
        assert MEMBERS.first(email=bob.email, now=datetime(2001, 1, 1, tzinfo=UTC)) is None


def test_values_are_dictionaries(acme: Workspace, bob: User) -> None:
    assert SLUGS.all(email=bob.email) == [{"slug": "acme"}]
    assert SLUGS.first(email="nobody@demo.local") is None


def test_a_value_is_a_value_whatever_is_in_it(acme: Workspace) -> None:
    assert SLUGS.all(email="' OR 1=1 --%s") == []
