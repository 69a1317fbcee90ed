"""The filters above the list of what apps did; they come in the query, so that a filtered list has an address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.activity import Wanted
from roboflow_auth.audit.models import Outcome
from roboflow_auth.oauth.connected_cards import list_parties

_LARGEST_ID = 2**63 - 1


class _Day(forms.DateInput):
    input_type = "date"


class ActivityForm(forms.Form):
    """Narrows the list to an app, a workspace, an outcome, a tool, or a range of days."""

    client = forms.ChoiceField(label=_("App"), required=False)
    workspace = forms.ChoiceField(label=_("Workspace"), required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False, choices=[("", _("All")), *Outcome.choices])
    what = forms.CharField(label=_("Tool"), required=False, max_length=64)
    since = forms.DateField(label=_("From"), required=False, widget=_Day(format="%Y-%m-%d"))
    until = forms.DateField(label=_("To"), required=False, widget=_Day(format="%Y-%m-%d"))
    before = forms.IntegerField(required=False, min_value=1, max_value=_LARGEST_ID, widget=forms.HiddenInput())

    def __init__(self, query: QueryDict, user: User, connection_id: int | None = None) -> None:
        super().__init__(query, use_required_attribute=False)
        self._connection_id = connection_id
        if connection_id is not None:
            # One connection is one app in one workspace.
            del self.fields["client"], self.fields["workspace"]
            return
        parties = list_parties(user)
        apps = {client_id: name for client_id, name, _slug, _workspace in parties}
        workspaces = {slug: workspace for _client_id, _name, slug, workspace in parties}
        self._offer("client", apps)
        self._offer("workspace", workspaces)

    def clean(self) -> dict[str, Any]:
        """Refuse a range that is none."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            raise ValidationError(_("The first day is after the last one."))
        return cleaned

    @property
    def wanted(self) -> Wanted:
        """What the valid form asks for."""
        cleaned = self.cleaned_data
        return Wanted(
            connection_id=self._connection_id,
            client_id=cleaned.get("client", ""),
            workspace=cleaned.get("workspace", ""),
            outcome=cleaned["outcome"],
            what=cleaned["what"],
            since=cleaned["since"],
            until=cleaned["until"],
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is set; the page number is none."""
        return any(self.data.get(name) for name in self.fields if name != "before")

    def query(self, **changes: str) -> str:
        """Return the query of this list with `changes`; what is empty is left out."""
        values = {name: self.data.get(name, "") for name in self.fields if name != "before"} | changes
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in values.items() if value})
        return query.urlencode()

    def _offer(self, name: str, choices: dict[str, str]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - both are
        field.choices = [("", str(_("All"))), *choices.items()]
