"""What the product decides about accounts, as allauth's adapter."""

from __future__ import annotations

import ipaddress
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.core.ratelimit import respond_429
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from roboflow_auth.accounts.journal import record_change, record_sign_in, record_wrong_password
from roboflow_auth.accounts.languages import remember_language
from roboflow_auth.accounts.models import User
from roboflow_auth.accounts.recent_sign_in import signed_in_recently
from roboflow_auth.accounts.second_factor import has_second_factor
from roboflow_auth.core.http import client_address

# Where the browser session remembers the authorization request that waits for a sign-in, so that it survives sign-up,
# e-mail verification and a password reset, which lose the `next` parameter on their way.
WAITING_PATH_KEY = "waiting_authorization"
# Where it remembers the address that was confirmed in it, with which the sign-in form is filled in. It comes from the
# mail's link alone: an address in the sign-in page's own link could be anybody's.
CONFIRMED_ADDRESS_KEY = "confirmed_address"
# Notices of allauth that call for doing something, where it calls them a success.
_WARNINGS = frozenset({"mfa/messages/recovery_codes_generated.txt"})


class AccountAdapter(DefaultAccountAdapter):
    """What the product decides: who may sign up, what proves a person again, what is written down."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return whether new people may make an account (ACCOUNT_SIGNUP)."""
        return bool(settings.ACCOUNT_SIGNUP)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the caller's address, believing only trusted proxies; zero for what is no address."""
        try:
            return str(ipaddress.ip_address(client_address(request).partition("%")[0]))
        except ValueError:
            return "0.0.0.0"  # noqa: S104 - the address of nobody.

    def set_password(self, user: User, password: str) -> None:
        """Change the password, which ends every other browser session: one of them may be why it is changed."""
        super().set_password(user, password)
        end_other_sessions(self.request, user)

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

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """Return where to go on after an address was confirmed: signing in with it, for who is not signed in."""
        if not self.request.user.is_authenticated:
            self.request.session[CONFIRMED_ADDRESS_KEY] = email_address.email
        return str(super().get_email_verification_redirect_url(email_address))

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Return the same as after a sign-in."""
        return self.get_login_redirect_url(request)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Return whether the person has to prove who they are before a dangerous step; a fresh sign-in is proof too."""
        if signed_in_recently(self.request):
            return False
        if not super().get_reauthentication_methods(self.request.user):
            # allauth lets those pass who have nothing here to prove themselves with; their provider can vouch for them.
            raise ReauthenticationRequired
        return True

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        """Return the ways to prove it again, the best one first.

        A second factor takes the place of the password, which alone must not be enough to remove that factor. Who has
        neither signs in again at the provider that they come from.
        """
        if not user.is_authenticated:
            return []
        words = {
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
            "mfa_reauthenticate": _("Use a code"),
            "reauthenticate": _("Use your password"),
        }
        known = {method["id"]: method for method in super().get_reauthentication_methods(user)}
        if has_second_factor(user):
            known.pop("reauthenticate", None)
        methods = [{**known[name], "description": words[name]} for name in words if name in known]
        if methods or not SocialAccount.objects.filter(user=user).exists():
            return methods
        return [{"id": "provider", "description": _("Sign in again"), "url": reverse("web:confirm_at_provider")}]

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign `user` in to this browser, with all steps behind them, and write it down."""
        super().login(request, user)
        request.session.pop(CONFIRMED_ADDRESS_KEY, None)
        methods = [str(record.get("type", record["method"])) for record in get_authentication_records(request, user)]
        record_sign_in(user, methods)
        remember_language(user, get_language() or "")

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Tell the person something; what has to be done now is a warning and no success."""
        level = messages.WARNING if message_template in _WARNINGS else level
        super().add_message(request, level, message_template, *args, **kwargs)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write down a wrong password."""
        record_wrong_password(str(credentials.get("email", "")))

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell the person of a change to the account, and write it down."""
        record_change(template_prefix, user, context or {})
        super().send_notification_mail(template_prefix, user, context, email)
