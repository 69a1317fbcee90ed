"""The filters of the audit log's page."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from roboflow_auth.audit.search import AuditWanted
from roboflow_auth.audit.wording import actions_like
from roboflow_auth.web.forms.events import EventFilters


class AuditLogForm(EventFilters):
    """Narrows the log to a person, an app, an action, an outcome, or a range of days."""

    person = forms.CharField(label=_("Person"), max_length=254, required=False)
    app = forms.CharField(label=_("App"), max_length=255, required=False)
    action = forms.CharField(label=_("Action"), max_length=64, required=False)

    field_order = ("person", "app", "action", "outcome", "since", "until", "before")

    @property
    def wanted(self) -> AuditWanted:
        """What is looked for, once the form is valid; an action by a part of how it is shown, or stored."""
        filters = self.filters
        text = filters.pop("action")
        return AuditWanted(**filters, actions=actions_like(text) if text else None)
