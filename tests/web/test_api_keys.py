"""The pages of API keys: who sees which, what they say, and what their forms do."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys.models import ApiKey
from roboflow_auth.api_keys.principals import find_principal
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.workspaces.models import Membership, Workspace
from tests import builders
from tests.oauth.journeys import signed_in
from tests.support.statements import at_most
from tests.web.people import submit


@pytest.fixture
def key(alice: User, acme: Workspace) -> ApiKey:
    """Return a key of Alice's that reads two things."""
    builders.make_api_key(alice, acme, ["project:read", "image:read"])
    return ApiKey.objects.select_related("user", "workspace").get()


def page(user: User, path: str) -> str:
    """Return the page at `path` as `user` sees it."""
    response = signed_in(user).get(path)
    assert response.status_code == 200
    return str(response.content.decode())


def test_whoever_is_not_signed_in_is_asked_to(key: ApiKey, client: Any) -> None:
    for path in ("/keys", "/keys/new", f"/keys/{key.pk}"):
        response = client.get(path)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")


def test_the_list_tells_of_a_key_all_but_its_secret(alice: User, key: ApiKey) -> None:
    html = page(alice, "/keys")
    for told in (key.name, f"rfk_…{key.hint}", "Read only", "2 permissions", "You", "in 90 days", "Never"):
        assert told in html
    assert key.key_hash not in html


def test_an_admin_sees_the_keys_of_everybody_in_the_workspace(alice: User, carol: User, key: ApiKey) -> None:
    builders.make_member(key.workspace, carol, RoleName.ADMIN)
    assert "alice@demo.local" in page(carol, "/keys?workspace=acme")
    assert key.name not in page(carol, "/keys?workspace=carol")


def test_a_labeler_is_told_who_can_help(bob: User, key: ApiKey) -> None:
    for path in ("/keys", "/accounts/reauthenticate/"):
        assert key.name not in signed_in(bob).get(path).content.decode()
    assert "An owner or admin of your workspace can do it for you." in page(bob, "/keys")


def test_a_labeler_gets_at_no_key_and_the_refusal_is_on_record(bob: User, key: ApiKey) -> None:
    browser = signed_in(bob)
    assert browser.get(f"/keys/{key.pk}").status_code == 403
    assert browser.get("/keys?workspace=acme").status_code == 404
    for path in ("name", "scopes", "state", "revoke"):
        assert submit(browser, f"/keys/{key.pk}/{path}", {"disabled": "yes"}, page="/").status_code == 403
    key.refresh_from_db()
    assert (key.disabled_at, key.revoked_at) == (None, None)
    rows = AuditEvent.objects.filter(actor_email=bob.email, outcome="refused")
    assert set(rows.values_list("action", "reason")) == {
        ("get_api_key", "role"), ("update_api_key", "role"), ("revoke_api_key", "role"),
    }  # fmt: skip


def test_to_a_stranger_there_is_no_key(carol: User, key: ApiKey) -> None:
    browser = signed_in(carol)
    assert key.name not in page(carol, "/keys")
    for path in (f"/keys/{key.pk}", "/keys?workspace=acme"):
        assert browser.get(path).status_code == 404
    for path in ("name", "scopes", "state", "revoke"):
        assert submit(browser, f"/keys/{key.pk}/{path}", {"name": "x"}).status_code == 404
    assert find_views() == []


def find_views() -> list[str]:
    """Return which keys are no longer as they were made."""
    return [key.name for key in ApiKey.objects.exclude(disabled_at=None, revoked_at=None)]


@pytest.mark.parametrize("path", ["/keys/%00", "/keys/0", "/keys/-1", "/keys/" + "9" * 400, "/keys/x", "/keys/1.5"])
def test_where_no_key_is_there_is_no_page(alice: User, key: ApiKey, path: str) -> None:
    assert signed_in(alice).get(path).status_code == 404


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page=" + "9" * 400, "page=9999", "page=%00"])
def test_a_page_number_that_can_not_be_is_no_fault(alice: User, key: ApiKey, query: str) -> None:
    assert signed_in(alice).get(f"/keys?{query}").status_code == 200


@pytest.mark.parametrize("slug", ["carol", "nowhere", "%00", "x" * 300])
def test_the_workspace_has_to_be_one_of_the_persons(alice: User, carol: User, key: ApiKey, slug: str) -> None:
    assert signed_in(alice).get(f"/keys?workspace={slug}").status_code == 404


