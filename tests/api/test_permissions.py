"""What a resource declares, and what becomes of callers whose scopes or role do not reach that far."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import URLPattern

from roboflow_auth.access.catalogue import SCOPE_OF_ACTION
from roboflow_auth.accounts.models import User
from roboflow_auth.api.urls import urlpatterns
from roboflow_auth.api.views.resource import ResourceView
from roboflow_auth.core.public_url import Resource
from roboflow_auth.images.models import Image
from roboflow_auth.oauth.models import AccessToken, Connection
from roboflow_auth.projects.models import Project
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.api.client import ACME, NEW_PROJECT, ROOT, ApiClient, problem_of, rows
from tests.clauses import clause

PUBLIC = {"docs", "schema"}
PATHS = (
    *("", "/members", "/projects", "/projects/shelves", "/projects/shelves/images", "/projects/shelves/images/x"),
    *("/trash", "/audit-log"),
)


def resources() -> Iterator[type[ResourceView]]:
    """Yield the views behind every URL of the API that is not public."""
    for pattern in urlpatterns:
        if pattern.name not in PUBLIC:
            view = getattr(pattern.callback, "cls", None)
            assert isinstance(view, type)
            assert issubclass(view, ResourceView)
            yield view


def test_every_route_declares_an_action_that_can_be_lent_for_each_of_its_methods() -> None:
    for view in resources():
        methods = {name.upper() for name in view.http_method_names if name != "head" and hasattr(view, name)}
        assert methods == set(view.actions), view
        assert set(view.actions.values()) <= SCOPE_OF_ACTION.keys()
        assert set(view.queries) | set(view.bodies) <= methods


def test_no_route_ends_with_a_slash() -> None:
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        assert not str(pattern.pattern).endswith("/")


@clause("RFC6750-3.1")
def test_a_missing_scope_is_a_challenge_for_what_is_granted_and_what_is_needed(alice: User, acme: Workspace) -> None:
    client = ApiClient(builders.make_token(alice, acme, ["project:read", "offline_access"], resource=Resource.API))
    answer = client.send("POST", f"{ACME}/projects", NEW_PROJECT)
    problem = problem_of(answer, 403)
    assert (problem["code"], problem["scope"]) == ("insufficient_scope", "project:create")
    assert answer["WWW-Authenticate"] == (
        'Bearer resource_metadata="http://testserver/.well-known/oauth-protected-resource/api/v1", '
        'scope="offline_access project:create project:read", error="insufficient_scope", '
        'error_description="This needs the scope project:create."'
    )
    assert not Project.objects.exists()
    assert rows() == [("create_project", "acme", "refused", "missing_scope")]


def test_with_the_scope_the_same_call_works(alice: User, acme: Workspace) -> None:
    client = ApiClient(builders.make_token(alice, acme, ["project:read"], resource=Resource.API))
    client.problem("POST", f"{ACME}/projects", NEW_PROJECT, status=403)
    Connection.objects.update(scope="project:read project:create")
    AccessToken.objects.update(scope="project:read project:create")
    assert client.result("POST", f"{ACME}/projects", NEW_PROJECT, status=201)["name"] == NEW_PROJECT["name"]


def test_a_scope_that_the_connection_lost_is_lacking_too(as_alice: ApiClient) -> None:
    Connection.objects.update(scope="project:read")
    answer = as_alice.send("POST", f"{ACME}/projects", NEW_PROJECT)
    assert problem_of(answer, 403)["code"] == "insufficient_scope"
    assert 'scope="project:create project:read"' in answer["WWW-Authenticate"]


def test_an_api_key_cannot_step_up_and_is_not_challenged(alice: User, acme: Workspace) -> None:
    client = ApiClient(key=builders.make_api_key(alice, acme, ["project:read"]))
    answer = client.send("POST", f"{ACME}/projects", NEW_PROJECT)
    problem = problem_of(answer, 403)
    assert problem["code"] == "insufficient_scope"
    assert "key" in problem["hint"]
    assert "WWW-Authenticate" not in answer


@pytest.mark.parametrize("scopes", [["project:read"], ["project:read", "project:create"]])
def test_a_role_that_may_not_do_it_is_told_so_without_a_challenge(
    bob: User, acme: Workspace, scopes: list[str]
) -> None:
    client = ApiClient(builders.make_token(bob, acme, scopes, resource=Resource.API))
    answer = client.send("POST", f"{ACME}/projects", NEW_PROJECT)
    problem = problem_of(answer, 403)
    assert problem["code"] == "permission_denied"
    assert "labeler" in problem["detail"]
    assert "owner" in problem["hint"]
    assert "WWW-Authenticate" not in answer
    assert rows() == [("create_project", "acme", "refused", "role")]


def test_who_may_not_do_it_is_not_asked_to_correct_the_body(as_bob: ApiClient) -> None:
    assert as_bob.problem("POST", f"{ACME}/projects", b"{nonsense", status=403)["code"] == "permission_denied"


@pytest.mark.parametrize("path", PATHS)
def test_to_a_stranger_a_workspace_is_absent(as_carol: ApiClient, shelves: Project, path: str) -> None:
    foreign = as_carol.problem("GET", f"{ACME}{path}", status=404)
    absent = as_carol.problem("GET", f"{ROOT}/workspaces/absent{path}", status=404)
    assert foreign["code"] == "not_found"
    assert foreign["detail"] == absent["detail"]


@pytest.mark.parametrize("path", PATHS)
def test_an_own_workspace_that_the_credential_is_not_for_is_absent(alice: User, shelves: Project, path: str) -> None:
    own = builders.make_workspace(alice, "alice")
    client = ApiClient(builders.make_token(alice, own, ["workspace:read"], resource=Resource.API))
    assert client.problem("GET", f"{ACME}{path}", status=404)["code"] == "not_found"


def test_to_a_stranger_an_image_is_absent_by_every_way(as_carol: ApiClient, picture: Image) -> None:
    builders.make_project(Workspace.objects.get(slug="carol"), "Hers")
    for project in ("shelves", "hers"):
        for workspace in ("acme", "carol"):
            path = f"{ROOT}/workspaces/{workspace}/projects/{project}/images/{picture.public_id}"
            as_carol.problem("GET", path, status=404)


@pytest.mark.parametrize(
    "path", ["", "/members", "/projects", "/projects/shelves", "/projects/shelves/images", "/trash", "/audit-log"]
)
def test_an_allowed_call_leaves_one_row(as_alice: ApiClient, shelves: Project, path: str) -> None:
    as_alice.result("GET", f"{ACME}{path}")
    assert [row[2] for row in rows()] == ["allowed"]
