"""The form for a new API key: its name, its permissions as a level or one by one, and how long it lasts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from roboflow_auth.access.catalogue import SENSITIVE_SCOPES, Level, scopes_of_level
from roboflow_auth.api_keys.models import NAME_LENGTH
from roboflow_auth.web.levels import level_cards

CUSTOM = "custom"
FOREVER = "forever"
LIFETIMES = (("30", _("30 days")), ("90", _("90 days")), ("365", _("1 year")), (FOREVER, _("No end")))


class NewKeyForm(forms.Form):
    """What a person chose for a key; `offered` are the scopes that they may give it."""

    name = forms.CharField(
        label=_("Name"),
        max_length=NAME_LENGTH,
        help_text=_("What will use it, such as “Nightly export”. It is how you recognise the key later."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    level = forms.ChoiceField(error_messages={"required": _("Choose what the key may do.")})
    scope = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": _("Your role does not let you give one of these.")}
    )
    lifetime = forms.ChoiceField(
        choices=LIFETIMES, initial="90", error_messages={"required": _("Choose for how long.")}
    )

    def __init__(self, *args: Any, offered: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered
        self.cards = level_cards(offered)
        self._field("level").choices = [(value, value) for value in (*(card.value for card in self.cards), CUSTOM)]
        self._field("scope").choices = [(name, name) for name in sorted(offered)]

    def clean(self) -> dict[str, Any]:
        """Refuse a key that could do nothing."""
        cleaned = super().clean() or {}
        if "level" in cleaned and "scope" in cleaned and not self.scopes:
            self.add_error("level", _("Tick at least one permission."))
        return cleaned

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes that were chosen: a level's, or the ticked ones. Sensitive ones only where they are ticked."""
        ticked, level = frozenset(self.cleaned_data["scope"]), self.cleaned_data["level"]
        if level == CUSTOM:
            return ticked
        return (self.offered & scopes_of_level(Level(level))) | (ticked & SENSITIVE_SCOPES)

    @property
    def lifetime_days(self) -> int | None:
        """How long it was chosen to last; None for no end."""
        chosen = self.cleaned_data["lifetime"]
        return None if chosen == FOREVER else int(chosen)

    @property
    def chosen_level(self) -> str:
        """The card that is selected when the form is shown: what was chosen before, else the one that can do least."""
        sent = str(self["level"].value() or "")
        return sent or (self.cards[0].value if self.cards else CUSTOM)

    @property
    def ticked(self) -> frozenset[str]:
        """The permissions that are ticked when the form is shown."""
        return frozenset(self["scope"].value() or ())

    @property
    def chosen_lifetime(self) -> str:
        """The lifetime that is selected when the form is shown."""
        return str(self["lifetime"].value())

    def _field(self, name: str) -> forms.ChoiceField:
        field: forms.ChoiceField = self.fields[name]  # type: ignore[assignment]
        return field
