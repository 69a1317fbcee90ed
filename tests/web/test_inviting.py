"""Inviting: who may, to which roles, how often, and what an inviter learns."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client as Browser

from roboflow_auth.access.catalogue import ROLES
from roboflow_auth.access.vocabulary import Action, RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.workspaces.invitations import LIFETIME
from roboflow_auth.workspaces.models import Invitation, Workspace
from roboflow_auth.workspaces.roles import create_role
from tests.builders import make_principal
from tests.oauth.journeys import signed_in
from tests.support.limits import set_limits
from tests.support.statements import at_most
from tests.web.forms import said, send
from tests.web.invitations import MEMBERS, invite, link


def test_a_mail_with_a_link_goes_out_and_nothing_of_the_link_is_kept(alice: User, acme: Workspace) -> None:
    browser = signed_in(alice)
    assert "dana@demo.local is invited." in said(browser, invite(browser, "Dana@Demo.local"))
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["dana@demo.local"], "You are invited to Acme Robotics")
    for words in ("alice@demo.local invites you", "as Reviewer", "dana@demo.local"):
        assert words in sent.body
    raw_token = link().rpartition("/")[2]
    invitation = Invitation.objects.get()
    assert raw_token.startswith("rfi_")
    assert raw_token not in str(Invitation.objects.values())
    assert invitation.expires_at - invitation.sent_at == LIFETIME == timedelta(days=7)
    event = AuditEvent.objects.get(action="invite_member")
    assert (event.actor_email, event.target, event.detail) == ("alice@demo.local", "dana@demo.local", "reviewer")


def test_sending_again_makes_a_new_link_and_the_old_one_is_over(alice: User, dana: User, acme: Workspace) -> None:
    browser = signed_in(alice)
    invite(browser)
    old = link()
    send(browser, MEMBERS, f"/w/acme/invitations/{Invitation.objects.get().pk}/resend")
    assert link() != old
    assert Browser().get(old).status_code == 404
    assert Browser().get(link()).status_code == 303


def test_inviting_again_takes_the_place_of_the_invitation_before(alice: User, acme: Workspace) -> None:
    browser = signed_in(alice)
    invite(browser)
    invite(browser, "DANA@demo.local", "viewer")
    assert Invitation.objects.get().role == "viewer"


def test_a_withdrawn_invitation_is_over(alice: User, dana: User, acme: Workspace) -> None:
    browser = signed_in(alice)
    invite(browser)
    path = f"/w/acme/invitations/{Invitation.objects.get().pk}/withdraw"
    assert "is withdrawn" in said(browser, send(browser, MEMBERS, path))
    assert signed_in(dana).get(link()).status_code == 404
    assert send(browser, MEMBERS, path).status_code == 404


def test_who_is_removed_does_not_come_back_by_an_invitation_they_sent(alice: User, bob: User, acme: Workspace) -> None:
    acme.memberships.filter(user=bob).update(role=RoleName.ADMIN)
    invite(signed_in(bob), "bobs-other@demo.local", "admin")
    member = acme.memberships.get(user=bob)
    send(signed_in(alice), MEMBERS, f"{MEMBERS}/{member.pk}/remove")
    assert not Invitation.objects.exists()


def test_a_member_is_not_invited_and_a_stranger_s_account_is_not_told(
    alice: User, bob: User, dana: User, acme: Workspace
) -> None:
    browser = signed_in(alice)
    assert "is in this workspace already" in invite(browser, "BOB@demo.local").content.decode()
    assert not mail.outbox
    with_account, without = (said(browser, invite(browser, email)) for email in ("dana@demo.local", "no@demo.local"))
    assert "dana@demo.local is invited." in with_account
    assert "no@demo.local is invited." in without


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "x" * 250 + "@demo.local", "a\x00@demo.local", "a b@demo.local"]
)
def test_what_is_no_address_is_not_invited(email: str, alice: User, acme: Workspace) -> None:
    response = invite(signed_in(alice), email)
    assert response.status_code == 200
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", ["owner", "emperor", "", "\x00"])
def test_nobody_is_invited_to_a_role_that_is_none_to_give(role: str, alice: User, acme: Workspace) -> None:
    assert invite(signed_in(alice), role=role).status_code == 200
    assert not Invitation.objects.exists()


def test_nobody_invites_to_more_than_they_may(alice: User, bob: User, acme: Workspace) -> None:
    chief = {Action.MANAGE_MEMBER, Action.VIEW_MEMBER} | ROLES[RoleName.LABELER]
    role = create_role(make_principal(alice, acme), "Crew chief", chief)
    acme.memberships.filter(user=bob).update(role=role.slug, own_role=role)
    browser = signed_in(bob)
    assert invite(browser, role="admin").status_code == 200
    assert not Invitation.objects.exists()
    invite(signed_in(alice), role="admin")
    path = f"/w/acme/invitations/{Invitation.objects.get().pk}/resend"
    assert send(browser, MEMBERS, path).status_code == 403
    assert invite(browser, "mate@demo.local", role="labeler").status_code == 303


def test_those_who_may_not_invite_see_no_invitations_and_send_none(
    alice: User, bob: User, carol: User, acme: Workspace
) -> None:
    invite(signed_in(alice))
    pk = Invitation.objects.get().pk
    acme.memberships.filter(user=bob).update(role=RoleName.VIEWER)
    viewer, stranger = signed_in(bob), signed_in(carol)
    assert "dana@demo.local" not in viewer.get(MEMBERS).content.decode()
    assert send(viewer, MEMBERS, MEMBERS, email="x@demo.local", role="viewer").status_code in (200, 403)
    for what in ("resend", "withdraw"):
        assert send(viewer, MEMBERS, f"/w/acme/invitations/{pk}/{what}").status_code == 403
        assert send(stranger, "/", f"/w/acme/invitations/{pk}/{what}").status_code == 404
        assert send(stranger, "/", f"/w/carol/invitations/{pk}/{what}").status_code == 404
    assert [invitation.email for invitation in Invitation.objects.all()] == ["dana@demo.local"]
    assert len(mail.outbox) == 1


def test_nobody_sends_invitations_without_end(alice: User, acme: Workspace, settings: Any) -> None:
    set_limits(settings, invitations="2/hour", invited_address="1/day")
    browser = signed_in(alice)
    invite(browser)
    assert "Too many requests" in invite(browser).content.decode()
    assert "Too many requests" in invite(browser, "other@demo.local").content.decode()
    assert len(mail.outbox) == 1


def test_a_workspace_has_no_invitations_without_end(
    alice: User, acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roboflow_auth.workspaces.invitations.MAX_PENDING", 1)
    browser = signed_in(alice)
    invite(browser)
    assert "Withdraw some" in invite(browser, "other@demo.local").content.decode()
    assert invite(browser).status_code == 303


def test_a_mail_server_that_is_away_loses_nothing(
    alice: User, acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> int:
        raise SMTPServerDisconnected

    monkeypatch.setattr("roboflow_auth.web.invitation_mail.send_mail", away)
    browser = signed_in(alice)
    assert "could not be sent" in said(browser, invite(browser))
    assert Invitation.objects.exists()


def test_the_pages_take_as_many_statements_for_one_invitation_as_for_many(
    alice: User, dana: User, acme: Workspace
) -> None:
    admin, invited = signed_in(alice), signed_in(dana)
    invite(admin)
    for number in range(3):
        with at_most(12):
            admin.get(MEMBERS)
        with at_most(7):
            invited.get("/")
        invite(admin, f"more-{number}@demo.local")
        EmailAddress.objects.create(user=dana, email=f"more-{number}@demo.local", verified=True)
