"""Forms of the account pages."""

from __future__ import annotations

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from roboflow_auth.accounts.models import User


class SignupForm(AllauthSignupForm):
    """Sign-up that also asks how to call the person."""

    name = forms.CharField(
        label=_("Your name"), max_length=150, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ("name", "email", "password1", "password2")

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        """Keep the name; allauth has saved the rest."""
        user.name = self.cleaned_data.get("name", "")
        user.save(update_fields=["name"])
