"""The mail that invites somebody into a workspace."""

from __future__ import annotations

import structlog
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roboflow_auth.access.principal import Principal
from roboflow_auth.accounts.languages import in_language_of
from roboflow_auth.accounts.models import User
from roboflow_auth.core.request_context import current_request
from roboflow_auth.workspaces.models import Invitation

log = structlog.get_logger(__name__)


def send_invitation(principal: Principal, invitation: Invitation, raw_token: str) -> bool:
    """Send the mail with the link that holds `raw_token`; return whether the mail server took it."""
    # Whoever is known here is written to in their language, others in that of the person who invites them.
    with in_language_of(User.objects.filter(email__iexact=invitation.email).first()):
        subject, message = _written(principal, invitation, raw_token)
    try:
        send_mail(subject, message, None, [invitation.email])
    except OSError:
        # The invitation stands, and can be sent again from the page.
        log.exception("invitation_not_sent", invitation=invitation.pk)
        return False
    return True


def _written(principal: Principal, invitation: Invitation, raw_token: str) -> tuple[str, str]:
    """Return the subject and the text."""
    issuer = current_request().issuer
    context = {
        "workspace": " ".join(principal.workspace_name.split()),
        "inviter": principal.email,
        "role": invitation.role_label,
        "address": invitation.email,
        "link": issuer + reverse("web:invitation_link", args=[raw_token]),
        "expires_at": date_format(invitation.expires_at, _("j F Y, H:i e")),
        "site": issuer,
    }
    subject = render_to_string("web/email/invitation_subject.txt", context).strip()
    return subject, render_to_string("web/email/invitation_message.txt", context)
