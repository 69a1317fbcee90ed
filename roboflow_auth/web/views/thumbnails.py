"""Thumbnails: an image for whoever holds a link that an answer gave out within the hour; no session, no credential."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from roboflow_auth.core.errors import NotFound
from roboflow_auth.images.links import LINK_LIFETIME
from roboflow_auth.images.selectors import read_thumbnail
from roboflow_auth.images.storage import THUMBNAIL_CONTENT_TYPE


@require_safe
def thumbnail(request: HttpRequest, signed: str) -> HttpResponse:
    """Answer with the JPEG; 404 for a link that is forged, too old, or leads to nothing any more."""
    try:
        data = read_thumbnail(signed)
    except NotFound as error:
        raise Http404(error.description) from error
    response = HttpResponse(data, content_type=THUMBNAIL_CONTENT_TYPE)
    # Private: the link is as good as a credential, so no cache that people share may keep what it leads to.
    response["Cache-Control"] = f"private, max-age={int(LINK_LIFETIME.total_seconds())}, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response
