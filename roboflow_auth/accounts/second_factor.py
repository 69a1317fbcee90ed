"""Second factors: authenticator apps, passkeys and recovery codes, as allauth keeps them."""

from __future__ import annotations

import base64
import ipaddress
import os

import structlog
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from roboflow_auth.accounts.models import User
from roboflow_auth.accounts.sealing import seal, unseal

log = structlog.get_logger(__name__)

# Recovery codes stand in for these, and are nothing by themselves.
_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class SecondFactorAdapter(DefaultMFAAdapter):
    """What the product decides about second factors."""

    def encrypt(self, text: str) -> str:
        """Return `text`, the secret of an authenticator app or of recovery codes, as the database may hold it."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret that `encrypt` encrypted."""
        text = unseal(encrypted_text)
        if text is None:
            # SECRET_KEY changed. A secret that nobody knows makes every code wrong; an empty one could be guessed.
            log.error("second_factor_unreadable")
            return base64.b32encode(os.urandom(20)).decode()
        return text

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name.
        """Return what a new passkey is called until its owner says otherwise."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey") if number == 1 else _("Passkey %(number)s") % {"number": number}

    def _get_site_name(self) -> str:
        return "Roboflow"


def second_factors(user: User) -> QuerySet[Authenticator]:
    """Return what `user` has beside the password, oldest first."""
    return Authenticator.objects.filter(user=user, type__in=_FACTORS).order_by("created_at")


def has_second_factor(user: User) -> bool:
    """Return whether signing in as `user` takes more than a password."""
    return second_factors(user).exists()


def can_have_passkeys(request: HttpRequest) -> bool:
    """Return whether browsers make passkeys for the address that this request came to.

    WebAuthn Level 3 §5.1.3 step 7, §5.4.2: a relying party's id is a domain name, and an IP address is none.
    """
    host = request.get_host()
    name = host[1 : host.find("]")] if host.startswith("[") else host.partition(":")[0]
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return True
    return False
