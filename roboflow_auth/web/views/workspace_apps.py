"""The apps of a workspace, for those who answer for it: what members connected, what it did, and which may come in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from roboflow_auth.access.policy import may
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.audit.selectors import list_events
from roboflow_auth.audit.shapes import AuditPage
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import AppPolicy, Connection
from roboflow_auth.oauth.wording import access_words, resource_name
from roboflow_auth.oauth.workspace_apps.decisions import (
    allow_app,
    block_app,
    disconnect_member,
    end_outside,
    forget_decision,
    set_policy,
)
from roboflow_auth.oauth.workspace_apps.requests import list_requests
from roboflow_auth.oauth.workspace_apps.seen import WorkspaceAppView, list_apps, list_well_known, pick_app
from roboflow_auth.web.forms.workspace_apps import AppActivityForm
from roboflow_auth.web.manners import SeeOther
from roboflow_auth.web.workspace_pages import workspace_page

_BACK = "web:workspace_apps"
_LARGEST_ID = 2**63 - 1
_MOST_FORMER = 20


@require_safe
@workspace_page(_BACK, to=Action.MANAGE_OAUTH_APP)
def apps(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    """Show the apps, what waits for an answer, and the rule."""
    found = list_apps(principal)
    cards = [_card(app) for app in found.apps]
    context = {
        "workspace": principal,
        "policy": found.policy,
        "rule": _rule_words(found.policy),
        "rules": [{"value": p.value, "label": p.label, "note": _rule_notes()[p]} for p in AppPolicy],
        "requests": list_requests(principal),
        "connected": [card for card in cards if card["app"].live],
        "decided": [card for card in cards if not card["app"].live and card["app"].decision],
        "former": [card for card in cards if not card["app"].live and not card["app"].decision],
        "outside": len(found.outside),
        "well_known": list_well_known(found),
    }
    return render(request, "web/workspace_apps.html", context)


@require_safe
@workspace_page(_BACK, to=Action.MANAGE_OAUTH_APP)
def app(request: HttpRequest, principal: Principal, app: str) -> HttpResponseBase:
    """Show one app: who connected it with what access, and what it did here."""
    everything = list_apps(principal)
    found = pick_app(principal.workspace_id, everything, app)
    live = {connection.pk for connection in found.live}
    form = AppActivityForm(request.GET, sorted({connection.user.email for connection in found.connections}))
    address = reverse("web:workspace_app", args=[principal.workspace, found.id])
    activity = _activity(principal, found, form)
    context = {
        "workspace": principal,
        **_card(found),
        "connections": [_connection(connection) for connection in found.live],
        "former": [_connection(c) for c in found.connections if c.pk not in live][:_MOST_FORMER],
        "policy": everything.policy,
        "form": form,
        "activity": activity,
        "page_url": f"{address}#activity",
        "newest_url": f"{address}?{form.query()}#activity" if form.data.get("after") else "",
        "older_url": f"{address}?{form.query(after=activity.after)}#activity" if activity and activity.after else "",
    }
    return render(request, "web/workspace_app.html", context)


@require_POST
@workspace_page(_BACK, to=Action.MANAGE_OAUTH_APP)
def change_policy(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    """Take the workspace's new rule."""
    set_policy(principal, request.POST.get("policy", ""), keep_connected=request.POST.get("keep") == "yes")
    messages.success(request, _("The rule is changed. It counts from now on."))
    return _to_apps(principal)


@require_POST
@workspace_page(_BACK, to=Action.MANAGE_OAUTH_APP)
def end_not_allowed(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    """End what the rule would not let in any more."""
    messages.success(request, _ended_words(end_outside(principal)))
    return _to_apps(principal)


@require_POST
@workspace_page(_BACK, to=Action.MANAGE_OAUTH_APP)
def decide(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    """Allow an app, block it, or take back what was decided about it."""
    app_id, decision = request.POST.get("app", ""), request.POST.get("decision", "")
    if decision == "block":
        ended = block_app(principal, app_id)
        messages.success(request, f"{_('The app is blocked.')} {_ended_words(ended)}")
    elif decision == "allow":
        allowed = allow_app(principal, app_id)
        messages.success(request, _("Members may connect %(app)s.") % {"app": allowed.client.name})
    elif decision == "forget":
        forgotten = forget_decision(principal, app_id)
        words = _("%(app)s is not blocked any more. Members have to connect it anew.")
        rule = _("The rule of the workspace counts for %(app)s again.")
        messages.success(request, (words if forgotten.is_blocked else rule) % {"app": forgotten.client.name})
    else:
        messages.error(request, _("Choose what to do with the app."))
    return _to_apps(principal)


@require_POST
@workspace_page(_BACK, to=Action.MANAGE_OAUTH_APP)
def disconnect(request: HttpRequest, principal: Principal, app: str) -> HttpResponseBase:
    """End one member's connection."""
    raw = request.POST.get("connection", "")
    number = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 20 else 0
    ended = disconnect_member(principal, app, min(number, _LARGEST_ID))
    messages.success(request, _("The connection of %(member)s is ended.") % {"member": ended.user.email})
    return SeeOther(reverse("web:workspace_app", args=[principal.workspace, app]))


def _to_apps(principal: Principal) -> HttpResponseBase:
    return SeeOther(reverse(_BACK, args=[principal.workspace]))


def _activity(principal: Principal, found: WorkspaceAppView, form: AppActivityForm) -> AuditPage | None:
    """Return what the app did, for those who may read the log; nothing for a filter that is none."""
    if not may(principal, Action.VIEW_AUDIT_LOG):
        return None
    if not (form.is_valid() and found.connections):
        return AuditPage([], "")
    return list_events(
        principal,
        connection_ids=[connection.pk for connection in found.connections],
        after=str(form.cleaned_data["after"] or ""),
        actor_email=form.cleaned_data["member"],
        outcome=form.cleaned_data["outcome"],
        tool=form.cleaned_data["tool"].strip(),
    )


def _card(found: WorkspaceAppView) -> dict[str, Any]:
    return {"app": found, "access": access_words(found.scopes) if found.live else ""}


def _connection(connection: Connection) -> dict[str, Any]:
    return {
        "row": connection,
        "access": access_words(connection.scopes),
        "resource": resource_name(Resource(connection.resource)),
    }


def _ended_words(count: int) -> str:
    return ngettext("%(count)d connection ended.", "%(count)d connections ended.", count) % {"count": count}


def _rule_words(policy: AppPolicy) -> str:
    return {
        AppPolicy.ALL: _("Members may connect any app, except those you blocked."),
        AppPolicy.VERIFIED: _("Members may connect verified apps, and those you allowed."),
        AppPolicy.ASK: _("Members ask you before they connect an app that you have not allowed yet."),
        AppPolicy.LISTED: _("Members may connect only the apps that you allowed."),
    }[policy]


def _rule_notes() -> dict[AppPolicy, str]:
    return {
        AppPolicy.ALL: _("Anything a member trusts. You can still block single apps."),
        AppPolicy.VERIFIED: _("Apps that the staff of this server or the maker's own address vouch for."),
        AppPolicy.ASK: _("You get a mail, and the member waits until an admin answers."),
        AppPolicy.LISTED: _("Everything else is refused. Allow apps one by one below."),
    }
