"""What people read about levels, lengths of time and resources; the same words on every page and in every mail."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from roboflow_auth.access.catalogue import IDENTITY_SCOPES, SCOPES, SENSITIVE_SCOPES, Level, scopes_of_level
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.authorization.question import Duration


def level_title(level: Level) -> str:
    """Return the name of a level."""
    return {Level.READ: _("Read only"), Level.LABEL: _("Label and review"), Level.MANAGE: _("Manage data")}[level]


def level_sentence(level: Level) -> str:
    """Return what a level lets an app do."""
    return {
        Level.READ: _("Look at projects, images and labeling jobs. Change nothing."),
        Level.LABEL: _("Also tag, annotate, and move labeling jobs along."),
        Level.MANAGE: _("Also create, change and remove projects, images and versions."),
    }[level]


def level_of(scopes: frozenset[str]) -> Level | None:
    """Return the lowest level that contains the ordinary ones among `scopes`; None when there are none."""
    ordinary = scopes - IDENTITY_SCOPES - SENSITIVE_SCOPES
    return next((level for level in Level if ordinary <= scopes_of_level(level)), None) if ordinary else None


def access_words(scopes: frozenset[str]) -> str:
    """Return what `scopes` amount to in a few words: the level, and whether keys, members or the audit log are in."""
    level = level_of(scopes)
    words = [level_title(level)] if level else []
    if scopes & SENSITIVE_SCOPES:
        words.append(_("keys, members or audit log") if words else _("Keys, members or audit log"))
    return ", ".join(words) or _("Who you are")


def duration_label(duration: Duration) -> str:
    """Return the words for how long a connection may last."""
    return {
        Duration.DAY: _("1 day"),
        Duration.MONTH: _("30 days"),
        Duration.QUARTER: _("90 days"),
        Duration.FOREVER: _("Until I disconnect"),
    }[duration]


def resource_name(resource: Resource) -> str:
    """Return what people call a resource."""
    return {Resource.MCP: _("MCP server"), Resource.API: _("REST API")}[resource]


def in_order(names: Iterable[str]) -> list[str]:
    """Return scopes in the order in which people are shown them; unknown ones are left out."""
    wanted = frozenset(names)
    return [name for name in SCOPES if name in wanted]
