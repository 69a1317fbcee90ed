"""The filter above what one app did in a workspace; it comes in the query, so that a filtered list has an address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from roboflow_auth.audit.models import Outcome


class AppActivityForm(forms.Form):
    """Narrows the list to a member, an outcome, or a tool."""

    member = forms.ChoiceField(label=_("Member"), required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False, choices=[("", _("All")), *Outcome.choices])
    tool = forms.CharField(label=_("Tool"), required=False, max_length=64)
    after = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput())

    def __init__(self, query: QueryDict, members: Iterable[str]) -> None:
        super().__init__(query, use_required_attribute=False)
        field: Any = self.fields["member"]
        field.choices = [("", _("All members")), *((email, email) for email in members)]

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the page is asked for."""
        return any(self.data.get(name) for name in ("member", "outcome", "tool"))

    def query(self, **changes: str) -> str:
        """Return the query of the same list with `changes`."""
        wanted = QueryDict(mutable=True)
        kept = {name: self.data.get(name, "") for name in ("member", "outcome", "tool")}
        wanted.update({name: value for name, value in {**kept, **changes}.items() if value})
        return wanted.urlencode()
