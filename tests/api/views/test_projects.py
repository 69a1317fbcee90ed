"""/projects and /projects/{project}."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from roboflow_auth.projects.models import Project
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.api.client import ACME, NEW_PROJECT, ROOT, ApiClient, problem_of, rows
from tests.support.statements import at_most


def test_a_project_is_made_as_asked_and_has_an_address(as_alice: ApiClient) -> None:
    answer = as_alice.send("POST", f"{ACME}/projects", {**NEW_PROJECT, "license": "CC BY 4.0"})
    assert answer.status_code == 201
    created = answer.json()
    assert created["id"] == "acme/paint-defects"
    assert (created["name"], created["type"]) == ("Paint defects", "instance-segmentation")
    assert (created["annotation"], created["license"]) == ("defects", "CC BY 4.0")
    assert answer["Location"] == f"http://testserver{ACME}/projects/paint-defects"
    assert as_alice.result("GET", answer["Location"].removeprefix("http://testserver")) == created
    assert rows() == [
        ("create_project", "acme/paint-defects", "allowed", ""),
        ("view_project", "acme/paint-defects", "allowed", ""),
    ]


def test_the_same_name_twice_makes_two_projects(as_alice: ApiClient) -> None:
    ids = {as_alice.result("POST", f"{ACME}/projects", NEW_PROJECT, status=201)["id"] for _ in range(2)}
    assert len(ids) == 2


def test_projects_are_listed_newest_first_with_times_in_utc(as_alice: ApiClient, shelves: Project) -> None:
    builders.make_project(shelves.workspace, "Boxes")
    found = as_alice.result("GET", f"{ACME}/projects")
    assert [project["id"] for project in found["projects"]] == ["acme/boxes", "acme/shelves"]
    assert (found["total"], found["limit"], found["offset"]) == (2, 50, 0)
    assert datetime.fromisoformat(found["projects"][1]["created_at"]) == shelves.created_at


def test_projects_come_in_pages(as_alice: ApiClient, shelves: Project) -> None:
    builders.make_project(shelves.workspace, "Boxes")
    found = as_alice.result("GET", f"{ACME}/projects?limit=1&offset=1")
    assert [project["id"] for project in found["projects"]] == ["acme/shelves"]
    assert (found["total"], found["limit"], found["offset"]) == (2, 1, 1)


def test_a_list_of_many_projects_takes_the_statements_of_a_list_of_one(as_alice: ApiClient, acme: Workspace) -> None:
    as_alice.result("GET", f"{ACME}/projects")
    for number in range(12):
        builders.make_project(acme, f"Project {number}")
    # The caller, the projects, their number, their classes, the counts of images, the audit row.
    with at_most(6):
        found = as_alice.result("GET", f"{ACME}/projects")
    assert len(found["projects"]) == 12


def test_a_refusal_for_want_of_a_role_costs_the_caller_and_the_row(as_bob: ApiClient, acme: Workspace) -> None:
    as_bob.result("GET", f"{ROOT}/me")
    with at_most(2):
        as_bob.problem("POST", f"{ACME}/projects", NEW_PROJECT, status=403)


def test_deleting_is_moving_to_the_trash_and_may_be_repeated(as_alice: ApiClient, shelves: Project) -> None:
    item = as_alice.result("DELETE", f"{ACME}/projects/shelves")
    assert (item["project_id"], item["deleted_by"]) == ("acme/shelves", "alice@demo.local")
    assert as_alice.result("DELETE", f"{ACME}/projects/shelves") == item
    assert as_alice.problem("GET", f"{ACME}/projects/shelves", status=404)["code"] == "not_found"
    assert as_alice.result("GET", f"{ACME}/projects")["total"] == 0


@pytest.mark.parametrize(("wrong", "field"), [
    ({"type": "telepathy"}, "type"),
    ({"type": 7}, "type"),
    ({"type": None}, "type"),
    ({"type": ["object-detection"]}, "type"),
    ({"name": ""}, "name"),
    ({"name": " "}, "name"),
    ({"name": "x" * 121}, "name"),
    ({"name": "a\x00b"}, "name"),
    ({"name": {"first": "x"}}, "name"),
    ({"annotation": ""}, "annotation"),
    ({"license": None}, "license"),
    ({"colour": "red"}, "colour"),
])  # fmt: skip
def test_a_project_that_cannot_be_is_refused_by_the_field(
    as_alice: ApiClient, wrong: dict[str, Any], field: str
) -> None:
    problem = as_alice.problem("POST", f"{ACME}/projects", NEW_PROJECT | wrong, status=422)
    assert problem["code"] == "validation_error"
    assert [error["field"] for error in problem["errors"]] == [field]
    assert rows() == [("create_project", "acme", "refused", "invalid")]
    assert not Project.objects.exists()


@pytest.mark.parametrize("name", ["a\ud800b", "a\x07b"])
def test_text_that_no_store_or_person_can_take_is_refused(as_alice: ApiClient, name: str) -> None:
    problem = as_alice.problem("POST", f"{ACME}/projects", NEW_PROJECT | {"name": name}, status=422)
    assert problem["code"] == "validation_error"


@pytest.mark.parametrize("content", [[], [NEW_PROJECT], b'"text"', b"7", {}])
def test_a_body_that_is_no_project_is_refused(as_alice: ApiClient, content: Any) -> None:
    as_alice.problem("POST", f"{ACME}/projects", content, status=422)


def test_a_labeler_sees_projects_and_changes_none(as_bob: ApiClient, shelves: Project) -> None:
    assert as_bob.result("GET", f"{ACME}/projects/shelves")["name"] == "Shelves"
    for method, path in (("DELETE", f"{ACME}/projects/shelves"), ("POST", f"{ACME}/projects")):
        answer = as_bob.send(method, path, NEW_PROJECT)
        assert problem_of(answer, 403)["code"] == "permission_denied"
        assert "WWW-Authenticate" not in answer
    assert Project.objects.get().deleted_at is None


def test_to_a_stranger_a_project_is_absent_from_every_workspace(as_carol: ApiClient, shelves: Project) -> None:
    for path in (f"{ACME}/projects/shelves", f"{ROOT}/workspaces/carol/projects/shelves"):
        as_carol.problem("GET", path, status=404)
        as_carol.problem("DELETE", path, status=404)
    assert as_carol.result("GET", f"{ROOT}/workspaces/carol/projects")["projects"] == []


@pytest.mark.parametrize("slug", ["absent", "SHELVES", "%00", "%FF", "a%20b", "x" * 300, "acme%2Fshelves", ".."])
def test_a_slug_that_names_nothing_is_not_found(as_alice: ApiClient, shelves: Project, slug: str) -> None:
    as_alice.problem("GET", f"{ACME}/projects/{slug}", status=404)
