"""Making, changing and ending keys: who may, what is refused, and what is written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from roboflow_auth.access.catalogue import BASELINE, WORKSPACE_SCOPES
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action, RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys import services
from roboflow_auth.api_keys.models import ApiKey
from roboflow_auth.api_keys.principals import find_principal
from roboflow_auth.api_keys.selectors import list_api_keys, view_api_key
from roboflow_auth.api_keys.services import create_api_key, revoke_api_key, roll_api_key, update_api_key
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.errors import Conflict, Denied, InvalidInput, MissingScope, NotFound
from roboflow_auth.workspaces.models import Membership, Workspace
from tests import builders

NAME = "Nightly export"


@pytest.fixture
def owner(alice: User, acme: Workspace) -> Principal:
    """Return Alice in a browser, in Acme."""
    return builders.make_principal(alice, acme)


@pytest.fixture
def admin(carol: User, acme: Workspace) -> Principal:
    """Return Carol, whom Acme took on as an admin, in a browser."""
    builders.make_member(acme, carol, RoleName.ADMIN)
    return builders.make_principal(carol, acme)


def scopes_of(raw_key: str) -> frozenset[str]:
    """Return what a key carries now."""
    principal = find_principal(raw_key)
    assert principal is not None
    return principal.scopes


def test_a_key_is_the_baseline_for_ninety_days_unless_asked_otherwise(owner: Principal) -> None:
    made = create_api_key(owner, name=f"  {NAME} ")
    assert made.api_key.name == NAME
    assert set(made.api_key.scopes) == scopes_of(made.secret) == set(BASELINE)
    assert made.api_key.expires_at is not None
    assert timedelta(days=89) < made.api_key.expires_at - timezone.now() < timedelta(days=90)
    assert made.api_key.hint == made.secret[-4:]
    assert (made.api_key.state, made.api_key.made_by, made.api_key.made_with) == ("active", owner.email, "")


def test_the_secret_is_in_no_text_form_of_anything_and_in_no_row(owner: Principal) -> None:
    made = create_api_key(owner, name=NAME)
    rolled = roll_api_key(owner, made.api_key.id, hint=made.api_key.hint)
    for secret in (made.secret, rolled.secret):
        for shown in (made, rolled, list_api_keys(owner), list(ApiKey.objects.values()), audit_rows()):
            assert secret not in str(shown) + repr(shown)


def audit_rows() -> list[Any]:
    """Return every row of the audit log."""
    return list(AuditEvent.objects.values_list())


@pytest.mark.parametrize(
    "scopes", [[], ["unknown"], ["openid"], ["project:read", "offline_access"], ["project:read\x00"], ["x" * 9999]]
)
def test_scopes_that_no_key_can_carry_are_refused_and_not_repeated(owner: Principal, scopes: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        create_api_key(owner, name=NAME, scopes=scopes)
    assert len(refused.value.description) < 120
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("days", [0, -1, 366, 10**30])
def test_a_lifetime_that_can_not_be_is_refused(owner: Principal, days: int) -> None:
    with pytest.raises(InvalidInput):
        create_api_key(owner, name=NAME, lifetime_days=days)


@pytest.mark.parametrize("name", ["", "   ", "a\x00b", "a\ud800", "x" * 121])
def test_a_name_that_can_not_be_is_refused(owner: Principal, name: str) -> None:
    with pytest.raises(InvalidInput):
        create_api_key(owner, name=name)


def test_a_credential_makes_no_key_that_is_wider_than_itself(alice: User, acme: Workspace) -> None:
    lent = {"project:read", "api-key:create"}
    token = builders.make_principal(alice, acme, lent)
    assert set(create_api_key(token, name="same", scopes=lent).api_key.scopes) == lent
    assert create_api_key(token, name="as far as it goes").api_key.scopes == ["project:read"]
    for scope in WORKSPACE_SCOPES - lent:
        with pytest.raises(InvalidInput, match=scope):
            create_api_key(token, name="wider", scopes=[*lent, scope])


def test_a_credential_makes_no_key_that_outlives_it_and_none_without_an_end(alice: User, acme: Workspace) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    token = replace(builders.make_principal(alice, acme, WORKSPACE_SCOPES), lent_until=tomorrow)
    assert create_api_key(token, name=NAME, lifetime_days=90).api_key.expires_at == tomorrow
    with pytest.raises(InvalidInput):
        create_api_key(token, name="forever", lifetime_days=None)


def test_a_person_may_make_a_key_without_an_end(owner: Principal) -> None:
    assert create_api_key(owner, name=NAME, lifetime_days=None).api_key.expires_at is None


def test_a_name_is_taken_while_the_key_lives(owner: Principal, admin: Principal) -> None:
    first = create_api_key(owner, name=NAME).api_key
    with pytest.raises(Conflict):
        create_api_key(owner, name=NAME)
    other = create_api_key(owner, name="Another").api_key
    with pytest.raises(Conflict):
        update_api_key(owner, other.id, name=NAME)
    create_api_key(admin, name=NAME)
    revoke_api_key(owner, first.id)
    assert update_api_key(owner, other.id, name=NAME).name == NAME


def test_a_person_has_so_many_live_keys_in_a_workspace_and_no_more(
    owner: Principal, admin: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MAX_LIVE_KEYS", 2)
    first = create_api_key(owner, name="one").api_key
    create_api_key(owner, name="two")
    with pytest.raises(Conflict):
        create_api_key(owner, name="three")
    create_api_key(admin, name="a colleague's")
    revoke_api_key(owner, first.id)
    create_api_key(owner, name="three")


def test_narrowing_is_felt_at_once_and_never_widens(owner: Principal) -> None:
    made = create_api_key(owner, name=NAME, scopes=["project:read", "image:read"])
    update_api_key(owner, made.api_key.id, scopes=["project:read"])
    assert scopes_of(made.secret) == {"project:read"}
    for scopes in (["project:read", "image:read"], ["version:read"], []):
        with pytest.raises(InvalidInput):
            update_api_key(owner, made.api_key.id, scopes=scopes)
    assert scopes_of(made.secret) == {"project:read"}


def test_a_disabled_key_rests_until_it_is_enabled(owner: Principal) -> None:
    made = create_api_key(owner, name=NAME)
    assert update_api_key(owner, made.api_key.id, disabled=True).state == "disabled"
    assert find_principal(made.secret) is None
    assert update_api_key(owner, made.api_key.id, disabled=False).state == "active"
    assert find_principal(made.secret) is not None


def test_what_was_switched_off_comes_back_by_nobody_who_can_do_less(owner: Principal, admin: Principal) -> None:
    made = create_api_key(owner, name=NAME, scopes=["project:read", "project:create"])
    weaker = replace(admin, actions=admin.actions - {Action.CREATE_PROJECT})
    update_api_key(weaker, made.api_key.id, disabled=True)
    with pytest.raises(Denied):
        update_api_key(weaker, made.api_key.id, disabled=False)
    assert find_principal(made.secret) is None
    assert update_api_key(weaker, made.api_key.id, name="Renamed").state == "disabled"
    update_api_key(admin, made.api_key.id, disabled=False)
    assert scopes_of(made.secret) == {"project:read", "project:create"}


def test_rolling_ends_the_old_secret_at_once_and_happens_once(owner: Principal) -> None:
    made = create_api_key(owner, name=NAME)
    rolled = roll_api_key(owner, made.api_key.id, hint=made.api_key.hint)
    assert find_principal(made.secret) is None
    assert scopes_of(rolled.secret) == set(BASELINE)
    assert (rolled.api_key.id, rolled.api_key.expires_at) == (made.api_key.id, made.api_key.expires_at)
    assert rolled.api_key.rolled_at is not None
    # The same form again, as a browser sends it when its page is reloaded.
    with pytest.raises(Conflict):
        roll_api_key(owner, made.api_key.id, hint=made.api_key.hint)
    assert find_principal(rolled.secret) is not None


def test_nobody_gets_a_secret_that_acts_as_somebody_else(owner: Principal, admin: Principal) -> None:
    key = create_api_key(admin, name=NAME).api_key
    with pytest.raises(Denied):
        roll_api_key(owner, key.id, hint=key.hint)


def test_rolling_leaves_out_what_the_maker_no_longer_holds(owner: Principal, admin: Principal) -> None:
    key = create_api_key(admin, name=NAME, scopes=["project:read", "project:create"]).api_key
    weaker = replace(admin, actions=admin.actions - {Action.CREATE_PROJECT})
    assert roll_api_key(weaker, key.id, hint=key.hint).api_key.scopes == ["project:read"]


@pytest.mark.parametrize("ending", ["revoked", "expired", "disabled", "orphaned"])
def test_a_key_that_does_not_work_is_not_rolled(owner: Principal, ending: str) -> None:
    key = create_api_key(owner, name=NAME).api_key
    bring_to(ending)
    with pytest.raises(Conflict):
        roll_api_key(owner, key.id, hint=key.hint)
    assert view_api_key(owner, key.id).state == ending


@pytest.mark.parametrize("ending", ["revoked", "expired"])
def test_a_key_that_is_over_is_not_changed(owner: Principal, ending: str) -> None:
    key = create_api_key(owner, name=NAME).api_key
    bring_to(ending)
    with pytest.raises(Conflict):
        update_api_key(owner, key.id, disabled=False)


def bring_to(ending: str) -> None:
    """Let every key be in the state `ending`."""
    now = timezone.now()
    if ending == "orphaned":
        Membership.objects.update(joined_at=now + timedelta(minutes=1))
    else:
        column = {"revoked": "revoked_at", "expired": "expires_at", "disabled": "disabled_at"}[ending]
        ApiKey.objects.update(**{column: now - timedelta(seconds=1)})


def test_the_list_shows_what_a_role_no_longer_allows(owner: Principal, admin: Principal) -> None:
    create_api_key(admin, name=NAME, scopes=["project:read", "project:create"])
    Membership.objects.filter(user_id=admin.user_id, workspace_id=admin.workspace_id).update(role=RoleName.VIEWER)
    [key] = list_api_keys(owner).api_keys
    assert (key.scopes, key.unusable_scopes) == (["project:read", "project:create"], ["project:create"])


@pytest.mark.parametrize("key_id", ["", "0", "-1", "1.0", "٣", "9" * 18, "9" * 19, "9" * 4000, "\x00", "acme"])
def test_an_id_that_is_none_is_not_found(owner: Principal, key_id: str) -> None:
    for refused in (
        lambda: view_api_key(owner, key_id),
        lambda: update_api_key(owner, key_id, disabled=True),
        lambda: roll_api_key(owner, key_id, hint=""),
        lambda: revoke_api_key(owner, key_id),
    ):
        with pytest.raises(NotFound):
            refused()


def test_a_stranger_and_a_labeler_get_at_no_key(owner: Principal, bob: User, carol: User, acme: Workspace) -> None:
    made = create_api_key(owner, name=NAME)
    stranger = builders.make_principal(carol, Workspace.objects.get(slug="carol"))
    labeler = builders.make_principal(bob, acme)
    reader = builders.make_principal(User.objects.get(pk=owner.user_id), acme, {"api-key:read"})
    for principal, error in ((stranger, NotFound), (labeler, Denied), (reader, MissingScope)):
        for change in (
            lambda who: update_api_key(who, made.api_key.id, disabled=True),
            lambda who: roll_api_key(who, made.api_key.id, hint=made.api_key.hint),
            lambda who: revoke_api_key(who, made.api_key.id),
        ):
            with pytest.raises(error):
                change(principal)
    assert list_api_keys(stranger).total == 0
    assert find_principal(made.secret) is not None


def test_each_change_leaves_a_row_that_says_what_it_was(owner: Principal) -> None:
    made = create_api_key(owner, name=NAME, scopes=["project:read", "image:read"])
    key_id = made.api_key.id
    update_api_key(owner, key_id, name="Weekly export")
    update_api_key(owner, key_id, scopes=["project:read"])
    update_api_key(owner, key_id, disabled=True)
    update_api_key(owner, key_id, disabled=False)
    rolled = roll_api_key(owner, key_id, hint=made.api_key.hint)
    for _ in range(2):
        revoke_api_key(owner, key_id)
    before, after = f"(…{made.api_key.hint})", f"(…{rolled.api_key.hint})"
    rows = AuditEvent.objects.filter(workspace="acme", target__contains="export").order_by("id")
    assert list(rows.values_list("action", "target", "detail")) == [
        ("create_api_key", f"Nightly export {before}", ""),
        ("update_api_key", f"Nightly export {before}", "name"),
        ("update_api_key", f"Weekly export {before}", "scopes"),
        ("update_api_key", f"Weekly export {before}", "disabled"),
        ("update_api_key", f"Weekly export {before}", "enabled"),
        ("create_api_key", f"Weekly export {after}", "rolled"),
        ("revoke_api_key", f"Weekly export {after}", ""),
        ("revoke_api_key", f"Weekly export {after}", ""),
    ]
