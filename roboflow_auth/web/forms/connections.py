"""The forms on the cards of connected apps. What may be chosen at all is the services' to say."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from roboflow_auth.oauth.authorization.question import Duration
from roboflow_auth.oauth.models.agreements import LABEL_LENGTH


class LabelForm(forms.Form):
    """What the person calls a connection or a session; empty takes the name back."""

    label = forms.CharField(max_length=LABEL_LENGTH, required=False)

    def clean_label(self) -> str:
        """Return the label in one line."""
        return " ".join(self.cleaned_data["label"].split())


class ExpiryForm(forms.Form):
    """Until when a connection lasts, counted from now."""

    duration = forms.ChoiceField(
        choices=[(duration.value, duration.value) for duration in Duration],
        error_messages={
            "required": _("Choose for how long."),
            "invalid_choice": _("Choose for how long."),
        },
    )
