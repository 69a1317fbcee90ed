"""The one decision: role first, then scope, and never a challenge that would not help."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roboflow_auth.access.catalogue import ROLES, SCOPE_OF_ACTION, WORKSPACE_SCOPES
from roboflow_auth.access.policy import may, missing_scopes, require
from roboflow_auth.access.principal import Credential, Principal
from roboflow_auth.access.vocabulary import Action, RoleName
from roboflow_auth.core.errors import Denied, MissingScope


def principal(role: RoleName, scopes: frozenset[str], credential: Credential = Credential.TOKEN) -> Principal:
    """Return somebody in Acme."""
    who: dict[str, Any] = {"user_id": 1, "subject": "s", "email": "e", "workspace_id": 1, "workspace": "acme"}
    return Principal(**who, workspace_name="Acme", role=role, actions=ROLES[role], credential=credential, scopes=scopes)


def test_a_role_that_lacks_the_action_is_told_so_even_without_the_scope() -> None:
    with pytest.raises(Denied, match="acme"):
        require(principal(RoleName.LABELER, frozenset()), Action.CREATE_PROJECT)


def test_a_missing_scope_is_named_with_all_the_others_that_are_missing() -> None:
    with pytest.raises(MissingScope) as refusal:
        require(principal(RoleName.OWNER, frozenset()), Action.CREATE_PROJECT, Action.VIEW_PROJECT)
    assert refusal.value.scopes == {"project:create", "project:read"}


def test_a_person_in_a_browser_needs_no_scope() -> None:
    require(principal(RoleName.OWNER, frozenset(), Credential.BROWSER), Action.DELETE_WORKSPACE)


def test_what_no_scope_unlocks_can_not_be_lent() -> None:
    assert missing_scopes(principal(RoleName.OWNER, WORKSPACE_SCOPES), Action.DELETE_WORKSPACE)


@given(st.sampled_from(RoleName), st.frozensets(st.sampled_from(sorted(WORKSPACE_SCOPES))), st.sampled_from(Action))
def test_nothing_is_allowed_beyond_the_role_nor_beyond_the_scopes(
    role: RoleName, scopes: frozenset[str], action: Action
) -> None:
    someone = principal(role, scopes)
    assert may(someone, action) == (action in ROLES[role] and SCOPE_OF_ACTION.get(action) in scopes)


def test_only_a_token_can_step_up() -> None:
    assert principal(RoleName.OWNER, frozenset()).can_step_up
    assert not principal(RoleName.OWNER, frozenset(), Credential.API_KEY).can_step_up
