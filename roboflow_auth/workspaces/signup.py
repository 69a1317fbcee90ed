"""What a new account gets: a workspace of its own."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialLogin
from django.db import transaction
from django.http import HttpRequest

from roboflow_auth.accounts.adapter import AccountAdapter
from roboflow_auth.accounts.identity_providers import ProviderAdapter
from roboflow_auth.accounts.models import User
from roboflow_auth.workspaces.services import create_personal_workspace


class WorkspaceAccountAdapter(AccountAdapter):
    """The account adapter of the product: an account is never without a workspace."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Save the new person and their personal workspace together; neither is ever left for later."""
        with transaction.atomic():
            saved: User = super().save_user(request, user, form, commit=commit)
            saved.name = form.cleaned_data.get("name", "")
            create_personal_workspace(saved)
        return saved


class WorkspaceProviderAdapter(ProviderAdapter):
    """The same for people who come from another provider."""

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """Save the new person, the link to the provider and the personal workspace together."""
        with transaction.atomic():
            name = sociallogin.user.name
            saved: User = super().save_user(request, sociallogin, form=form)
            if form is None:
                # With a form the account adapter has made it.
                create_personal_workspace(saved)
            elif name and not saved.name:
                saved.name = name
                saved.save(update_fields=["name"])
        return saved
