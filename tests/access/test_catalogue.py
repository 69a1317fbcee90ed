"""The catalogue is the design: access.json is a second opinion, compared both ways."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from roboflow_auth.access.catalogue import (
    BASELINE,
    IDENTITY_SCOPES,
    ROLES,
    SCOPE_OF_ACTION,
    SCOPES,
    SENSITIVE_SCOPES,
    Level,
    known_scopes,
    scopes_of_level,
    usable_scopes,
)
from roboflow_auth.access.vocabulary import Action, RoleName
from tests.clauses import clause

DESIGN: dict[str, Any] = json.loads((Path(__file__).parent / "access.json").read_text())


def test_scopes_their_sentences_and_their_actions_are_those_of_the_design() -> None:
    designed = {row["scope"]: (row["consent"], sorted(row["actions"])) for row in DESIGN["scopes"]}
    assert {s.name: (s.consent, sorted(s.actions)) for s in SCOPES.values()} == designed
    assert list(SCOPES) == list(designed)


def test_roles_are_those_of_the_design() -> None:
    assert {role.value: sorted(actions) for role, actions in ROLES.items()} == DESIGN["roles"]


def test_every_action_but_those_of_the_web_alone_is_unlocked_by_exactly_one_scope() -> None:
    web_only = {
        Action.DELETE_WORKSPACE,
        Action.TRANSFER_WORKSPACE,
        Action.MANAGE_OAUTH_APP,
        Action.MANAGE_ROLE,
    }
    assert frozenset(Action) - SCOPE_OF_ACTION.keys() == web_only
    assert sum(len(scope.actions) for scope in SCOPES.values()) == len(SCOPE_OF_ACTION)


def test_levels_contain_one_another_and_never_what_is_sensitive() -> None:
    read, label, manage = (scopes_of_level(level) for level in Level)
    assert read < label < manage
    assert not manage & SENSITIVE_SCOPES
    assert manage | SENSITIVE_SCOPES | IDENTITY_SCOPES == SCOPES.keys()


def test_read_only_is_every_read_scope_but_keys_and_audit_log() -> None:
    reads = {name for name in SCOPES if name.endswith(":read")}
    assert scopes_of_level(Level.READ) == reads - {"api-key:read", "audit-log:read"}


def test_label_and_review_adds_annotating_and_jobs_without_the_two_deletes() -> None:
    jobs = {name for name in SCOPES if name.startswith("annotation-job:") and "delete" not in name}
    added = scopes_of_level(Level.LABEL) - scopes_of_level(Level.READ)
    assert added == (jobs - {"annotation-job:read"}) | {"image:tag", "image:annotate"}


@clause("P-D3.5")
def test_the_baseline_reads_and_nothing_else() -> None:
    assert set(BASELINE) <= scopes_of_level(Level.READ)


def test_unknown_scopes_are_dropped() -> None:
    assert known_scopes(["project:read", "claudeai", "", "PROJECT:READ"]) == {"project:read"}


@pytest.mark.parametrize("role", list(RoleName))
def test_a_role_can_use_exactly_the_scopes_of_its_actions(role: RoleName) -> None:
    expected = {SCOPE_OF_ACTION[action] for action in ROLES[role] if action in SCOPE_OF_ACTION} | IDENTITY_SCOPES
    assert usable_scopes(ROLES[role]) == expected
