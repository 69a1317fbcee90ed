"""How people sign in, in Django admin: to be read, and second factors to be taken away from who lost them.

allauth's own pages let staff type a verified address or a link to a provider into any account, and so take it over.
"""

from __future__ import annotations

from typing import Any, cast

import allauth.account.admin
import allauth.mfa.admin
import allauth.socialaccount.admin
import allauth.usersessions.admin  # noqa: F401
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from roboflow_auth.accounts.models import User
from roboflow_auth.accounts.second_factor import has_second_factor
from roboflow_auth.audit.recorder import record_event

for model in (EmailAddress, EmailConfirmation, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


def addresses_of(user: User) -> str:
    """Return the person's e-mail addresses as one line, and whether they proved them."""
    proved = {True: _("verified"), False: _("not verified")}
    return ", ".join(f"{row.email} ({proved[row.verified]})" for row in EmailAddress.objects.filter(user=user))


def linked_accounts_of(user: User) -> str:
    """Return the person's identities at other providers as one line."""
    return ", ".join(f"{row.provider}: {row.uid}" for row in SocialAccount.objects.filter(user=user))


@admin.register(Authenticator)
class SecondFactorAdmin(admin.ModelAdmin[Any]):
    """Second factors, without their secrets. Removing one lets in again who lost the phone and the codes."""

    list_select_related = ("user",)
    search_fields = ("user__email",)
    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    fields = ("user", "type", "created_at", "last_used_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return whether the person may take `obj` away: a member of staff's only as a superuser."""
        may_delete = super().has_delete_permission(request, obj)
        touches_staff = isinstance(obj, Authenticator) and obj.user.is_staff
        return may_delete and (not touches_staff or cast(User, request.user).is_superuser)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Return no action on many rows: each person is somebody to talk to first."""
        return {}

    def delete_model(self, request: HttpRequest, obj: Authenticator) -> None:
        """Remove the second factor, the recovery codes with the last one, and write down who did it."""
        staff = cast(User, request.user)
        with transaction.atomic():
            kind, owner = str(obj.type), obj.user
            super().delete_model(request, obj)
            if not has_second_factor(owner):
                _recovery_codes(owner).delete()
            record_event(
                "remove_second_factor",
                subject=str(staff.subject),
                email=staff.email,
                target=owner.email,
                reason="by_staff",
                detail=kind,
            )


def _recovery_codes(user: User) -> QuerySet[Authenticator]:
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES)
    return found
