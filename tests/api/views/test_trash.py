"""/trash and /trash/{item}/restore."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from roboflow_auth.projects.models import TRASH_PERIOD, Project
from tests.api.client import ACME, ROOT, ApiClient, problem_of, rows


def test_what_was_deleted_is_in_the_trash_and_comes_back(as_alice: ApiClient, shelves: Project) -> None:
    item = as_alice.result("DELETE", f"{ACME}/projects/shelves")
    assert as_alice.result("GET", f"{ACME}/trash") == {"items": [item], "total": 1}
    restored = as_alice.result("POST", f"{ACME}/trash/shelves/restore")
    assert as_alice.result("GET", f"{ACME}/projects/shelves") == restored
    assert as_alice.result("GET", f"{ACME}/trash") == {"items": [], "total": 0}
    assert [row[0] for row in rows()] == [
        *("delete_project", "view_trash", "restore_project", "view_project", "view_trash"),
    ]


def test_restoring_again_changes_nothing(as_alice: ApiClient, shelves: Project) -> None:
    as_alice.result("DELETE", f"{ACME}/projects/shelves")
    restored = as_alice.result("POST", f"{ACME}/trash/shelves/restore")
    assert as_alice.result("POST", f"{ACME}/trash/shelves/restore") == restored


def test_after_thirty_days_nothing_comes_back(as_alice: ApiClient, shelves: Project) -> None:
    as_alice.result("DELETE", f"{ACME}/projects/shelves")
    Project.objects.update(deleted_at=timezone.now() - TRASH_PERIOD - timedelta(seconds=1))
    as_alice.problem("POST", f"{ACME}/trash/shelves/restore", status=404)
    assert as_alice.result("GET", f"{ACME}/trash")["total"] == 0


def test_a_labeler_neither_sees_the_trash_nor_empties_it(
    as_alice: ApiClient, as_bob: ApiClient, shelves: Project
) -> None:
    as_alice.result("DELETE", f"{ACME}/projects/shelves")
    for method, path in (("GET", f"{ACME}/trash"), ("POST", f"{ACME}/trash/shelves/restore")):
        assert problem_of(as_bob.send(method, path), 403)["code"] == "permission_denied"
    assert Project.objects.get().deleted_at


def test_to_a_stranger_the_trash_is_absent(as_alice: ApiClient, as_carol: ApiClient, shelves: Project) -> None:
    as_alice.result("DELETE", f"{ACME}/projects/shelves")
    as_carol.problem("GET", f"{ACME}/trash", status=404)
    as_carol.problem("POST", f"{ACME}/trash/shelves/restore", status=404)
    as_carol.problem("POST", f"{ROOT}/workspaces/carol/trash/shelves/restore", status=404)
    assert Project.objects.get().deleted_at
