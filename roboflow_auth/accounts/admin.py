"""People in Django admin."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from roboflow_auth.accounts.models import User
from roboflow_auth.accounts.sign_in_admin import addresses_of, linked_accounts_of
from roboflow_auth.audit.models import Outcome
from roboflow_auth.audit.recorder import record_event
from roboflow_auth.core.removal_admin import RemovalAdmin

_RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


@admin.register(User)
class UserAdmin(RemovalAdmin[User], DjangoUserAdmin[User]):
    """People, by e-mail. Making one inactive ends every token at once (P-G2).

    Rights are given by superusers alone, and only they change or delete staff: whoever may set a password could
    otherwise sign in with somebody else's rights.
    """

    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_staff", "date_joined", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name", "subject")
    readonly_fields = ("subject", "date_joined", "last_login", "addresses", "linked_accounts")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Profile"), {"fields": ("name", "subject")}),
        (_("Sign-in"), {"fields": ("addresses", "linked_accounts")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        (_("Dates"), {"fields": ("date_joined", "last_login")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "usable_password", "password1", "password2")}),)

    @admin.display(description=_("E-mail addresses"))
    def addresses(self, user: User) -> str:
        """Return the addresses; staff who could change them could take the account over."""
        return addresses_of(user) or "-"

    @admin.display(description=_("Linked accounts"))
    def linked_accounts(self, user: User) -> str:
        """Return the identities elsewhere that open the account."""
        return linked_accounts_of(user) or "-"

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Return what is not typed: for all but superusers the rights too."""
        fixed = tuple(super().get_readonly_fields(request, obj))
        return fixed if cast(User, request.user).is_superuser else (*fixed, *_RIGHTS)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Return whether the person may change people, and `obj` if it is staff."""
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Return whether the person may delete people, and `obj` if it is staff."""
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save the person, and write down who changed what."""
        super().save_model(request, obj, form, change)
        _record(request, "update_user" if change else "create_user", obj, ", ".join(form.changed_data))

    def retire(self, obj: User) -> None:
        """End everything that acts for the person before they are deleted."""
        User.objects.filter(pk=obj.pk).update(is_active=False)

    def record_deletion(self, request: HttpRequest, obj: User, outcome: str = Outcome.ALLOWED) -> None:
        """Write down who deletes the person."""
        _record(request, "delete_user", obj, outcome=outcome)


def _may_touch(request: HttpRequest, obj: User | None) -> bool:
    return obj is None or not obj.is_staff or cast(User, request.user).is_superuser


def _record(request: HttpRequest, action: str, user: User, detail: str = "", outcome: str = Outcome.ALLOWED) -> None:
    staff = cast(User, request.user)
    record_event(
        action,
        subject=str(staff.subject),
        email=staff.email,
        target=user.email,
        outcome=Outcome(outcome),
        reason="by_staff",
        detail=detail,
    )
