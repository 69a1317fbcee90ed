"""Client metadata: what of it is accepted, whoever brings it (RFC 7591 §2; protocol.md P-C2, P-C3).

Registration never fails for what it can narrow. Unknown grants, response types and scopes and refused redirect URIs are
dropped, and the answer states what was registered; it fails only when nothing usable is left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from roboflow_auth.access.catalogue import known_scopes
from roboflow_auth.core.secrets import SecretKind, hash_secret, make_secret
from roboflow_auth.core.text import is_printable
from roboflow_auth.oauth.client_keys import PublicKey, UnusableKeys, read_key_set
from roboflow_auth.oauth.connections import join_scopes
from roboflow_auth.oauth.errors import InvalidClientMetadata, InvalidRedirectUri
from roboflow_auth.oauth.grants import SELF_REGISTERED
from roboflow_auth.oauth.known_clients.lookup import is_known_private_uri
from roboflow_auth.oauth.known_clients.names import is_forbidden_name, is_invisible
from roboflow_auth.oauth.models import Approval, AuthMethod, Client
from roboflow_auth.oauth.models.clients import code_and_refresh
from roboflow_auth.oauth.rules.redirect_uri import check_registrable

_MAX_REDIRECT_URIS = 100
_MAX_NAME = 100
_MAX_TEXT = 2048
_MAX_CONTACTS = 10
_MAX_CONTACT = 320

# Fields that are kept and echoed as they came; nothing here decides by them.
_ECHOED_TEXT = (
    "client_uri",
    "logo_uri",
    "tos_uri",
    "policy_uri",
    "software_id",
    "software_version",
    "application_type",
)


_ADDRESSES = ("client_uri", "logo_uri", "tos_uri", "policy_uri")
# RFC 3986 §2, §3.2: a host, maybe a port, then whatever a URI is made of. A page names the host of a logo in its
# content security policy, where a semicolon or a comma would begin a rule of the client's own.
_WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9\-._]+(?::[0-9]{1,5})?(?:[/?#][A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*)?")

# The columns that `apply_metadata` writes. Whoever saves a stored client names them, so that what staff changed in the
# meantime stays.
METADATA_FIELDS = (
    "name",
    "redirect_uris",
    "grant_types",
    "auth_method",
    "public_keys",
    "dpop_bound_access_tokens",
    "metadata",
    "is_verified",
    "approval",
    "client_type",
    "authorization_grant_type",
)


@dataclass(frozen=True, slots=True)
class ClientMetadata:
    """Metadata after narrowing; `public_keys` only with `private_key_jwt`.

    `extra` are the fields that are only echoed, the declared scope among them.
    """

    name: str
    redirect_uris: tuple[str, ...]
    grant_types: tuple[str, ...]
    auth_method: AuthMethod
    public_keys: tuple[PublicKey, ...]
    dpop_bound_access_tokens: bool
    extra: Mapping[str, Any]


def narrow_metadata(document: Mapping[str, Any], *, default_method: AuthMethod) -> ClientMetadata:
    """Return what is usable of `document`, a JSON object from anybody.

    Raises `InvalidRedirectUri` when one is needed and none is left, `InvalidClientMetadata` for wrong types, a name
    that must not be borrowed, or when nothing else usable is left.
    """
    auth_method = _auth_method(document, default_method)
    grant_types = _grant_types(document)
    return ClientMetadata(
        name=_name(document),
        redirect_uris=_redirect_uris(document, is_needed="authorization_code" in grant_types),
        grant_types=grant_types,
        auth_method=auth_method,
        public_keys=_public_keys(document, auth_method),
        dpop_bound_access_tokens=_flag(document, "dpop_bound_access_tokens"),
        extra=_extra(document),
    )


def apply_metadata(client: Client, metadata: ClientMetadata) -> None:
    """Write `metadata` into the unsaved fields of `client`, which METADATA_FIELDS names."""
    # Staff vouched for what they saw. A client that then calls itself otherwise, or answers elsewhere, is not that one.
    if not _is_what_staff_saw(client, metadata):
        client.is_verified = False
        client.approval = Approval.BY_POLICY if client.approval == Approval.ALLOWED else client.approval
    client.name = metadata.name
    client.redirect_uris = " ".join(metadata.redirect_uris)
    client.grant_types = list(metadata.grant_types)
    client.auth_method = metadata.auth_method
    client.public_keys = list(metadata.public_keys)
    client.dpop_bound_access_tokens = metadata.dpop_bound_access_tokens
    client.metadata = dict(metadata.extra)
    fill_toolkit_columns(client)


def fill_toolkit_columns(client: Client) -> None:
    """Write the toolkit's own columns of what the unsaved `client` is; its checks read them, nothing here does."""
    client.client_type = Client.CLIENT_PUBLIC if client.is_public else Client.CLIENT_CONFIDENTIAL
    client.authorization_grant_type = Client.GRANT_AUTHORIZATION_CODE


