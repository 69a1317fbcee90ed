"""The filters above a list of audit rows; they come in the query, so that a filtered list has an address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from roboflow_auth.audit.models import Outcome

_LARGEST_ID = 2**63 - 1


class _Day(forms.DateInput):
    input_type = "date"


class EventFilters(forms.Form):
    """What every such list is narrowed by. Every field may be left empty; `before` says where a page begins."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=[("", _("All")), *Outcome.choices], required=False)
    since = forms.DateField(label=_("From"), widget=_Day(format="%Y-%m-%d"), required=False)
    until = forms.DateField(label=_("To"), widget=_Day(format="%Y-%m-%d"), required=False)
    before = forms.IntegerField(min_value=1, max_value=_LARGEST_ID, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Refuse days that are the wrong way round, and say what nobody sees in a hidden field."""
        if "before" in self.errors:
            self.add_error(None, _("This address names no place in the list. Begin with the latest."))
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("This is before the first day."))
        return self.cleaned_data

    @property
    def filters(self) -> dict[str, Any]:
        """What the valid form asks for, by the names of its fields, without the place in the list."""
        return {name: value for name, value in self.cleaned_data.items() if name != "before"}

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is set."""
        return bool(self._chosen())

    @property
    def problems(self) -> list[str]:
        """What is wrong with the filters, a line for each."""
        found = {name: errors for name, errors in self.errors.items() if name != "before"}
        return [
            f"{self.fields[name].label}: {error}" if name in self.fields else str(error)
            for name, errors in found.items()
            for error in errors
        ]

    def query(self, **changes: str) -> str:
        """Return the filters as an address has them, with `changes`; the place in the list is left out unless given."""
        return urlencode({**self._chosen(), **changes})

    def _chosen(self) -> dict[str, str]:
        return {name: self.data[name] for name in self.fields if name != "before" and self.data.get(name)}
