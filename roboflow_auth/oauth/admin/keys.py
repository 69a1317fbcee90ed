"""Signing keys in Django admin: the public halves."""

from __future__ import annotations

from django.contrib import admin

from roboflow_auth.oauth.admin.pages import ReadOnlyAdmin
from roboflow_auth.oauth.models import SigningKey


@admin.register(SigningKey)
class SigningKeyAdmin(ReadOnlyAdmin[SigningKey]):
    """Keys that sign ID tokens. The private halves are nowhere to be seen, not even encrypted."""

    list_display = ("kid", "state", "created_at")
    list_filter = ("state",)
    fields = ("kid", "state", "public_jwk", "created_at")