def renew_secret(client: Client) -> str:
    """Give the unsaved `client` a new secret, or none if it uses none, and return it: only its hash is kept (P-I5)."""
    raw_secret = make_secret(SecretKind.CLIENT_SECRET) if client.has_secret else ""
    client.client_secret = hash_secret(raw_secret) if raw_secret else ""
    return raw_secret


def describe_client(client: Client) -> dict[str, Any]:
    """Return the registered metadata of `client`, as RFC 7591 §3.2.1 and RFC 7592 §3 answer it (without secrets)."""
    return {
        "client_id": client.client_id,
        "client_id_issued_at": int(client.created.timestamp()),
        "client_name": client.name,
        "redirect_uris": client.redirect_uri_list,
        "grant_types": client.grant_types,
        # RFC 7591 §2.1: only this grant comes from the authorization endpoint.
        "response_types": ["code"] if client.may_use("authorization_code") else [],
        "token_endpoint_auth_method": client.auth_method,
        **({"jwks": {"keys": client.public_keys}} if client.public_keys else {}),
        **({"dpop_bound_access_tokens": True} if client.dpop_bound_access_tokens else {}),
        **client.metadata,
    }


def _is_what_staff_saw(client: Client, metadata: ClientMetadata) -> bool:
    return (
        client.name == metadata.name
        and frozenset(metadata.redirect_uris) <= frozenset(client.redirect_uri_list)
        and client.metadata.get("logo_uri") == metadata.extra.get("logo_uri")
    )


def _name(document: Mapping[str, Any]) -> str:
    name = _visible(_text(document, "client_name", _MAX_NAME))
    if is_forbidden_name(name):
        raise InvalidClientMetadata("client_name must not use this product's name, nor say «official» or «verified».")
    return name


def _redirect_uris(document: Mapping[str, Any], *, is_needed: bool) -> tuple[str, ...]:
    wanted = _strings(document, "redirect_uris", _MAX_REDIRECT_URIS)
    refusals: list[str] = []
    usable: list[str] = []
    for uri in wanted:
        try:
            check_registrable(uri, allow_private_scheme=is_known_private_uri(uri))
        except InvalidRedirectUri as refusal:
            refusals.append(refusal.description)
        else:
            usable.append(uri)
    # RFC 8628 §3: a device fetches its answer, and is never redirected to.
    if not usable and is_needed:
        raise InvalidRedirectUri(refusals[0] if refusals else "redirect_uris is missing or empty.")
    return tuple(dict.fromkeys(usable))


def _grant_types(document: Mapping[str, Any]) -> tuple[str, ...]:
    # RFC 7591 §2: authorization_code where nothing is said. Clients that leave it out want to stay connected too.
    wanted = _strings(document, "grant_types") or code_and_refresh()
    usable = tuple(grant for grant in SELF_REGISTERED if grant in wanted)
    if not {"authorization_code", Client.GRANT_DEVICE_CODE} & frozenset(usable):
        raise InvalidClientMetadata(
            f"None of the grant_types can begin a sign-in here; use {' '.join(SELF_REGISTERED)}."
        )
    responses = _strings(document, "response_types")
    if responses and "code" not in responses and "authorization_code" in usable:
        raise InvalidClientMetadata("The only response type is code.")
    return usable


