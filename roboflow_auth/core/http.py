"""HTTP manners that several doors share: what may be cached, who called, and how a form body is read."""

from __future__ import annotations

import ipaddress
from typing import TypeVar
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

MAX_OAUTH_BODY_BYTES = 64 * 1024
_MAX_ADDRESS = 45
FORM_CONTENT_TYPE = "application/x-www-form-urlencoded"

ResponseT = TypeVar("ResponseT", bound=HttpResponseBase)


class MalformedBody(Exception):
    """The body is not one well-formed form: the endpoint answers in its own format, with `description`."""

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.description = description


def no_store(response: ResponseT) -> ResponseT:
    """Forbid every cache to keep `response` (RFC 6749 §5.1: both headers)."""
    response["Cache-Control"] = "no-store"
    response["Pragma"] = "no-cache"
    return response


def client_address(request: HttpRequest) -> str:
    """Return the caller's address; X-Forwarded-For counts only hop by hop from TRUSTED_PROXIES (P-I3)."""
    return forwarded_address(request.META.get("REMOTE_ADDR") or "", request.META.get("HTTP_X_FORWARDED_FOR", ""))


def forwarded_address(peer: str, forwarded_for: str) -> str:
    """Return the first address, read from the nearest hop outwards, that is not one of TRUSTED_PROXIES.

    A hop that is no address at all was made up by whoever stands before it, and ends the reading.
    """
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    address = peer
    while hops and _is_trusted_proxy(address) and _is_address(hops[-1]):
        address = hops.pop()
    return address


def _is_trusted_proxy(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
        return any(parsed in ipaddress.ip_network(proxy, strict=False) for proxy in settings.TRUSTED_PROXIES)
    except ValueError:
        return False


def _is_address(hop: str) -> bool:
    try:
        # The zone of an IPv6 address (RFC 4007 §11) may be of any length, and is stored with it.
        return len(str(ipaddress.ip_address(hop))) <= _MAX_ADDRESS
    except ValueError:
        return False


def read_form(request: HttpRequest, *, repeatable: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return the parameters of a form body, each at most once but for `repeatable` ones (RFC 6749 §3.2).

    Raises `MalformedBody` for another content type, a body over 64 KiB, invalid UTF-8, NUL bytes or a repeated
    parameter. Empty values are left out: RFC 6749 §3.2 treats them as omitted.
    """
    if (request.content_type or "").lower() != FORM_CONTENT_TYPE:
        raise MalformedBody(f"The request body must be {FORM_CONTENT_TYPE}.")
    return single_parameters(read_bytes(request), repeatable=repeatable)


def read_bytes(request: HttpRequest) -> bytes:
    """Return the body, bounded to 64 KiB (P-L2). Raises `MalformedBody` when it is longer."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    is_long = not announced.isdecimal() or len(announced) > 9 or int(announced) > MAX_OAUTH_BODY_BYTES
    if is_long or len(request.body) > MAX_OAUTH_BODY_BYTES:
        raise MalformedBody("The request body is too large.")
    return request.body


def single_parameters(raw: bytes, *, repeatable: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return urlencoded parameters as a dict; the values of `repeatable` ones are joined by a space.

    Raises `MalformedBody` as `read_form` does.
    """
    try:
        pairs = parse_qsl(raw.decode("utf-8"), keep_blank_values=False, errors="strict", max_num_fields=200)
    except (UnicodeDecodeError, ValueError) as error:
        raise MalformedBody("The parameters are not well-formed UTF-8.") from error
    parameters: dict[str, str] = {}
    for name, value in pairs:
        if "\x00" in name or "\x00" in value:
            raise MalformedBody("The parameters contain a NUL byte.")
        if name in parameters and name not in repeatable:
            # RFC 6749 §3.1 and §3.2: parameters must not be included more than once.
            raise MalformedBody(f"The parameter {_printable(name)} is repeated.")
        parameters[name] = f"{parameters[name]} {value}" if name in parameters else value
    return parameters


def _printable(name: str) -> str:
    return "".join(character for character in name[:40] if character.isalnum() or character in "_-")
