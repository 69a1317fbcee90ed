"""The URLs under /accounts/: allauth's, and ours under the names by which allauth looks for them."""

from __future__ import annotations

from allauth.account.views import password_set
from django.urls import include, path

from roboflow_auth.accounts.recent_sign_in import recent_sign_in_required
from roboflow_auth.web.views.browser_sessions import browser_sessions
from roboflow_auth.web.views.identity_providers import come_back, sign_in_at_provider

urlpatterns = [
    # Where somebody had no password, as who comes from another provider, a new one is a new way in.
    path("password/set/", recent_sign_in_required(password_set), name="account_set_password"),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
    path("linked/", include("allauth.socialaccount.urls")),
    path("oidc/<slug:provider_id>/login/", sign_in_at_provider, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", come_back, name="openid_connect_callback"),
    path("sessions/", browser_sessions, name="usersessions_list"),
]
