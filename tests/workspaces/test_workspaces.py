"""Workspaces: who sees whom, and what a caller reads about themselves."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from roboflow_auth.access.vocabulary import Action, RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.errors import Denied, MissingScope, NotFound
from roboflow_auth.workspaces.models import Membership, Workspace, actions_of_role
from roboflow_auth.workspaces.selectors import find_membership, find_workspace, list_members, view_caller
from tests.builders import make_principal, make_workspace
from tests.support.statements import at_most


def test_a_caller_reads_where_they_are_and_what_they_may_do_now(alice: User, acme: Workspace) -> None:
    view = view_caller(make_principal(alice, acme, ["workspace:read", "project:create"]))
    assert (view.workspace, view.workspace_name, view.role) == ("acme", "Acme Robotics", "owner")
    assert view.granted_scopes == ["project:create", "workspace:read"]
    assert view.effective_actions == ["create_project", "view_workspace"]


def test_scopes_that_the_role_can_not_use_give_no_actions(bob: User, acme: Workspace) -> None:
    view = view_caller(make_principal(bob, acme, ["workspace:read", "project:create"]))
    assert view.effective_actions == ["view_workspace"]


def test_members_are_listed_in_the_order_in_which_they_joined(alice: User, acme: Workspace) -> None:
    principal = make_principal(alice, acme, ["member:read"])
    with at_most(3):
        page = list_members(principal, limit=1, offset=1)
    assert [member.email for member in page.members] == ["bob@demo.local"]
    assert (page.total, page.limit, page.offset) == (2, 1, 1)
    assert AuditEvent.objects.latest("id").action == "view_member"


def test_bob_may_not_list_members(bob: User, acme: Workspace) -> None:
    with pytest.raises(Denied):
        list_members(make_principal(bob, acme, ["member:read"]))


def test_a_client_without_the_scope_may_not_either(alice: User, acme: Workspace) -> None:
    with pytest.raises(MissingScope):
        list_members(make_principal(alice, acme, ["workspace:read"]))


def test_another_workspace_is_not_found_and_an_absent_one_looks_the_same(
    alice: User, carol: User, acme: Workspace
) -> None:
    messages = set()
    for slug in ("carol", "absent"):
        with pytest.raises(NotFound) as refusal:
            find_workspace(make_principal(alice, acme), slug, to=Action.VIEW_WORKSPACE)
        messages.add(refusal.value.description)
    assert len(messages) == 1
    with pytest.raises(NotFound):
        find_membership(carol, "acme")


def test_a_workspace_has_one_owner_and_a_person_one_role_there(alice: User, bob: User, acme: Workspace) -> None:
    for user, role in ((bob, RoleName.OWNER), (alice, RoleName.VIEWER)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(workspace=acme, user=user, role=role)


def test_a_role_that_does_not_exist_may_do_nothing() -> None:
    assert actions_of_role("emperor") == frozenset()


def test_a_taken_address_gets_an_ending(alice: User, acme: Workspace) -> None:
    assert make_workspace(alice, "acme").slug.startswith("acme-")


def test_a_workspace_for_which_no_address_is_free_is_not_made(
    alice: User, acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda _: "c0ffee")
    make_workspace(alice, "acme")
    with pytest.raises(RuntimeError):
        make_workspace(alice, "acme")
    assert sorted(Workspace.objects.values_list("slug", flat=True)) == ["acme", "acme-c0ffee"]
