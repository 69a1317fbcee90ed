"""Links to thumbnails: signed, good for an hour, and followed without signing in, as an <img> in a chat does."""

from __future__ import annotations

from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner

from roboflow_auth.core.errors import NotFound
from roboflow_auth.core.request_context import current_request

THUMBNAIL_PATH = "/thumbnails/"
LINK_LIFETIME = timedelta(hours=1)

_SALT = "roboflow_auth.images.thumbnail"


def thumbnail_url(public_id: str) -> str:
    """Return the absolute URL of a thumbnail, under the name by which the caller at hand knows this server."""
    signed = TimestampSigner(salt=_SALT).sign(public_id)
    return f"{current_request().issuer}{THUMBNAIL_PATH}{signed}"


def read_link(signed: str) -> str:
    """Return the image's id from the last part of a thumbnail's URL.

    Raises `NotFound` when the signature is not ours or older than an hour.
    """
    try:
        return TimestampSigner(salt=_SALT).unsign(signed, max_age=LINK_LIFETIME)
    except (BadSignature, UnicodeError) as error:
        raise NotFound("There is no such thumbnail.") from error
