"""Signing keys at staff's desk: rotated and withdrawn, and never seen."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import Permission
from django.test import Client as Browser
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.oauth.key_rotation import rotate_keys
from roboflow_auth.oauth.keys import signing_key
from roboflow_auth.oauth.models import SigningKey
from tests import builders
from tests.oauth.admin.desk import act
from tests.oauth.journeys import signed_in

State = SigningKey.State


def test_staff_let_the_next_key_sign_once_it_is_known(desk: Browser, staff: User) -> None:
    signing_key()
    current = SigningKey.objects.get()
    assert "can sign in a day" in act(desk, "rotate", current).content.decode()
    following = SigningKey.objects.get(state=State.NEXT)
    assert "does not sign yet" in act(desk, "rotate", current).content.decode()
    SigningKey.objects.update(state_since=timezone.now() - timedelta(days=2))
    assert "signs from now on" in act(desk, "rotate", current).content.decode()
    assert SigningKey.objects.get(state=State.CURRENT) == following
    rows = AuditEvent.objects.filter(action="rotate_signing_keys").order_by("pk")
    assert list(rows.values_list("detail", "actor_email", "reason")) == [
        ("published", staff.email, "by_staff"),
        ("rotated", staff.email, "by_staff"),
    ]


def test_staff_withdraw_a_key_that_leaked(desk: Browser) -> None:
    rotate_keys()
    leaked = SigningKey.objects.get(state=State.CURRENT)
    act(desk, "withdraw", leaked)
    assert leaked.kid not in [key["kid"] for key in Browser().get("/oauth/jwks").json()["keys"]]
    assert AuditEvent.objects.get(action="withdraw_signing_key").detail == leaked.kid


def test_who_may_only_look_rotates_and_withdraws_nothing(db: None) -> None:
    rotate_keys()
    SigningKey.objects.update(state_since=timezone.now() - timedelta(days=2))
    looker = builders.make_user("looker@demo.local", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_signingkey"))
    before = set(SigningKey.objects.values_list("kid", "state"))
    for action in ("rotate", "withdraw"):
        act(signed_in(looker), action, SigningKey.objects.get(state=State.CURRENT))
    assert set(SigningKey.objects.values_list("kid", "state")) == before
