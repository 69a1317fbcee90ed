"""The public keys of an app in the admin's form."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from roboflow_auth.core.languages import translated
from roboflow_auth.oauth.client_keys import UnusableKeys, read_key_set


class KeySetField(forms.CharField):
    """A JWK Set with public keys (RFC 7517 §5); stored as the list of those that can sign, and nothing else of them."""

    widget = forms.Textarea(attrs={"rows": 8, "cols": 100})

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def prepare_value(self, value: Any) -> Any:
        """Return the key set that stands in the box."""
        return (json.dumps({"keys": value}, indent=1) if value else "") if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return the keys, none for an empty box. Raises `ValidationError` that says what is wrong with the set."""
        typed = super().to_python(value)
        try:
            return read_key_set(json.loads(typed)) if typed else []
        except UnusableKeys as error:
            raise ValidationError(translated(error.args[0])) from error
        except (ValueError, RecursionError) as error:
            raise ValidationError(_("This is not well-formed JSON.")) from error
