"""The authorization request: taken apart and checked, rule by rule (RFC 6749 §4.1.1; protocol.md P-A1..P-A6).

Two kinds of refusal: `UnanswerableRequest` where the client or the redirect URI can't be trusted, so that nothing may
be sent there (P-A2), and `RefusedRequest`, which carries where the error has to go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qsl

from roboflow_auth.oauth.client_resolution import resolve_client
from roboflow_auth.oauth.clients import may_answer_at
from roboflow_auth.oauth.errors import (
    InvalidRequest,
    OAuthError,
    RequestNotSupported,
    RequestUriNotSupported,
    UnauthorizedClient,
    UnsupportedResponseType,
)
from roboflow_auth.oauth.models import Client
from roboflow_auth.oauth.rules.dpop import is_thumbprint
from roboflow_auth.oauth.rules.pkce import check_challenge
from roboflow_auth.oauth.rules.resource import requested_resource
from roboflow_auth.oauth.rules.scope import requested_scopes

_MAX_STATE = 4096
_MAX_NONCE = 255
PROMPTS = frozenset({"none", "login", "consent", "select_account"})
_REPEATABLE = frozenset({"resource"})


@dataclass(frozen=True, slots=True)
class ValidatedRequest:
    """An authorization request in which every parameter was checked. Times in seconds; `max_age` None when absent.

    `asked_from` is the address of the device that asked, where the answer goes to one.
    """

    client_id: str
    redirect_uri: str
    issuer: str
    state: str
    resource: str
    scopes: tuple[str, ...]
    code_challenge: str
    nonce: str
    prompts: tuple[str, ...]
    max_age: int | None
    ui_locales: str
    asked_from: str = ""
    dpop_jkt: str = ""

    def as_parameters(self) -> dict[str, Any]:
        """Return the request as JSON can hold it."""
        return asdict(self)

    @classmethod
    def from_parameters(cls, stored: Mapping[str, Any]) -> ValidatedRequest:
        """Return the request that `as_parameters` stored."""
        return cls(**{**stored, "scopes": tuple(stored["scopes"]), "prompts": tuple(stored["prompts"])})


class UnanswerableRequest(Exception):
    """The client or the redirect URI is not to be trusted: a page explains it, nothing is redirected."""

    def __init__(self, error: OAuthError, *, client: Client | None = None, redirect_uri: str = "") -> None:
        super().__init__(str(error))
        self.error = error
        self.client = client
        self.redirect_uri = redirect_uri


class RefusedRequest(Exception):
    """The request is wrong in a way that the client is told about, at its redirect URI; silently if it asked so."""

    def __init__(self, error: OAuthError, redirect_uri: str, state: str, *, is_silent: bool) -> None:
        super().__init__(str(error))
        self.error = error
        self.redirect_uri = redirect_uri
        self.state = state
        self.is_silent = is_silent


def validate_request(query: str, issuer: str, address: str) -> tuple[ValidatedRequest, Client]:
    """Return the checked request of a raw query string, and its client.

    `issuer` is this server under the name the browser used, `address` the browser's, for limits on fetches. Raises
    `UnanswerableRequest` or `RefusedRequest`.
    """
    parameters, repeated = _read_query(query)
    client, redirect_uri = _trusted_parties(parameters, repeated, address)
    given = parameters.get("state", "")
    # RFC 6749 §4.1.2.1 wants the exact value back; what is no text can't be sent.
    state = given if is_text(given) else ""
    try:
        _check_form(parameters, repeated)
        return _check_parameters(client, redirect_uri, parameters, issuer), client
    except OAuthError as error:
        is_silent = "none" in parameters.get("prompt", "").split()
        raise RefusedRequest(error, redirect_uri, state[:_MAX_STATE], is_silent=is_silent) from error


def _read_query(query: str) -> tuple[dict[str, str], frozenset[str]]:
    """Return the parameters, and the names of those that came more than once or can't be text."""
    try:
        pairs = parse_qsl(query, errors="surrogateescape", max_num_fields=100)
    except ValueError as error:
        raise UnanswerableRequest(InvalidRequest("The request has too many parameters.")) from error
    parameters: dict[str, str] = {}
    broken: set[str] = set()
    for name, value in pairs:
        if (name in parameters and name not in _REPEATABLE) or not is_text(name + value):
            broken.add(name)
        parameters[name] = f"{parameters[name]} {value}" if name in parameters else value
    return parameters, frozenset(broken)