def test_a_list_of_many_keys_takes_the_statements_of_a_list_of_one(alice: User, key: ApiKey) -> None:
    browser = signed_in(alice)
    browser.get("/keys")
    for expected in (1, 21, 41):
        # Session, person, memberships, keys, their number, the audit row.
        with at_most(6):
            html = browser.get("/keys").content.decode()
        assert html.count("rfk_…") == min(expected, 25)
        for _ in range(20 if expected < 41 else 0):
            builders.make_api_key(alice, key.workspace)
    assert browser.get("/keys?page=2").content.decode().count("rfk_…") == 41 - 25


def test_the_page_of_a_key_takes_few_statements(alice: User, key: ApiKey) -> None:
    browser = signed_in(alice)
    browser.get("/keys")
    # Session, person, membership, key, the audit row.
    with at_most(5):
        browser.get(f"/keys/{key.pk}")


def test_permissions_are_taken_away_and_never_added(alice: User, acme: Workspace) -> None:
    raw_key = builders.make_api_key(alice, acme, ["project:read", "image:read"])
    key, browser = ApiKey.objects.get(), signed_in(alice)
    response = submit(browser, f"/keys/{key.pk}/scopes", {"scope": ["project:read"]}, page=f"/keys/{key.pk}")
    assert (response.status_code, response["Location"]) == (303, f"/keys/{key.pk}")
    assert "The key can do only this from now on." in browser.get(f"/keys/{key.pk}").content.decode()
    for scopes in (["project:read", "image:read"], ["project:create"], [], ["\x00"]):
        submit(browser, f"/keys/{key.pk}/scopes", {"scope": scopes}, page=f"/keys/{key.pk}")
    principal = find_principal(raw_key)
    assert principal is not None
    assert principal.scopes == {"project:read"}


def test_a_key_is_renamed_disabled_enabled_and_revoked(alice: User, key: ApiKey) -> None:
    browser, address = signed_in(alice), f"/keys/{key.pk}"
    submit(browser, f"{address}/name", {"name": "<b>Weekly</b>"}, page=address)
    assert "&lt;b&gt;Weekly&lt;/b&gt;" in browser.get(address).content.decode()
    submit(browser, f"{address}/state", {"disabled": "yes"}, page=address)
    assert "Disabled" in browser.get(address).content.decode()
    submit(browser, f"{address}/state", {"disabled": "no"}, page=address)
    assert "Active" in browser.get(address).content.decode()
    response = submit(browser, f"{address}/revoke", {}, page=address)
    assert (response.status_code, response["Location"]) == (303, "/keys?workspace=acme")
    html = browser.get("/keys?workspace=acme").content.decode()
    assert "No keys yet" in html
    assert "is revoked." in html
    html = browser.get(address).content.decode()
    assert "It never works again." in html
    assert "in 90 days" not in html


@pytest.mark.parametrize("name", ["", " ", "x" * 121, "a\x00b"])
def test_a_name_that_can_not_be_is_refused_with_a_reason(alice: User, key: ApiKey, name: str) -> None:
    browser, address = signed_in(alice), f"/keys/{key.pk}"
    assert submit(browser, f"{address}/name", {"name": name}, page=address).status_code == 303
    assert "The key&#x27;s name" in browser.get(address).content.decode()
    assert ApiKey.objects.get().name == key.name


def test_what_changes_a_key_is_never_a_link_nor_a_form_from_elsewhere(alice: User, key: ApiKey) -> None:
    browser = signed_in(alice)
    for path in ("name", "scopes", "state", "revoke"):
        assert browser.get(f"/keys/{key.pk}/{path}").status_code == 405
        assert browser.post(f"/keys/{key.pk}/{path}", {"disabled": "yes"}).status_code == 403
    assert find_views() == []


def test_the_page_says_why_a_key_does_not_work(alice: User, carol: User, acme: Workspace) -> None:
    builders.make_member(acme, carol, RoleName.ADMIN)
    builders.make_api_key(carol, acme, ["project:read", "project:create"])
    key = ApiKey.objects.get()
    carols = Membership.objects.filter(user=carol, workspace=acme)
    carols.update(role=RoleName.VIEWER)
    assert "The role of its maker does not allow these" in page(alice, f"/keys/{key.pk}?")
    carols.delete()
    html = page(alice, f"/keys/{key.pk}")
    assert "carol@demo.local left this workspace" in html
    assert "Roll the key" not in html
    ApiKey.objects.update(expires_at=timezone.now())
    html = page(alice, f"/keys/{key.pk}")
    assert "has reached its end" in html
    assert "Rename" not in html


def test_only_the_maker_is_offered_to_roll(alice: User, carol: User, key: ApiKey) -> None:
    builders.make_member(key.workspace, carol, RoleName.ADMIN)
    assert "Roll the key" in page(alice, f"/keys/{key.pk}")
    html = page(carol, f"/keys/{key.pk}")
    assert "Roll the key" not in html
    assert "Revoke the key" in html
