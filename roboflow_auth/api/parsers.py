"""Reading bodies: JSON as RFC 8259 has it, bounded (P-L2), and never a fault of ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.http import UnreadablePostError
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

MAX_BODY_BYTES = 64 * 1024


class PayloadTooLarge(APIException):
    """The body has more bytes than any operation needs."""

    status_code = 413
    default_detail = f"The body may have {MAX_BODY_BYTES} bytes at the most."


class LengthRequired(APIException):
    """The body comes in chunks and does not say how long it is; Django under WSGI would not read any of it."""

    status_code = 411
    default_detail = "Send the body with a Content-Length."


class StrictJSONParser(BaseParser):
    """Takes UTF-8 only, each member once, and no NaN; what is too deep for Python is refused like what is no JSON."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the value. Raises `ParseError`, or `PayloadTooLarge` over 64 KiB."""
        try:
            raw = stream.read(MAX_BODY_BYTES + 1)
        except UnreadablePostError as error:
            raise ParseError("The body did not arrive in full.") from error
        if len(raw) > MAX_BODY_BYTES:
            raise PayloadTooLarge
        try:
            # RFC 8259 §8.1: between systems JSON is UTF-8, whatever the charset parameter says.
            return json.loads(raw.decode(), object_pairs_hook=_object, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise ParseError("The body is not valid JSON in UTF-8.") from error


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    # RFC 8259 §4: with names that are not unique, what a receiver does is unpredictable.
    if len(dict(members)) < len(members):
        raise ValueError("A member is repeated.")
    return dict(members)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON.")