def _trusted_parties(parameters: Mapping[str, str], broken: frozenset[str], address: str) -> tuple[Client, str]:
    """Return the client and the redirect URI, once both are known to belong together."""
    client_id = parameters.get("client_id", "")
    if not client_id or broken & {"client_id", "redirect_uri"}:
        raise UnanswerableRequest(InvalidRequest("client_id or redirect_uri is missing, repeated or malformed."))
    try:
        client = resolve_client(client_id, address)
    except OAuthError as error:
        raise UnanswerableRequest(error, redirect_uri=parameters.get("redirect_uri", "")) from error
    registered = client.redirect_uri_list
    redirect_uri = parameters.get("redirect_uri", "")
    # RFC 6749 §3.1.2.3: it may be left out only where there is no choice.
    if not redirect_uri and len(registered) == 1:
        return client, registered[0]
    if not may_answer_at(client, redirect_uri):
        mismatch = InvalidRequest("The redirect_uri is not one that this app registered.")
        raise UnanswerableRequest(mismatch, client=client, redirect_uri=redirect_uri)
    return client, redirect_uri


def _check_form(parameters: Mapping[str, str], broken: frozenset[str]) -> None:
    if broken:
        # RFC 6749 §3.1: parameters must not be included more than once.
        raise InvalidRequest("A parameter is repeated or malformed.")
    if len(parameters.get("state", "")) > _MAX_STATE:
        raise InvalidRequest(f"state is longer than {_MAX_STATE} characters.")
    if len(parameters.get("nonce", "")) > _MAX_NONCE:
        raise InvalidRequest(f"nonce is longer than {_MAX_NONCE} characters.")
    if "request" in parameters:
        raise RequestNotSupported("Request objects are not supported.")
    if "request_uri" in parameters:
        raise RequestUriNotSupported("Request objects are not supported.")


def _check_parameters(
    client: Client, redirect_uri: str, parameters: Mapping[str, str], issuer: str
) -> ValidatedRequest:
    if parameters.get("response_type") != "code":
        raise UnsupportedResponseType("response_type must be code.")
    if parameters.get("response_mode", "query") != "query":
        raise InvalidRequest("response_mode must be query.")
    if not client.may_use("authorization_code"):
        raise UnauthorizedClient("The client did not register the authorization_code grant.")
    check_challenge(parameters.get("code_challenge", ""), parameters.get("code_challenge_method", ""))
    return ValidatedRequest(
        client_id=client.client_id,
        redirect_uri=redirect_uri,
        issuer=issuer,
        state=parameters.get("state", ""),
        resource=requested_resource(client, issuer, parameters.get("resource", "")).value,
        scopes=tuple(sorted(requested_scopes(client, parameters.get("scope", "")))),
        code_challenge=parameters["code_challenge"],
        nonce=parameters.get("nonce", ""),
        prompts=_read_prompts(parameters.get("prompt", "")),
        max_age=_read_max_age(parameters.get("max_age", "")),
        ui_locales=parameters.get("ui_locales", "")[:100],
        dpop_jkt=_read_key(parameters.get("dpop_jkt", "")),
    )


def _read_prompts(prompt: str) -> tuple[str, ...]:
    # Values that nobody here knows are ignored, as OpenID Connect Core §3.1.2.1 has it for parameters.
    prompts = tuple(sorted(frozenset(prompt.split()) & PROMPTS))
    if "none" in prompts and len(prompts) > 1:
        raise InvalidRequest("prompt=none excludes every other prompt.")
    return prompts


def _read_max_age(max_age: str) -> int | None:
    if not max_age:
        return None
    if not (max_age.isascii() and max_age.isdigit() and len(max_age) < 10):
        raise InvalidRequest("max_age must be a number of seconds.")
    return int(max_age)


def _read_key(jkt: str) -> str:
    # RFC 9449 §10: the code will be bound to this key, so what can't be one must not pass for none.
    if jkt and not is_thumbprint(jkt):
        raise InvalidRequest("dpop_jkt is not the SHA-256 thumbprint of a key (RFC 7638).")
    return jkt


def is_text(value: str) -> bool:
    """Return whether `value` has a UTF-8 form and no NUL, so that it can be stored and sent."""
    return "\x00" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
