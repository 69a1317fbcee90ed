"""What the gallery shows beyond the demo: second factors, apps that ask, wait or changed, a session that was ended.

`python manage.py shell -c` runs `seed` in the server's own database. It prints the links that went out by mail, and the
pages for faults that no request provokes.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from roboflow_auth.access.catalogue import BASELINE
from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.clients import shown_metadata
from roboflow_auth.oauth.connections import Parties, allow_connection, end_session
from roboflow_auth.oauth.models import ApprovalRequest, Client, Connection, Session
from roboflow_auth.oauth.models.clients import Approval
from roboflow_auth.oauth.reuse import REFRESH_TOKEN_REUSE
from roboflow_auth.oauth.workspace_apps.decisions import set_policy
from roboflow_auth.oauth.workspace_apps.requests import ask_admins
from roboflow_auth.workspaces.invitations import invite
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.browser.gallery.state import client_id_of

# Where native apps of the gallery get their answers; nobody listens there.
LOOPBACK = "http://127.0.0.1:3118/callback"
DASHBOARD = "https://dashboard.example/callback"
EDITOR = "crate-editor://oauth/callback"
# A documented example (RFC 4648 §10), so that the pictures show no secret of anybody.
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def seed() -> None:
    """Add everything, and print what the walks need as one line of JSON."""
    alice, bob = (User.objects.get(email=f"{name}@demo.local") for name in ("alice", "bob"))
    dana, erin = builders.make_user("dana@demo.local", "Dana Voss"), builders.make_user("erin@demo.local", "Erin Sol")
    TOTP.activate(dana, TOTP_SECRET)
    RecoveryCodes.activate(dana)
    own = builders.make_workspace(dana, "dana", "Dana's workspace")
    _apps_that_ask(alice)
    _apps_that_ask_again(dana, own)
    _seed_harbour(dana, bob)
    _end_a_session(dana, own)
    print(json.dumps(_links(alice, erin) | _faults()))  # noqa: T201 - what the command is for


def _apps_that_ask(alice: User) -> None:
    _client("first-time", "Pallet scout", LOOPBACK)
    _client("editor", "Crate editor", EDITOR)
    _client("far-away", "Night batch", LOOPBACK)
    _client("disabled", "Retired app", LOOPBACK, is_disabled=True)
    waiting = _client("waiting", "Dock planner", DASHBOARD, approval=Approval.ASK)
    ApprovalRequest.objects.create(client=waiting, user=alice, redirect_uri=DASHBOARD, address="203.0.113.24")


def _apps_that_ask_again(dana: User, own: Workspace) -> None:
    staff = {"registration_source": Client.RegistrationSource.MANUAL}
    _connect(dana, own, _client("assured", "Quality dashboard", DASHBOARD, **staff))
    changed = _client("changed", "Shelf watcher", DASHBOARD)
    _connect(dana, own, changed)
    Client.objects.filter(pk=changed.pk).update(
        name="Shelf watcher Pro", redirect_uris=f"{DASHBOARD} https://elsewhere.example/callback"
    )


def _seed_harbour(dana: User, bob: User) -> None:
    harbour = builders.make_workspace(dana, "harbour", "Harbour Cranes")
    builders.make_member(harbour, bob, RoleName.LABELER)
    set_policy(builders.make_principal(dana, harbour), "ask")
    ask_admins(bob, _client("asked", "Crane counter", LOOPBACK), LOOPBACK, harbour)


def _end_a_session(dana: User, own: Workspace) -> None:
    connection = _connect(dana, own, _client("reused", "Night labeler", LOOPBACK))
    session = Session.objects.create(connection=connection, scope=connection.scope, device="Chrome · Windows")
    end_session(session, REFRESH_TOKEN_REUSE)


def _client(app: str, name: str, redirect_uri: str, **fields: object) -> Client:
    return builders.make_client(client_id=client_id_of(app), name=name, redirect_uris=redirect_uri, **fields)


def _connect(user: User, workspace: Workspace, client: Client) -> Connection:
    redirect_uri = client.redirect_uri_list[0]
    return allow_connection(
        Parties(user, client, redirect_uri, Resource.MCP),
        workspace,
        offered=frozenset(BASELINE),
        chosen=frozenset(BASELINE),
        expires_at=timezone.now() + timedelta(days=90),
        shown_metadata=shown_metadata(client),
    )


def _links(alice: User, erin: User) -> dict[str, str]:
    _, invitation = invite(builders.make_principal(alice, Workspace.objects.get(slug="acme")), erin.email, "reviewer")
    # Somebody who never signs in, which would end the link.
    frank = builders.make_user("frank@demo.local", "Frank Iversen")
    address = EmailAddress.objects.create(user=frank, email="frank@harbour.example")
    reset = {"uidb36": user_pk_to_url_str(frank), "key": EmailAwarePasswordResetTokenGenerator().make_token(frank)}
    return {
        "clock": os.environ.get("CLOCK_OFFSET", "0"),
        "invitation": reverse("web:invitation_link", args=[invitation]),
        "confirm": reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key]),
        "reset": reverse("account_reset_password_from_key", kwargs=reset),
    }


def _faults() -> dict[str, str]:
    reference = {"request_id": "0f6c1c6e2a4b4f0e9d3c5a7b8e9f0a1b"}
    return {f"fault-{code}": render_to_string(f"{code}.html", reference) for code in (400, 429, 500)}
