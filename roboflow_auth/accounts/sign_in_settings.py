"""How people prove who they are: the settings of allauth's forms, second factors and outside identity providers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
_REQUIRED = ("id", "name", "issuer", "client_id", "client_secret")
_OPTIONAL = ("trust_email", "sign_up", "scope")

# RFC 6238 §5.2: one step of 30 seconds is allowed for clocks that differ and people who type.
TOTP_PERIOD, TOTP_TOLERANCE = 30, 1


def sign_in_settings(providers: Any, *, is_development: bool) -> dict[str, Any]:
    """Return allauth's settings for its forms, second factors and `providers`, the value of OIDC_PROVIDERS.

    Raises `ImproperlyConfigured` for a provider that can't work or is not safe.
    """
    return {
        "ACCOUNT_FORMS": {
            "add_email": "roboflow_auth.accounts.forms.AddEmailForm",
            "login": "roboflow_auth.accounts.forms.LoginForm",
            "reset_password": "roboflow_auth.accounts.forms.ResetPasswordForm",
            "signup": "roboflow_auth.accounts.forms.SignupForm",
        },
        "MFA_ADAPTER": "roboflow_auth.accounts.second_factor.SecondFactorAdapter",
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_FORMS": {
            "authenticate": "roboflow_auth.accounts.second_factor_forms.CodeForm",
            "reauthenticate": "roboflow_auth.accounts.second_factor_forms.CodeAgainForm",
            "login_webauthn": "roboflow_auth.accounts.second_factor_forms.PasskeySignInForm",
            "authenticate_webauthn": "roboflow_auth.accounts.second_factor_forms.PasskeyForm",
            "reauthenticate_webauthn": "roboflow_auth.accounts.second_factor_forms.PasskeyAgainForm",
            "add_webauthn": "roboflow_auth.accounts.second_factor_forms.AddPasskeyForm",
            "generate_recovery_codes": "roboflow_auth.accounts.second_factor_forms.RecoveryCodesForm",
            "edit_webauthn": "roboflow_auth.accounts.second_factor_forms.RenamePasskeyForm",
        },
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_TOTP_ISSUER": "Roboflow",
        "MFA_TOTP_PERIOD": TOTP_PERIOD,
        "MFA_TOTP_TOLERANCE": TOTP_TOLERANCE,
        # One sign-in with a passkey takes two requests, and an office shares an address.
        "MFA_RATE_LIMITS": {"webauthn_login": "120/m/ip"},
        "SOCIALACCOUNT_ADAPTER": "roboflow_auth.workspaces.signup.WorkspaceProviderAdapter",
        # Once a trusted provider's address matched, the link holds even if either address changes later.
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT": True,
        "SOCIALACCOUNT_PROVIDERS": {
            "openid_connect": {
                "provider_class": "roboflow_auth.accounts.identity_providers.IdentityProvider",
                # OAuth 2.1 §7.5.1: PKCE whatever the client.
                "OAUTH_PKCE_ENABLED": True,
                "APPS": _apps(providers, is_development=is_development),
            }
        },
    }


def _apps(providers: Any, *, is_development: bool) -> list[dict[str, Any]]:
    if not isinstance(providers, list):
        raise ImproperlyConfigured("OIDC_PROVIDERS must be a JSON list of objects.")
    apps = [_app(provider, is_development=is_development) for provider in providers]
    if len({app["provider_id"] for app in apps}) != len(apps):
        raise ImproperlyConfigured("OIDC_PROVIDERS: each provider needs an id of its own.")
    return apps


def _app(provider: Any, *, is_development: bool) -> dict[str, Any]:
    _check_fields(provider)
    _check_issuer(provider["issuer"], is_development=is_development)
    return {
        "provider_id": provider["id"],
        "name": provider["name"],
        "client_id": provider["client_id"],
        "secret": provider["client_secret"],
        "settings": {
            "server_url": provider["issuer"].rstrip("/"),
            "trust_email": _trusted_domains(provider.get("trust_email", False)),
            "sign_up": provider.get("sign_up"),
            "scope": str(provider.get("scope", "openid profile email")).split(),
        },
    }


def _check_fields(provider: Any) -> None:
    if not isinstance(provider, Mapping):
        raise ImproperlyConfigured("OIDC_PROVIDERS must be a JSON list of objects.")
    missing = [name for name in _REQUIRED if not isinstance(provider.get(name), str) or not provider[name]]
    unknown = sorted(set(provider) - {*_REQUIRED, *_OPTIONAL})
    if missing or unknown:
        raise ImproperlyConfigured(f"OIDC_PROVIDERS: missing {missing or 'nothing'}, unknown {unknown or 'nothing'}.")
    if not _ID.fullmatch(provider["id"]):
        raise ImproperlyConfigured("OIDC_PROVIDERS: an id is lower-case letters, digits and hyphens.")
    if provider.get("sign_up") not in (None, True, False):
        raise ImproperlyConfigured("OIDC_PROVIDERS: sign_up is true or false.")


def _check_issuer(issuer: str, *, is_development: bool) -> None:
    parts = urlsplit(issuer)
    # OpenID Connect Core §3.1.3.7 lets the signature of an ID token go unchecked only where TLS vouches for its sender.
    if not parts.hostname or parts.query or parts.fragment or parts.scheme not in ("https", "http"):
        raise ImproperlyConfigured("OIDC_PROVIDERS: an issuer is an https:// address without query or fragment.")
    if parts.scheme == "http" and not is_development:
        raise ImproperlyConfigured("OIDC_PROVIDERS: an issuer must be https://.")


def _trusted_domains(trust: Any) -> bool | list[str]:
    """Return whether the provider is believed about e-mail addresses: always, never, or of which domains."""
    if isinstance(trust, bool):
        return trust
    if isinstance(trust, list) and trust and all(isinstance(domain, str) for domain in trust):
        return [domain.lower().lstrip("@") for domain in trust]
    raise ImproperlyConfigured("OIDC_PROVIDERS: trust_email is true, false, or a list of domains.")
