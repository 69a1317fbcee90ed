"""Forms of the account pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from allauth.account.forms import AddEmailForm as AllauthAddEmailForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from roboflow_auth.accounts.adapter import CONFIRMED_ADDRESS_KEY, WAITING_PATH_KEY
from roboflow_auth.accounts.models import User


class _AddressForm(forms.Form):
    """A form that asks for an e-mail address in the words of all our pages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"login", "email"} & self.fields.keys():
            self.fields[name].label = _("E-mail address")


class AddEmailForm(_AddressForm, AllauthAddEmailForm):
    """One more address of a person."""


class ResetPasswordForm(_AddressForm, AllauthResetPasswordForm):
    """Where the mail for a new password goes."""


class LoginForm(_AddressForm, AllauthLoginForm):
    """Sign-in that is filled in with whom the waiting app expects, or with the address that was just confirmed here.

    The former is OpenID Connect Core §3.1.2.1 (P-A6).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        confirmed = str(self.request.session.get(CONFIRMED_ADDRESS_KEY, ""))
        self.initial.setdefault("login", _expected_person(self.request) or confirmed)
        # The page has its own link for who forgot it.
        self.fields["password"].help_text = ""


class SignupForm(_AddressForm, AllauthSignupForm):
    """Sign-up that also asks how to call the person."""

    name = forms.CharField(
        label=_("Your name"), max_length=150, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ("name", "email", "password1", "password2")

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        """Keep the name; allauth has saved the rest."""
        user.name = self.cleaned_data.get("name", "")
        user.save(update_fields=["name"])


def _expected_person(request: HttpRequest) -> str:
    """Return the e-mail address in the `login_hint` of the request that waits for this sign-in, or nothing.

    It is the app's guess, so nothing but the form's first value depends on it.
    """
    waiting = str(request.session.get(WAITING_PATH_KEY) or request.GET.get("next", ""))
    try:
        hint = parse_qs(urlsplit(waiting).query).get("login_hint", [""])[0]
        validate_email(hint)
    except (ValueError, ValidationError):
        return ""
    return hint
