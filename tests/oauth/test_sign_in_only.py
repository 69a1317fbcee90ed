"""Apps that only want to know who somebody is: no workspace, no level (OpenID Connect Core §3.1.2; pages.md)."""

from __future__ import annotations

from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.models import Connection
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.oauth.journeys import Journey, answer_of

IDENTITY = "openid profile email"


def test_nobody_chooses_a_workspace_to_say_who_they_are(journey: Journey, alice: User, carol: User) -> None:
    builders.make_member(Workspace.objects.get(slug="carol"), alice, RoleName.VIEWER)
    page = journey.ask(scope=IDENTITY, resource=None)
    text = page.content.decode()
    assert "Sign in to <strong>Test client</strong> with Roboflow" in text
    assert 'id="workspace"' not in text
    assert 'name="level"' not in text
    assert "Confirm who you are" in text
    code = answer_of(journey.decide(page, workspace="acme", duration="forever"))["code"]
    tokens = journey.redeem(code, resource=None).json()
    assert set(tokens["scope"].split()) == set(IDENTITY.split())
    assert tokens["id_token"]


def test_the_agreement_stands_in_a_workspace_of_their_own_and_gives_nothing_of_it(
    journey: Journey, alice: User, carol: User
) -> None:
    alice.memberships.all().delete()
    builders.make_member(Workspace.objects.get(slug="carol"), alice, RoleName.VIEWER)
    own = builders.make_workspace(alice, "alice")
    page = journey.ask(scope=IDENTITY)
    assert page.context["own_workspace"] == own.slug
    journey.decide(page, workspace=own.slug, duration="forever")
    connection = Connection.objects.get()
    assert connection.workspace == own
    assert connection.scopes == frozenset(IDENTITY.split())
    assert connection.expires_at is None


def test_a_person_who_signed_in_before_is_asked_in_the_same_place(journey: Journey, alice: User) -> None:
    journey.decide(journey.ask(scope=IDENTITY), duration="forever")
    builders.make_workspace(alice, "later")
    page = journey.ask(scope=IDENTITY)
    assert page.context["own_workspace"] == "acme"
    assert Connection.objects.count() == 1


def test_an_app_that_wants_more_asks_as_ever(journey: Journey) -> None:
    text = journey.ask(scope=f"{IDENTITY} project:read").content.decode()
    assert "wants to connect to Roboflow" in text
    assert 'name="level"' in text