def _auth_method(document: Mapping[str, Any], default: AuthMethod) -> AuthMethod:
    method = _text(document, "token_endpoint_auth_method", 100)
    # Some documents list several methods in the words of RFC 8414, in place of the one or beside it.
    listed = _strings(document, "token_endpoint_auth_methods_supported")
    has_keys = document.get("jwks") is not None
    if not method and has_keys and AuthMethod.PRIVATE_KEY_JWT in listed:
        # Of those that it lists, the one for which it brings keys.
        return AuthMethod.PRIVATE_KEY_JWT
    wanted = [*([method] if method else []), *listed] or [default.value]
    usable = [name for name in AuthMethod.values if has_keys or name != AuthMethod.PRIVATE_KEY_JWT]
    chosen = next((AuthMethod(name) for name in wanted if name in usable), None)
    if chosen is None:
        # Not narrowed: a client that proves itself by a key must not end up with a weaker proof, or none.
        raise InvalidClientMetadata(
            f"token_endpoint_auth_method must be one of {' '.join(AuthMethod.values)}, the last one with a jwks."
        )
    return chosen


def _public_keys(document: Mapping[str, Any], method: AuthMethod) -> tuple[PublicKey, ...]:
    if method is not AuthMethod.PRIVATE_KEY_JWT:
        return ()
    try:
        return tuple(read_key_set(document.get("jwks")))
    except UnusableKeys as error:
        raise InvalidClientMetadata(str(error)) from error


def _extra(document: Mapping[str, Any]) -> dict[str, Any]:
    extra: dict[str, Any] = {name: text for name in _ECHOED_TEXT if (text := _echoed_text(document, name))}
    for name in _ADDRESSES:
        if name in extra and not _WEB_ADDRESS.fullmatch(extra[name]):
            del extra[name]
    contacts = [contact for contact in _strings(document, "contacts") if _is_text(contact, _MAX_CONTACT)]
    if contacts:
        extra["contacts"] = contacts[:_MAX_CONTACTS]
    # Declared, echoed, and no limit: real clients register one scope and ask for two (docs/interop.md).
    scopes = known_scopes(_text(document, "scope", _MAX_TEXT * 2).split())
    if scopes:
        extra["scope"] = join_scopes(scopes)
    return extra


def _visible(name: str) -> str:
    """Return `name` without characters that nobody sees, and that can turn the order of the others round."""
    return "".join(character for character in name if not is_invisible(character)).strip()


def _echoed_text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    # A logo that came as a data: URI is long, and no reason to turn a client away.
    if isinstance(value, str) and not _is_text(value, _MAX_TEXT):
        return ""
    return _text(document, name, _MAX_TEXT)


def _flag(document: Mapping[str, Any], name: str) -> bool:
    value = document.get(name)
    if value is not None and not isinstance(value, bool):
        # Not narrowed: a client that meant to say yes must not end up without it.
        raise InvalidClientMetadata(f"{name} must be true or false.")
    return value is True


def _text(document: Mapping[str, Any], name: str, max_length: int) -> str:
    value = document.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or not _is_text(value, max_length):
        raise InvalidClientMetadata(f"{name} must be printable text of {max_length} characters at the most.")
    return value.strip()


def _is_text(value: str, max_length: int) -> bool:
    return len(value) <= max_length and is_printable(value)


def _strings(document: Mapping[str, Any], name: str, max_items: int = 100) -> list[str]:
    values = document.get(name)
    if values is None:
        return []
    if not isinstance(values, list) or len(values) > max_items or not all(isinstance(value, str) for value in values):
        raise InvalidClientMetadata(f"{name} must be a list of {max_items} strings at the most.")
    return values
