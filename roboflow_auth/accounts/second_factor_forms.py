"""Forms of second factors: codes that work once, and passkeys."""

from __future__ import annotations

import hashlib
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.cache import cache
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from roboflow_auth.accounts.journal import record_wrong_code
from roboflow_auth.accounts.second_factor import has_second_factor
from roboflow_auth.accounts.sign_in_settings import TOTP_PERIOD, TOTP_TOLERANCE

# As long as a code is accepted at all.
_CODE_SECONDS = TOTP_PERIOD * (2 * TOTP_TOLERANCE + 1)
_MAX_NAME = 60


class _CodeOnce(forms.Form):
    """A code of an authenticator app is accepted once (RFC 6238 §5.2), and wrong ones are written down."""

    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = _("Code")
        field.widget.attrs.update({"inputmode": "numeric", "autofocus": True, "autocomplete": "one-time-code"})
        field.widget.attrs.pop("placeholder", None)

    def clean_code(self) -> str:
        """Return the code when it is right and was not used before."""
        code: str = super().clean_code()  # type: ignore[misc]
        is_totp = self.authenticator.type == Authenticator.Type.TOTP
        if is_totp and not cache.add(_used_key(self.authenticator, code), "used", timeout=_CODE_SECONDS):
            self._emit_authentication_failed(self.authenticator)
            raise get_adapter().validation_error("incorrect_code")
        return code

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        record_wrong_code(authenticator)


class CodeForm(_CodeOnce, AuthenticateForm):
    """The second step of a sign-in."""


class CodeAgainForm(_CodeOnce, ReauthenticateForm):
    """The same from someone who is signed in."""


class CredentialField(forms.JSONField):
    """What a browser says for a passkey. Nobody needs to be signed in to send one."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        """Return the JSON that `value` is; nesting that no browser sends is as wrong as no JSON."""
        try:
            return super().to_python(value)
        except RecursionError as error:
            raise get_adapter().validation_error("incorrect_code") from error

    def bound_data(self, data: Any, initial: Any) -> None:
        """Return nothing to show again: each answer is good for one try."""


class PasskeySignInForm(LoginWebAuthnForm):
    """A passkey instead of a password."""

    credential = CredentialField()


class PasskeyForm(AuthenticateWebAuthnForm):
    """A passkey as the second step."""

    credential = CredentialField()


class PasskeyAgainForm(ReauthenticateWebAuthnForm):
    """A passkey from someone who is signed in."""

    credential = CredentialField()


class AddPasskeyForm(AddWebAuthnForm):
    """A new passkey; unless the person says otherwise, it signs in without a password."""

    credential = CredentialField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, passwordless = self.fields["name"], self.fields["passwordless"]
        name.label = _("Name")
        name.help_text = _("So that you can tell your passkeys apart.")
        name.validators.append(MaxLengthValidator(_MAX_NAME))
        passwordless.label = _("Sign in with it alone, without a password")
        passwordless.help_text = _("It then asks for your fingerprint, face or PIN. Untick this for a simple key.")
        passwordless.initial = True


class RenamePasskeyForm(EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(label=_("Name"), max_length=_MAX_NAME)


class RecoveryCodesForm(GenerateRecoveryCodesForm):
    """New recovery codes, for who has something that they stand in for."""

    @property
    def is_possible(self) -> bool:
        """Whether there is a second step; the page says so before anybody presses the button."""
        return has_second_factor(self.user)


def _used_key(authenticator: Authenticator, code: str) -> str:
    digits = "".join(character for character in code if character.isdigit())
    return f"totp-used:{authenticator.user_id}:{hashlib.sha256(digits.encode()).hexdigest()[:32]}"
