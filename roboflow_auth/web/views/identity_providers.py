"""Going to another OpenID provider and coming back (OpenID Connect Core §3.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import structlog
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from roboflow_auth.accounts.identity_providers import CONFIRM, ProviderDocument
from roboflow_auth.accounts.models import User
from roboflow_auth.accounts.second_factor import has_second_factor

log = structlog.get_logger(__name__)

_REDIRECTS = (301, 302, 303)
# A round trip that only confirms leaves the browser session as it is.
_CONFIRMATION = {"process": AuthProcess.REDIRECT, "data": CONFIRM, "auth_params": {"prompt": "login"}}


@never_cache
def sign_in_at_provider(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Ask on a GET, so that no link signs anybody in; go to the provider on a POST."""
    return _onward(request, _safely(request, provider_id, OAuth2LoginView.adapter_view))


@never_cache
@require_GET
def come_back(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Take the provider's answer, and go on to where the person wanted to."""
    response = _safely(request, provider_id, OAuth2CallbackView.adapter_view)
    # The provider's own form may have begun this chain, and its policy knows of this server alone: an app that is
    # answered next would be blocked.
    return _onward(request, response) if getattr(request, "waiting_client", None) else response


@login_required
def confirm_at_provider(request: HttpRequest) -> HttpResponse:
    """Show someone who has neither a password nor a second factor the providers that can vouch for them."""
    accounts = SocialAccount.objects.filter(user=cast(User, request.user))
    known = {provider.sub_id: provider for provider in get_adapter().list_providers(request)}
    providers = [known[account.provider] for account in accounts if account.provider in known]
    context = {"providers": providers, "next": get_next_redirect_url(request) or ""}
    return render(request, "account/confirm_at_provider.html", context)


@login_required
@require_POST
def confirm_at(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Send the person to their provider, which asks them anew, and back to where they were."""
    user = cast(User, request.user)
    if has_second_factor(user) or not SocialAccount.objects.filter(user=user, provider=provider_id).exists():
        raise Http404

    def go(document: ProviderDocument) -> Callable[..., HttpResponse]:
        next_url = get_next_redirect_url(request) or "/"
        return lambda _: document.get_provider().redirect(request, next_url=next_url, **_CONFIRMATION)

    return _onward(request, _safely(request, provider_id, go))


def _safely(
    request: HttpRequest, provider_id: str, view: Callable[[ProviderDocument], Callable[..., Any]]
) -> HttpResponse:
    """Return the answer of allauth's `view`, or the page that says that the provider failed."""
    document = ProviderDocument(request, provider_id)
    try:
        response: HttpResponse = view(document)(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except ImmediateHttpResponse as answer:
        response = answer.response
    except (OAuth2Error, RequestException) as error:
        # The provider is away, or is not one: allauth looks its addresses up outside of its own care.
        response = render_authentication_error(request, document.get_provider(), exception=error)
    return response


def _onward(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return a page that goes where the redirect `response` would.

    Chromium enforces form-action on every redirect that follows a form, and nobody knows all the addresses through
    which a provider leads. What a page does by itself is not part of that chain.
    """
    if response.status_code not in _REDIRECTS:
        return response
    page = render(request, "socialaccount/onward.html", {"target": response["Location"]})
    page.cookies.update(response.cookies)
    return page
