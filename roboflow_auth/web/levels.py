"""The levels of access as a form offers them: cards, each with the single permissions that it adds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from roboflow_auth.access.catalogue import SCOPES, Level, scopes_of_level
from roboflow_auth.oauth.authorization.question import scope_text
from roboflow_auth.oauth.wording import level_sentence, level_title


@dataclass(frozen=True, slots=True)
class Permission:
    """One scope as people read it."""

    value: str
    text: str
    is_destructive: bool


@dataclass(frozen=True, slots=True)
class LevelCard:
    """A level, and the permissions that it has and the one below has not."""

    value: str
    title: str
    sentence: str
    permissions: list[Permission]


def level_cards(offered: frozenset[str]) -> list[LevelCard]:
    """Return the levels that add something of what is `offered`, the lowest first."""
    cards: list[LevelCard] = []
    below: frozenset[str] = frozenset()
    for level in Level:
        contained = offered & scopes_of_level(level)
        if contained - below:
            cards.append(
                LevelCard(level.value, level_title(level), level_sentence(level), permissions_of(contained - below))
            )
        below = contained
    return cards


def permissions_of(scopes: Iterable[str]) -> list[Permission]:
    """Return `scopes` as people read them, in the order of the catalogue."""
    wanted = frozenset(scopes)
    return [Permission(name, scope_text(name), SCOPES[name].is_destructive) for name in SCOPES if name in wanted]
