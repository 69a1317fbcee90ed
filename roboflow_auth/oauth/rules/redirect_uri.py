"""Which redirect URIs may be registered, and which requested one is a registered one (protocol.md P-C10; RFC 8252)."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from roboflow_auth.core.sentences import sentence
from roboflow_auth.oauth.errors import InvalidRedirectUri

# What stands in place of a redirect URI where the answer is fetched by the device that asked (RFC 8628 §3.4).
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"

_LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
_MAX_LENGTH = 2048
# RFC 3986 §2: nothing but these characters makes up a URI; a backslash or a space would be read differently by others.
# A star is left out: no URI stands for many here.
_URI = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()+,;=%]+")
# A host and a port, and nothing that two readers could take apart in two ways: no user name, no escapes, no delimiters.
_AUTHORITY = re.compile(r"(?:[A-Za-z0-9\-._]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?")
# A URN is no place where anything could be received, and one of them stands for devices here.
_DANGEROUS_SCHEMES = frozenset(
    {"javascript", "data", "file", "vbscript", "blob", "about", "view-source", "ws", "wss", "ftp", "urn"}
)


def is_registered(registered: Iterable[str], requested: str) -> bool:
    """Return whether `requested` is one of the `registered` URIs, character by character (RFC 9700 §4.1.3).

    The port of a loopback URI is free, since a native app takes whichever it gets (RFC 8252 §7.3).
    """
    if not is_well_formed(requested):
        return False
    wanted = without_loopback_port(requested)
    return any(
        wanted == without_loopback_port(uri) if is_loopback(requested) else requested == uri for uri in registered
    )


def is_well_formed(uri: str) -> bool:
    """Return whether `uri` is absolute and made of what a redirect URI may hold, so that everybody reads it alike."""
    # RFC 6749 §3.1.2: absolute, and without a fragment.
    if len(uri) > _MAX_LENGTH or not _URI.fullmatch(uri):
        return False
    parts = _split(uri)
    return parts is not None and bool(parts.scheme) and bool(_AUTHORITY.fullmatch(parts.netloc))


def is_loopback(uri: str) -> bool:
    """Return whether `uri` is plain HTTP to this machine."""
    parts = _split(uri)
    return parts is not None and parts.scheme == "http" and parts.hostname in _LOOPBACK_HOSTS


def is_this_machine(uri: str) -> bool:
    """Return whether `uri` leads to the person's own machine, by whichever scheme and spelling of its address.

    Unlike for `is_loopback`, TLS makes no difference: a certificate for it is anybody's to make there (RFC 8252 §8.6).
    """
    parts = _split(uri)
    host = (parts.hostname or "").rstrip(".") if parts else ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        # Browsers read 127.1 and 2130706433 as addresses too.
        address = ipaddress.ip_address(host if ":" in host else socket.inet_aton(host))
    except (OSError, ValueError):
        return False
    judged = (address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None) or address
    return judged.is_loopback or judged.is_unspecified


def is_private_scheme(uri: str) -> bool:
    """Return whether `uri` has a private-use scheme (RFC 8252 §7.1)."""
    parts = _split(uri)
    return parts is not None and parts.scheme not in ("http", "https")


def is_device(uri: str) -> bool:
    """Return whether `uri` is none, but stands for a device that fetches its answer."""
    return uri == DEVICE


def without_loopback_port(uri: str) -> str:
    """Return `uri`, without its port when it is a loopback URI; its path and query stay as they are."""
    parts = _split(uri)
    if parts is None or not is_loopback(uri):
        return uri
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    # Not put together from its parts again: that would take an empty query away, and the rest must be exact.
    return f"http://{host}{uri.partition('//')[2][len(parts.netloc) :]}"


def check_registrable(uri: str, *, allow_private_scheme: bool) -> None:
    """Return when `uri` may be registered. Raises `InvalidRedirectUri`, which says why not."""
    parts = _split(uri)
    if parts is None or not is_well_formed(uri):
        raise InvalidRedirectUri(
            sentence("A redirect URI is malformed, or holds a user name, a fragment or a wildcard.")
        )
    if parts.scheme in _DANGEROUS_SCHEMES:
        raise InvalidRedirectUri(sentence("The scheme %(scheme)s: is not allowed.", scheme=parts.scheme))
    if parts.scheme == "http" and not is_loopback(uri):
        raise InvalidRedirectUri(sentence("Plain HTTP is allowed for loopback addresses only."))
    if parts.scheme == "https" and not parts.hostname:
        raise InvalidRedirectUri(sentence("A redirect URI names no host."))
    if is_private_scheme(uri) and not allow_private_scheme:
        raise InvalidRedirectUri(sentence("Private-use schemes are registered by staff only."))


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return None
    return parts
