"""robots.txt: what search engines may look at."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

# RFC 9309 §2.2.3: `$` ends the pattern, so these pages are allowed and nothing below them.
_RULES = "User-agent: *\nAllow: /$\nAllow: /connect$\nDisallow: /\n"


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Allow the start page and the guides: every other page is one person's, or leads to a sign-in."""
    return HttpResponse(_RULES, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "max-age=86400"})
