"""What roles allow, in words and in groups, as pages show it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from roboflow_auth.access.vocabulary import Action
from roboflow_auth.access.wording import ACTION_GROUPS, words_of
from roboflow_auth.core.languages import translated


@dataclass(frozen=True, slots=True)
class ActionGroup:
    """Some actions that belong together: their title, and for each its name and its words."""

    title: str
    actions: list[tuple[str, str]]


def words_in_groups(actions: Collection[Action]) -> list[ActionGroup]:
    """Return `actions` in groups, in the order in which people are always shown them; empty groups are left out."""
    groups = [
        ActionGroup(
            translated(title), [(action.value, translated(words_of(action))) for action in members if action in actions]
        )
        for title, members in ACTION_GROUPS.items()
    ]
    return [group for group in groups if group.actions]
