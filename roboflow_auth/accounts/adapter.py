"""What the product decides about accounts, as allauth's adapter."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from roboflow_auth.core.http import client_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up can be closed by a setting; rate limits see the same caller's address as everything else."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return whether new people may make an account (ACCOUNT_SIGNUP)."""
        return bool(settings.ACCOUNT_SIGNUP)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the caller's address, believing only trusted proxies."""
        return client_address(request)
