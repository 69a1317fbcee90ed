"""The filters of the audit log's page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from roboflow_auth.audit.models import Outcome
from roboflow_auth.audit.search import AuditWanted

_MAX_ID = 2**63 - 1
_DAY = forms.DateInput(attrs={"type": "date"})


class AuditLogForm(forms.Form):
    """What to look for. Every field may be left empty; `before` says where a page begins."""

    person = forms.CharField(label=_("Person"), max_length=254, required=False)
    app = forms.CharField(label=_("App"), max_length=255, required=False)
    action = forms.CharField(label=_("Action"), max_length=64, required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), choices=[("", _("All")), *Outcome.choices], required=False)
    since = forms.DateField(label=_("From"), widget=_DAY, required=False)
    until = forms.DateField(label=_("To"), widget=_DAY, required=False)
    before = forms.IntegerField(min_value=0, max_value=_MAX_ID, required=False, widget=forms.HiddenInput)

    def clean_action(self) -> str:
        """Take an action as it is shown and as it is stored."""
        return str(self.cleaned_data["action"]).strip().lower().replace(" ", "_")

    def clean(self) -> dict[str, Any]:
        """Refuse days that are the wrong way round, or at an end of the calendar where there is no next one."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("This is before the first day."))
        for name in ("since", "until"):
            day = self.cleaned_data.get(name)
            if day and not 1970 <= day.year <= 9998:
                self.add_error(name, _("There is nothing so far away."))
        return self.cleaned_data

    @property
    def wanted(self) -> AuditWanted:
        """What is looked for, once the form is valid."""
        return AuditWanted(**{name: value for name, value in self.cleaned_data.items() if name != "before"})

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the whole log is asked for."""
        return any(value for name, value in self.data.items() if name != "before" and name in self.fields)

    def query(self, **changes: str) -> str:
        """Return the filters as an address has them, with `changes`; the place in the log is left out unless given."""
        names = (name for name in self.fields if name != "before" and self.data.get(name))
        return urlencode({**{name: self.data[name] for name in names}, **changes})
