"""The filters above the list of what apps did."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.activity import Wanted
from roboflow_auth.oauth.connected_cards import list_parties
from roboflow_auth.web.forms.events import EventFilters


class ActivityForm(EventFilters):
    """Narrows the list to an app, a workspace, an outcome, a tool, or a range of days."""

    client = forms.ChoiceField(label=_("App"), required=False)
    workspace = forms.ChoiceField(label=_("Workspace"), required=False)
    what = forms.CharField(label=_("Tool"), required=False, max_length=64)

    field_order = ("client", "workspace", "outcome", "what", "since", "until", "before")

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

    @property
    def wanted(self) -> Wanted:
        """What the valid form asks for."""
        filters = self.filters
        return Wanted(connection_id=self._connection_id, client_id=filters.pop("client", ""), **filters)

    def _offer(self, name: str, choices: dict[str, str]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - both are
        field.choices = [("", str(_("All"))), *choices.items()]
