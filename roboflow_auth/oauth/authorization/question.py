"""What a person may be asked for, and what they chose (access.md, "Levels"; pages.md, "Consent").

A question is the same request seen by one person in one workspace: it offers only what the app asked for and the
person's role can use. An answer only narrows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from roboflow_auth.access.catalogue import (
    IDENTITY_SCOPES,
    SCOPES,
    SENSITIVE_SCOPES,
    Level,
    scopes_of_level,
    usable_scopes,
)
from roboflow_auth.core.languages import translated
from roboflow_auth.oauth.models import Connection
from roboflow_auth.workspaces.models import Membership

CUSTOM_LEVEL = "custom"


class Duration(StrEnum):
    """How long a connection may last (P-G3)."""

    DAY = "1"
    MONTH = "30"
    QUARTER = "90"
    FOREVER = "forever"

    def expires_at(self, now: datetime) -> datetime | None:
        """Return when a connection that is allowed at `now` ends; None for «until I disconnect»."""
        return None if self is Duration.FOREVER else now + timedelta(days=int(self.value))

    @classmethod
    def last_chosen(cls, expires_at: datetime | None, now: datetime) -> Duration:
        """Return the shortest that does not end before `expires_at`, an end that was chosen before now.

        What was chosen then was as long as that or longer: nobody gets more than they chose without choosing it.
        """
        if expires_at is None:
            return cls.FOREVER
        limited = (duration for duration in cls if duration is not cls.FOREVER)
        return next((one for one in limited if now + timedelta(days=int(one)) >= expires_at), cls.QUARTER)


class ChoiceRefused(Exception):
    """The form was not filled in so that it can be an answer; the message is for the person."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked in one workspace.

    `requested` is what the app wants, `offered` the part that the role can use and that is asked now, `kept` what the
    person already allowed and is not asked again (a step-up shows only what is new), `role_limited` what the role
    can't use. `membership` is None while the person has to choose the workspace.
    """

    requested: frozenset[str]
    membership: Membership | None
    connection: Connection | None

    @property
    def usable(self) -> frozenset[str]:
        """What the app asks for and the role can use."""
        actions = self.membership.actions if self.membership else frozenset()
        return self.requested & usable_scopes(actions)

    @property
    def is_step_up(self) -> bool:
        """Whether the person already allowed a part of it, and is asked for more."""
        return bool(self.connection and self.connection.scopes & self.usable - IDENTITY_SCOPES and self._new)

    @property
    def is_sign_in_only(self) -> bool:
        """Whether the app wants to know who the person is, and nothing of any workspace."""
        return not self.requested - IDENTITY_SCOPES

    @property
    def kept(self) -> frozenset[str]:
        """Scopes of the request that are allowed already and not asked again."""
        return self.usable & self.connection.scopes if self.connection and self.is_step_up else frozenset()

    @property
    def offered(self) -> frozenset[str]:
        """Workspace scopes that the person can give or withhold now."""
        return self.usable - IDENTITY_SCOPES - self.kept

    @property
    def identity(self) -> frozenset[str]:
        """Identity scopes of the request; they go with allowing at all."""
        return self.requested & IDENTITY_SCOPES

    @property
    def role_limited(self) -> frozenset[str]:
        """Scopes of the request that the role can't use, so they are not offered."""
        return self.requested - self.usable if self.membership else frozenset()

    @property
    def is_answered(self) -> bool:
        """Whether the person already allowed all of it that they can give."""
        return self.connection is not None and not self._new

    @property
    def _new(self) -> frozenset[str]:
        return self.usable - (self.connection.scopes if self.connection else frozenset())

    def offered_by(self, level: Level) -> frozenset[str]:
        """Return what choosing `level` gives: its part of the offer, never the sensitive scopes."""
        return self.offered & scopes_of_level(level)


@dataclass(frozen=True, slots=True)
class Choices:
    """A person's answer: `scopes` of the offer, all of what the new tokens carry, and until when."""

    chosen: frozenset[str]
    granted: frozenset[str]
    expires_at: datetime | None


def read_choices(question: Question, form: QueryDict) -> Choices:
    """Return what `form` chooses of `question`. Raises `ChoiceRefused` when it chooses nothing or not clearly."""
    level = form.get("level", "")
    ordinary = question.offered - SENSITIVE_SCOPES
    if level == CUSTOM_LEVEL:
        chosen = ordinary & frozenset(form.getlist("scope"))
    elif level in [known.value for known in Level]:
        chosen = question.offered_by(Level(level))
    elif not ordinary:
        chosen = frozenset()
    else:
        raise ChoiceRefused(_("Choose what the app may do."))
    chosen |= question.offered & SENSITIVE_SCOPES & frozenset(form.getlist("scope_sensitive"))
    granted = chosen | question.kept | question.identity
    if not chosen | question.kept and not {"openid"} <= question.identity:
        raise ChoiceRefused(_("Choose at least one permission, or deny."))
    return Choices(chosen | question.identity, granted, _read_duration(form).expires_at(timezone.now()))


def _read_duration(form: QueryDict) -> Duration:
    try:
        return Duration(form.get("duration", ""))
    except ValueError as error:
        raise ChoiceRefused(_("Choose for how long.")) from error


def scope_text(name: str) -> str:
    """Return the sentence for the scope `name`."""
    return translated(SCOPES[name].consent)
