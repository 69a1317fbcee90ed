"""The audit log's actions and reasons in words for people."""

from __future__ import annotations

from django.utils.translation import gettext as _

from roboflow_auth.access.vocabulary import Action
from roboflow_auth.core.languages import translated

OTHER_ACTIONS = (
    *("accept_invitation", "add_authenticator_app", "add_passkey", "add_trusted_issuer", "allow_app", "ask_approval"),
    *("ask_for_app", "authorize", "block_app", "change_email", "change_expiry", "change_known_client"),
    *("change_member_role", "change_password", "change_role", "change_trusted_issuer", "confirm_email", "create_role"),
    *("create_user", "create_workspace", "decline_invitation", "delete_client", "delete_known_client"),
    *("delete_trusted_issuer", "delete_user", "end_browser_sessions", "end_session", "exchange_token"),
    *("export_audit_log", "forget_allowed_app", "invite_member", "issue_token", "label_connection", "label_session"),
    *("leave_workspace", "link_account", "make_recovery_codes", "narrow_connection", "open_page", "prune_clients"),
    *("refresh_token", "register_client", "remove_authenticator_app", "remove_email", "remove_member"),
    *("remove_passkey", "remove_role", "remove_second_factor", "rename_workspace", "resend_invitation"),
    *("reset_password", "revoke_access_token", "revoke_connection", "roll_client_secret", "rotate_signing_keys"),
    *("set_app_policy", "set_password", "sign_in", "sign_out", "unblock_app", "unlink_account", "update_client"),
    *("update_user", "view_apps", "withdraw_invitation", "withdraw_signing_key"),
)
"""What the log also holds, besides what roles allow (`access.vocabulary.Action`)."""


def why(reason: str) -> str:
    """Return why a call was refused or failed; nothing when it was neither, the bare word when it is a rare one."""
    words = {
        "role": _("Your role does not allow it"),
        "missing_scope": _("You did not give the app this permission"),
        "not_found": _("There is no such thing, or the app may not see it"),
        "invalid": _("What the app sent was not valid"),
        "conflict": _("It was not possible as things stood"),
        "rate_limited": _("Too many calls"),
        "internal": _("A fault on our side"),
    }
    return words.get(reason, reason)


def reason_words(reason: str) -> str:
    """Return the same for somebody who reads what others did."""
    words = {
        "role": _("The role does not allow it"),
        "missing_scope": _("The app was not given this permission"),
        "not_found": _("There is no such thing, or it may not be seen"),
        "invalid": _("What was sent was not valid"),
        "user_denied": _("The person said no"),
        "waits_for_admins": _("Waits for an admin"),
        "waits_for_staff": _("Waits for the staff of this server"),
        "by_staff": _("By the staff of this server"),
        "revoked_by_staff": _("By the staff of this server"),
        "by_person": _("By the person"),
        "revoked_by_client": _("By the app"),
        "app_blocked_in_workspace": _("The app was blocked here"),
        "app_not_allowed_any_more": _("The app is not allowed here any more"),
        "ended_by_workspace_admin": _("By an admin"),
        "issuer_changed": _("The organisation no longer grants it"),
        "service_changed": _("Staff changed the service"),
        "granted_by_enterprise": _("Granted by the organisation"),
        "identity_assertion": _("Vouched for by the organisation"),
        "code_reuse": _("A code was used twice"),
        "refresh_token_reuse": _("A refresh token was used by two parties"),
        "repeated": _("The same answer once more"),
        "successor_unused": _("The token before was never used"),
        "member_already": _("Is a member already"),
    }
    return words.get(reason) or why(reason)


def action_in_english(action: str) -> str:
    """Return the action as words: «Create project»."""
    return action.replace("_", " ").capitalize().replace("api key", "API key")


def action_words(action: str) -> str:
    """Return the action as words in the language of the page."""
    return translated(action_in_english(action))


def actions_like(text: str) -> list[str]:
    """Return the actions that have `text` in their words, in the language of the page or in English, or in their name.

    Upper and lower case are the same.
    """
    wanted = text.strip().casefold()
    return [
        str(action)
        for action in (*Action, *OTHER_ACTIONS)
        if any(wanted in words.casefold() for words in (action, action_in_english(action), action_words(action)))
    ]
