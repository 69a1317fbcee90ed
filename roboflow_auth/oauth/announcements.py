"""The mail by which a person learns that an app was connected in their name (pages.md, "Connected apps")."""

from __future__ import annotations

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roboflow_auth.core.mail import post_after_commit
from roboflow_auth.core.request_context import current_request
from roboflow_auth.oauth.models import Connection
from roboflow_auth.oauth.wording import access_words


def announce_connection(connection: Connection) -> None:
    """Tell the person of a new agreement once it is committed; whether the mail arrives changes nothing of it.

    One statement. An app that they had connected before is said to be back.
    """
    request = current_request()
    earlier = Connection.objects.filter(user=connection.user, client=connection.client).exclude(pk=connection.pk)
    context = {
        # One line, whatever the app calls itself: it stands in a subject.
        "app": " ".join(connection.client.display_name.split()),
        "is_back": earlier.exists(),
        "workspace": connection.workspace.name,
        "level": access_words(connection.scopes),
        "address": request.address,
        "connected_at": date_format(connection.created_at, _("j F Y, H:i e")),
        "link": request.issuer + reverse("web:connections"),
        "site": request.issuer,
    }
    post_after_commit("oauth/email/app_connected", context, connection.user.email)
