"""Signing keys in Django admin: the public halves, and how one follows another."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roboflow_auth.core.admin_actions import asks_first
from roboflow_auth.oauth.admin.pages import ReadOnlyAdmin, record_staff, tell, tell_count
from roboflow_auth.oauth.key_rotation import Step, rotate_keys, withdraw_key
from roboflow_auth.oauth.models import SigningKey


@admin.register(SigningKey)
class SigningKeyAdmin(ReadOnlyAdmin[SigningKey]):
    """Keys that sign ID tokens. The private halves are nowhere to be seen, not even encrypted."""

    list_display = ("kid", "state", "state_since", "created_at")
    list_filter = ("state",)
    fields = ("kid", "state", "state_since", "public_jwk", "created_at")
    actions = ("rotate", "withdraw")

    @admin.action(description=gettext_lazy("Let the next key sign (whichever are selected)"), permissions=["end"])
    def rotate(self, request: HttpRequest, queryset: QuerySet[SigningKey]) -> None:
        """Take the next step, if the next key is published long enough."""
        with transaction.atomic():
            step = rotate_keys()
            if step is not Step.NONE:
                record_staff(request, "rotate_signing_keys", detail=step)
        if step is Step.NONE:
            messages.warning(request, _("The next key is not published for a day yet, so it does not sign yet."))
        elif step is Step.PUBLISHED:
            tell(request, _("The next key is published. It can sign in a day."))
        else:
            tell(request, _("The next key signs from now on."))

    @admin.action(description=gettext_lazy("Withdraw the selected keys, because they leaked"), permissions=["end"])
    @asks_first(gettext_lazy("What these keys signed does not verify any more, at once."))
    def withdraw(self, request: HttpRequest, queryset: QuerySet[SigningKey]) -> None:
        """End the keys at once; what they signed does not verify any more."""
        kids = [key.kid for key in queryset]
        with transaction.atomic():
            withdrawn = [kid for kid in kids if withdraw_key(kid)]
            for kid in withdrawn:
                record_staff(request, "withdraw_signing_key", detail=kid)
        tell_count(request, len(withdrawn))
