"""What the pages of a signed-in person have in common: sign-in first, refusals as pages, redirects after forms."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from roboflow_auth.accounts.models import User
from roboflow_auth.core.errors import DomainError, NotFound
from roboflow_auth.core.languages import translated

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
PersonView = Callable[Concatenate[HttpRequest, User, P], HttpResponseBase]


class SeeOther(HttpResponseRedirect):
    """The answer to a form: look there with a GET (RFC 9110 §15.4.4)."""

    status_code = 303


def see_other(name: str, *names: object, **query: str) -> SeeOther:
    """Return the way to the page called `name`, whose path holds `names`, with `query`."""
    path = reverse(name, args=names)
    return SeeOther(f"{path}?{urlencode(query)}" if query else path)


def refuse_file(problems: list[str]) -> HttpResponse:
    """Return the answer to who asks for a file that can't be made: what is wrong, as plain text and not as a page."""
    # RFC 9110 §15.5.1: what is wrong is the request.
    return HttpResponse("\n".join(problems) + "\n", status=400, content_type="text/plain; charset=utf-8")


def person_page(back: str) -> Callable[[PersonView[P]], View[P]]:
    """Return a decorator for a page of the signed-in person, who comes as the view's second argument.

    Others sign in first, and come to the page `back` (a URL's name) if it was a form that they sent. What is not found
    is a 404; any other refusal of the domain is told on the page `back`.
    """

    def decorate(view: PersonView[P]) -> View[P]:
        @wraps(view)
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            user: Any = request.user
            if not user.is_authenticated:
                is_page = request.method in ("GET", "HEAD")
                return redirect_to_login(request.get_full_path() if is_page else reverse(back))
            try:
                return view(request, user, *args, **kwargs)
            except NotFound as error:
                raise Http404 from error
            except DomainError as error:
                messages.error(request, translated(error.description))
                return SeeOther(reverse(back))

        return answer

    return decorate
