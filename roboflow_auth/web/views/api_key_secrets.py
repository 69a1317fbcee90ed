"""Making and rolling an API key: the pages that show a secret, once.

The answer to the POST is the only place where a secret ever stands. It is not redirected to, so that it is in no
session, message or address, and no cache keeps it. Both need a recent sign-in.
"""

from __future__ import annotations

from typing import cast

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from roboflow_auth.access.vocabulary import Action
from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys.selectors import find_membership_at
from roboflow_auth.api_keys.services import create_api_key, roll_api_key
from roboflow_auth.api_keys.shapes import NewApiKey
from roboflow_auth.api_keys.subset import givable_scopes
from roboflow_auth.core.errors import Conflict, Denied, InvalidInput
from roboflow_auth.core.http import no_store
from roboflow_auth.core.languages import translated
from roboflow_auth.core.public_url import Resource, public_url_of, resource_url
from roboflow_auth.web.forms.api_keys import LIFETIMES, NewKeyForm
from roboflow_auth.web.levels import permissions_of
from roboflow_auth.web.manners import see_other
from roboflow_auth.web.refusals import note_refusal, refusals_as_pages
from roboflow_auth.web.views.api_keys import chosen, memberships_for
from roboflow_auth.workspaces.models import Membership
from roboflow_auth.workspaces.selectors import principal_of_member


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
@refusals_as_pages
def new_key(request: HttpRequest) -> HttpResponse:
    """Ask what the key is for and what it may do, and answer with its secret."""
    memberships = memberships_for(cast(User, request.user), Action.CREATE_API_KEY)
    membership = chosen(memberships, (request.POST or request.GET).get("workspace", ""))
    if membership is None:
        return render(request, "web/keys/none.html")
    principal = principal_of_member(membership)
    form = NewKeyForm(request.POST or None, offered=givable_scopes(principal))
    if request.method == "POST" and form.is_valid():
        try:
            name = form.cleaned_data["name"]
            made = create_api_key(principal, name=name, scopes=form.scopes, lifetime_days=form.lifetime_days)
            return _secret_page(request, made, membership)
        except (Conflict, InvalidInput) as error:
            note_refusal(principal, Action.CREATE_API_KEY, error)
            form.add_error("name", translated(error.description))
    return _form_page(request, form, membership, memberships)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]
@refusals_as_pages
def roll(request: HttpRequest, key_id: str) -> HttpResponse:
    """Replace the secret of a key and answer with the new one; whoever comes by an address goes to the key's page."""
    if request.method != "POST":
        return see_other("web:key", key_id)
    membership = find_membership_at(cast(User, request.user), key_id)
    principal = principal_of_member(membership)
    try:
        made = roll_api_key(principal, key_id, hint=request.POST.get("hint", ""))
    except (Conflict, Denied, InvalidInput) as error:
        note_refusal(principal, Action.CREATE_API_KEY, error)
        if isinstance(error, Denied):
            raise
        messages.error(request, translated(error.description))
        return see_other("web:key", key_id)
    return _secret_page(request, made, membership)


def _secret_page(request: HttpRequest, made: NewApiKey, membership: Membership) -> HttpResponse:
    me_url = resource_url(public_url_of(request), Resource.API) + "/me"
    context = {"key": made.api_key, "secret": made.secret, "membership": membership, "me_url": me_url}
    return no_store(render(request, "web/keys/secret.html", context))


def _form_page(
    request: HttpRequest, form: NewKeyForm, membership: Membership, memberships: list[Membership]
) -> HttpResponse:
    sensitive = form.offered - {permission.value for card in form.cards for permission in card.permissions}
    context = {
        "form": form,
        "membership": membership,
        "memberships": memberships,
        "sensitive": permissions_of(sensitive),
        "lifetimes": LIFETIMES,
    }
    return render(request, "web/keys/new.html", context, status=422 if form.errors else 200)
