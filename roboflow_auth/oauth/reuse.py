"""A single-use secret that was presented by two parties: its session ends, and the person is told (P-T2, P-T3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roboflow_auth.accounts.languages import in_language_of
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import Outcome
from roboflow_auth.core.mail import post
from roboflow_auth.core.request_context import current_request
from roboflow_auth.oauth.connections import end_session
from roboflow_auth.oauth.models import Session

CODE_REUSE = "code_reuse"
REFRESH_TOKEN_REUSE = "refresh_token_reuse"  # noqa: S105
_WARNED_FOR = timedelta(days=14)


def end_reused_session(session: Session, reason: str) -> None:
    """End `session` because a secret of it was used twice, and tell the person once. Other sessions go on."""
    if end_session(session, reason, outcome=Outcome.REFUSED):
        _send_warning(session)


def list_reused_sessions(user: User, now: datetime) -> QuerySet[Session]:
    """Return the sessions of `user` that ended this way in the last 14 days, the latest first."""
    return (
        Session.objects.filter(
            connection__user=user,
            ended_reason__in=(CODE_REUSE, REFRESH_TOKEN_REUSE),
            ended_at__gt=now - _WARNED_FOR,
        )
        .select_related("connection__client", "connection__workspace")
        .order_by("-ended_at")
    )


def _send_warning(session: Session) -> None:
    connection = session.connection
    # Whoever presented the token is a program; the person may read another language.
    with in_language_of(connection.user):
        context = {
            "app": " ".join((connection.client.name or connection.client.client_id).split()),
            "workspace": connection.workspace.name,
            "ended_at": date_format(timezone.now(), _("j F Y, H:i e")),
            "site": current_request().issuer,
        }
        # The session is over either way, and the warning stands on the person's pages.
        post("oauth/email/session_ended", context, connection.user.email)
