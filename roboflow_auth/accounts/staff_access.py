"""How staff get into Django admin: by the sign-in that everybody uses, with a second factor where it is asked."""

from __future__ import annotations

from typing import cast

from allauth.account.decorators import secure_admin_login
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from roboflow_auth.accounts.models import User
from roboflow_auth.accounts.recent_sign_in import used_second_factor
from roboflow_auth.accounts.second_factor import has_second_factor


def guard_admin(site: AdminSite) -> None:
    """Let staff into `site` as the product does. Call it once."""
    admit, sign_in = site.has_permission, secure_admin_login(site.login)

    def has_permission(request: HttpRequest) -> bool:
        return admit(request) and not _lacks_second_factor(request)

    def login(request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponseBase:
        if admit(request) and _lacks_second_factor(request):
            return _ask_for_second_factor(request)
        answer: HttpResponseBase = sign_in(request, extra_context)
        return answer

    site.has_permission = has_permission  # type: ignore[method-assign]
    site.login = login  # type: ignore[method-assign,assignment]


def _lacks_second_factor(request: HttpRequest) -> bool:
    return bool(settings.STAFF_MFA_REQUIRED) and not used_second_factor(request)


def _ask_for_second_factor(request: HttpRequest) -> HttpResponseBase:
    if has_second_factor(cast(User, request.user)):
        # Signed in before the second factor was there.
        raise ReauthenticationRequired
    messages.warning(request, _("Staff sign in with two steps here. Set up the second one first."))
    return HttpResponseRedirect(reverse("mfa_index"))
