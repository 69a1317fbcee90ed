"""Signing in at another OpenID provider: what is believed of it, and whose account it may open.

An identity there is a pair of provider and `sub`; nothing else of it opens an account by itself. An e-mail address
counts only where the operator trusts the provider about it (`trust_email` of OIDC_PROVIDERS), the provider says that it
is verified, and the account here verified it too: whoever types a stranger's address into a sign-up form, here or
there, gets nothing by it.
"""

from __future__ import annotations

import re
import time
from typing import Any

import structlog
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings, get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from roboflow_auth.accounts.models import User

log = structlog.get_logger(__name__)

# What the state of a round trip to a provider holds when it is there to confirm who is signed in already.
CONFIRM = "confirm"
# How long before the answer the provider may have asked the person, clocks included.
_FRESH_SECONDS = 300
_SUBJECT = re.compile(r"[\x20-\x7e]{1,191}")
_ENDPOINTS = ("issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")


class ProviderDocument(OpenIDConnectOAuth2Adapter):
    """The conversation with a provider, with its metadata and its statements checked."""

    _document: dict[str, Any] | None = None

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return the provider's metadata, fetched once a request. Raises `OAuth2Error` for what can't be its own."""
        if self._document is None:
            provider = self.get_provider()
            document = _fetch_object(provider.server_url)
            if not all(isinstance(document.get(name), str) for name in _ENDPOINTS):
                raise OAuth2Error("The provider's metadata lacks an endpoint.")
            # OpenID Connect Discovery §4.3: the issuer must be the one that was asked for.
            if document["issuer"].rstrip("/") != provider.app.settings["server_url"]:
                raise OAuth2Error("The provider's metadata names another issuer.")
            self._document = document
        return self._document

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> SocialLogin:
        """Return whom the provider names, once what it says agrees with itself."""
        if not kwargs["response"].get("id_token"):
            # OpenID Connect Core §3.1.3.3: a token response without one is OAuth, and says nothing about a person.
            raise OAuth2Error("The provider sent no ID token.")
        login = super().complete_login(request, app, token, **kwargs)
        stated, told = login.account.extra_data["id_token"], login.account.extra_data["userinfo"]
        # OpenID Connect Core §5.3.2: UserInfo of another subject must not be used.
        if not isinstance(stated.get("sub"), str) or stated["sub"] != told.get("sub"):
            raise OAuth2Error("The provider's UserInfo is about somebody else.")
        return login

    def _fetch_user_info(self, access_token: str) -> dict[str, Any]:
        return _fetch_object(self.profile_url, {"Authorization": f"Bearer {access_token}"})


class IdentityProvider(OpenIDConnectProvider):
    """A provider of OIDC_PROVIDERS."""

    oauth2_adapter_class = ProviderDocument

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return the `sub` of the ID token. Raises `OAuth2Error` without one."""
        subject = data["id_token"].get("sub")
        # OpenID Connect Core §2: at most 255 ASCII characters; allauth keeps 191.
        if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
            raise OAuth2Error("The provider named nobody.")
        return subject

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return the little that is kept of what the provider told."""
        told = data.get("userinfo") or {}
        kept = {name: _clean(told[name]) for name in ("sub", "email", "name") if isinstance(told.get(name), str)}
        times = {name: data["id_token"].get(name) for name in ("sub", "auth_time")}
        return {"userinfo": kept, "id_token": times}

    def serialize(self) -> dict[str, Any]:
        """Return what finds this provider again: its id, because two may know us by the same client ID."""
        return {"id": self.app.provider_id, "app.client_id": self.app.client_id}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """Return the address that the provider tells of; it counts as verified only where the provider is trusted."""
        claims = data.get("userinfo") or data["id_token"]
        email = claims.get("email")
        if not isinstance(email, str):
            return []
        # The claim is a boolean; a provider that sends the word «false» has not verified anything.
        verified = claims.get("email_verified") is True and self.is_trusted_about(email)
        return [EmailAddress(email=email.lower(), verified=verified, primary=True)]

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return the name and the address to begin an account with."""
        claims = data.get("userinfo") or data["id_token"]
        return {name: _clean(claims[name]) for name in ("email", "name") if isinstance(claims.get(name), str)}

    def is_trusted_about(self, email: str) -> bool:
        """Return whether the operator believes this provider that `email` belongs to whom it names."""
        trust = self.app.settings["trust_email"]
        return trust if isinstance(trust, bool) else email.rpartition("@")[2].lower() in trust

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """Return the configured scopes: no link may ask for more."""
        return self.get_scope()

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        """Return what is configured: no link may add parameters."""
        return self.get_auth_params()


class ProviderAdapter(DefaultSocialAccountAdapter):
    """What the product decides about identities from elsewhere."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the providers of the settings; a row of the database opens no door."""
        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Return whether someone new may come from this provider: its own word, else ACCOUNT_SIGNUP."""
        own_word = sociallogin.provider.app.settings["sign_up"]
        return bool(settings.ACCOUNT_SIGNUP if own_word is None else own_word)

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """Fill in the new person's name and address."""
        user: User = super().populate_user(request, sociallogin, data)
        user.name = str(data.get("name", ""))[:150]
        return user

    def is_email_verified(self, provider: IdentityProvider, email: str) -> bool:
        """Return False: only what the provider says of this very address counts."""
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """Return the account that a trusted provider's verified address opens, with the address; or None."""
        for address in sociallogin.email_addresses:
            owner = EmailAddress.objects.filter(email__iexact=address.email, verified=True).first()
            if address.verified and owner is not None and owner.user.is_active:
                return owner.user, address.email
        return None

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Where the round trip was there to confirm who is signed in, look at who came back, and go on."""
        if sociallogin.state.get("data") == CONFIRM:
            confirmed = _confirms(request, sociallogin)
            if not confirmed:
                messages.error(request, _("That was another account. Sign in with the one that is linked to yours."))
            page = sociallogin.state.get("next") if confirmed else reverse("web:confirm_at_provider")
            raise ImmediateHttpResponse(HttpResponseRedirect(str(page or "/")))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **details: Any) -> None:
        """Write into the log why a sign-in elsewhere failed; the page keeps it to itself."""
        log.warning("provider_failed", provider=str(provider), reason=repr(details.get("exception"))[:500])


def _confirms(request: HttpRequest, sociallogin: SocialLogin) -> bool:
    # Linked already: an identity that a trusted address has just led to this account proves nothing about its owner.
    is_linked = sociallogin.account.pk is not None
    if not (request.user.is_authenticated and is_linked and sociallogin.user == request.user):
        return False
    # OpenID Connect Core §2: with it the provider tells that it did ask again, as `prompt=login` wished.
    asked_at = sociallogin.account.extra_data["id_token"].get("auth_time")
    if isinstance(asked_at, int | float) and asked_at < time.time() - _FRESH_SECONDS:
        return False
    names = {"provider": sociallogin.account.provider, "uid": sociallogin.account.uid, "reauthenticated": True}
    record_authentication(request, request.user, "socialaccount", **names)
    return True


def _fetch_object(url: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """Return the JSON object at `url`. Raises `OAuth2Error` for anything else, `RequestException` for no answer."""
    with get_adapter().get_requests_session() as session:
        response = session.get(url, headers=headers)
    response.raise_for_status()
    found = response.json()
    if not isinstance(found, dict):
        raise OAuth2Error("The provider answered with something else than an object.")
    return found


def _clean(text: str) -> str:
    """Return `text` as a database takes it: no NUL, and nothing that has no UTF-8 form."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()
