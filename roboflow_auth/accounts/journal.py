"""Writing down what happens to accounts: sign-ins, refused ones, sign-outs, changes of how one signs in.

A row names the account and, from the request's context, the address. Passwords and codes never come here, nor what was
typed for an account that does not exist: people type passwords into the wrong field.
"""

from __future__ import annotations

from typing import Any

import structlog
from allauth.mfa.models import Authenticator

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import Outcome
from roboflow_auth.audit.recorder import record_event
from roboflow_auth.core.errors import TooManyRequests
from roboflow_auth.core.rate_limits import LimitName, check

log = structlog.get_logger(__name__)

# By the e-mail that tells the person of it: what is worth a message is worth a row.
_CHANGES = {
    "account/email/email_changed": "change_email",
    "account/email/email_confirm": "confirm_email",
    "account/email/email_deleted": "remove_email",
    "account/email/password_changed": "change_password",
    "account/email/password_reset": "reset_password",
    "account/email/password_set": "set_password",
    "mfa/email/recovery_codes_generated": "make_recovery_codes",
    "mfa/email/totp_activated": "add_authenticator_app",
    "mfa/email/totp_deactivated": "remove_authenticator_app",
    "mfa/email/webauthn_added": "add_passkey",
    "mfa/email/webauthn_removed": "remove_passkey",
    "socialaccount/email/account_connected": "link_account",
    "socialaccount/email/account_disconnected": "unlink_account",
}


def record_sign_in(user: User, methods: list[str]) -> None:
    """Write down that `user` signed in, and by which methods."""
    record_event("sign_in", subject=str(user.subject), email=user.email, detail=", ".join(methods))


def record_sign_out(user: User) -> None:
    """Write down that `user` signed out of a browser."""
    record_event("sign_out", subject=str(user.subject), email=user.email)


def record_change(template_prefix: str, user: User, context: dict[str, Any]) -> None:
    """Write down the change of which the e-mail `template_prefix` tells."""
    action = _CHANGES.get(template_prefix)
    if action is None:
        return
    provider = context.get("provider")
    record_event(action, subject=str(user.subject), email=user.email, target=str(provider) if provider else "")


def record_wrong_password(email: str) -> None:
    """Write down that somebody failed to sign in as `email`; nothing of an address that nobody has is kept."""
    user = User.objects.filter(emailaddress__email__iexact=email).first()
    if user is None:
        _record_refusal("sign_in", None, "unknown_account")
    else:
        _record_refusal("sign_in", user, "wrong_password")


def record_wrong_code(authenticator: Authenticator) -> None:
    """Write down that somebody who knew the password failed at the second factor."""
    _record_refusal("sign_in", authenticator.user, f"wrong_{authenticator.type}_code")


def record_signed_out_elsewhere(user: User, count: int) -> None:
    """Write down that `user` ended `count` of their other browser sessions."""
    record_event("end_browser_sessions", subject=str(user.subject), email=user.email, target=str(count))


def sign_out_was_noticed(user: User | None, **_: Any) -> None:
    """Write down a sign-out, through whichever door: the receiver of Django's signal."""
    if user is not None:
        record_sign_out(user)


def _record_refusal(action: str, user: User | None, reason: str) -> None:
    try:
        # Who fails again and again from many addresses must not fill the table: the log still tells of it.
        check(LimitName.SIGN_IN_FAILURES, str(user.subject) if user else "")
    except TooManyRequests:
        log.info("sign_in_refused", subject=str(user.subject) if user else "", reason=reason)
        return
    subject, email = (str(user.subject), user.email) if user else ("", "")
    record_event(action, subject=subject, email=email, outcome=Outcome.REFUSED, reason=reason)
