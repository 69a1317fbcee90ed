"""What the product decides about accounts, as allauth's adapter."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from roboflow_auth.core.http import client_address

# Where the browser session remembers the authorization request that waits for a sign-in, so that it survives sign-up,
# e-mail verification and a password reset, which lose the `next` parameter on their way.
WAITING_PATH_KEY = "waiting_authorization"


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up can be closed by a setting; rate limits see the same caller's address as everything else."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return whether new people may make an account (ACCOUNT_SIGNUP)."""
        return bool(settings.ACCOUNT_SIGNUP)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the caller's address, believing only trusted proxies."""
        return client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a try to sign in, and answer one too many with the page for it, not with a note in the form (P-L1)."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            raise ImmediateHttpResponse(respond_429(request)) from error

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return the authorization request that waits, or the start page."""
        return str(request.session.get(WAITING_PATH_KEY) or super().get_login_redirect_url(request))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return the page that says what to do next, the same as after a reset: the change ended this sign-in."""
        return reverse("account_reset_password_from_key_done")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Return the same as after a sign-in."""
        return self.get_login_redirect_url(request)
