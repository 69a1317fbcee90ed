"""Giving a workspace away, asked of the service itself: forms offer no others than those who can own it."""

from __future__ import annotations

import pytest

from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.core.errors import Conflict, Denied, NotFound
from roboflow_auth.workspaces.models import Membership, Workspace
from roboflow_auth.workspaces.ownership import transfer_workspace
from tests.builders import make_member, make_principal


def test_an_account_that_no_mail_reaches_owns_nothing(alice: User, acme: Workspace) -> None:
    member = make_member(acme, User.objects.create_user("service@service.invalid"), RoleName.ADMIN)
    with pytest.raises(Conflict, match="confirmed"):
        transfer_workspace(make_principal(alice, acme), member.pk)
    assert acme.memberships.get(user=alice).role == RoleName.OWNER


def test_whoever_gave_it_away_in_another_window_does_not_give_it_away_again(
    alice: User, bob: User, carol: User, acme: Workspace
) -> None:
    owner, third = make_principal(alice, acme), make_member(acme, carol, RoleName.VIEWER)
    transfer_workspace(owner, acme.memberships.get(user=bob).pk)
    with pytest.raises(Conflict, match="another owner"):
        transfer_workspace(owner, third.pk)
    assert acme.memberships.get(role=RoleName.OWNER).user == bob


def test_others_give_nothing_away_and_nobody_outside_gets_it(
    alice: User, bob: User, carol: User, acme: Workspace
) -> None:
    with pytest.raises(Denied):
        transfer_workspace(make_principal(bob, acme), acme.memberships.get(user=bob).pk)
    with pytest.raises(NotFound):
        transfer_workspace(make_principal(alice, acme), Membership.objects.get(user=carol).pk)
