"""Redirect URIs: nothing but exactly what was registered gets an answer, but for the port of a loopback URI."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.errors import InvalidRedirectUri
from roboflow_auth.oauth.rules.redirect_uri import check_registrable, is_loopback, is_registered
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.journeys import Journey, parameters_of, signed_in

HTTPS = "https://app.example/oauth/callback"

_PARTS = st.sampled_from(
    [
        *(
            "https://",
            "http://",
            "javascript:",
            "cursor://",
            "//",
            "/",
            "\\",
            "@",
            ":",
            "#",
            "?",
            "*",
            "%40",
            "%2f",
            "%00",
        ),
        *("app.example", "127.0.0.1", "localhost", "[::1]", "evil.example", ".", "..", ";", "&", "[", "]"),
        *(":1", ":65535", ":65536", "callback", " ", "\t", "\n", "\x00", "\u3002", "é", "a"),
    ]
)
URIS = st.lists(_PARTS, max_size=8).map("".join) | st.text(max_size=30)


@clause("P-C10.2")
@pytest.mark.parametrize(
    "registered, requested",
    [
        (HTTPS, HTTPS),
        ("https://app.example/cb?a=1", "https://app.example/cb?a=1"),
        ("http://127.0.0.1/callback", "http://127.0.0.1:49152/callback"),
        ("http://127.0.0.1:8080/callback", "http://127.0.0.1:49152/callback"),
        ("http://127.0.0.1:8080/callback", "http://127.0.0.1/callback"),
        ("http://localhost/callback", "http://localhost:3118/callback"),
        ("http://[::1]/callback", "http://[::1]:3118/callback"),
        ("http://127.0.0.1/", "http://127.0.0.1:33418/"),
        ("http://127.0.0.1/cb?a=1", "http://127.0.0.1:9/cb?a=1"),
        ("cursor://anysphere.cursor-mcp/oauth/callback", "cursor://anysphere.cursor-mcp/oauth/callback"),
    ],
)
def test_an_answer_goes_where_it_was_registered_to_go(
    alice: User, acme: Workspace, registered: str, requested: str
) -> None:
    journey = Journey(builders.make_client(redirect_uris=registered), signed_in(alice), requested)
    destination = journey.destination(journey.decide(journey.ask()))
    assert destination.startswith(requested)
    assert parameters_of(destination)["code"]


@clause("P-C10.1", "P-A2.1", "RFC6749-10.15", "RFC8252-8.4", "MCP-SECURITY-open-redirection")
@pytest.mark.parametrize(
    "registered, requested",
    [
        (HTTPS, f"{HTTPS}/"),
        (HTTPS, f"{HTTPS}?a=1"),
        (HTTPS, f"{HTTPS}?"),
        (HTTPS, f"{HTTPS}#a"),
        (HTTPS, f"{HTTPS}#"),
        (HTTPS, f"{HTTPS}/../callback"),
        (HTTPS, "https://app.example:443/oauth/callback"),
        (HTTPS, "https://APP.example/oauth/callback"),
        (HTTPS, "http://app.example/oauth/callback"),
        (HTTPS, "https://app.example/oauth/Callback"),
        (HTTPS, "https://app.example/oauth/%63allback"),
        (HTTPS, "https://app.example@evil.example/oauth/callback"),
        (HTTPS, "https://app.example\\@evil.example/oauth/callback"),
        (HTTPS, "https://app.example.evil.example/oauth/callback"),
        (HTTPS, f"{HTTPS} "),
        (HTTPS, f"\t{HTTPS}"),
        ("http://127.0.0.1/callback", "http://localhost/callback"),
        ("http://localhost/callback", "http://127.0.0.1/callback"),
        ("http://127.0.0.1/callback", "http://[::1]/callback"),
        ("http://127.0.0.1/callback", "http://127.0.0.1:9/callback/"),
        ("http://127.0.0.1/callback", "http://127.0.0.1:9/callback?"),
        ("http://127.0.0.1/callback", "http://127.0.0.1:9/callback?a=1"),
        ("http://127.0.0.1/callback", "http://127.0.0.1:9@evil.example/callback"),
        ("http://127.0.0.1/callback", "http://127.0.0.1.evil.example/callback"),
        ("http://127.0.0.1/callback", "https://127.0.0.1/callback"),
        ("http://127.0.0.1/callback", "http://127.0.0.1:70000/callback"),
        ("http://127.0.0.1/callback", "http://127.1/callback"),
        ("http://127.0.0.1/callback", "http://2130706433/callback"),
        ("cursor://anysphere.cursor-mcp/oauth/callback", "cursor://anysphere.cursor-mcp:1/oauth/callback"),
    ],
)
@pytest.mark.parametrize("name", ["alice", "bob", "carol"])
def test_an_answer_goes_nowhere_else(
    request: pytest.FixtureRequest, acme: Workspace, registered: str, requested: str, name: str
) -> None:
    browser = signed_in(request.getfixturevalue(name))
    response = Journey(builders.make_client(redirect_uris=registered), browser, requested).ask()
    assert response.status_code == 400
    assert "Location" not in response


@pytest.mark.parametrize(
    "uri",
    [HTTPS, "http://127.0.0.1:1/cb", "http://localhost/cb", "http://[::1]:1/cb", "https://app.example", "https://a/"],
)
def test_these_may_be_registered_by_anybody(uri: str) -> None:
    check_registrable(uri, allow_private_scheme=False)


@clause("P-C10.4")
@pytest.mark.parametrize("uri", ["cursor://anysphere.cursor-mcp/oauth/callback", "com.example.app:/callback", "app:x"])
def test_private_schemes_are_for_those_who_are_allowed_to_choose_them(uri: str) -> None:
    check_registrable(uri, allow_private_scheme=True)
    with pytest.raises(InvalidRedirectUri):
        check_registrable(uri, allow_private_scheme=False)


@clause("P-C10.5")
@pytest.mark.parametrize(
    "uri",
    ["javascript:alert(1)", "DATA:text/html,x", "file:///x", "vbscript:x", "blob:https://x.example/1", "about:blank"],
)
def test_dangerous_schemes_are_for_nobody(uri: str) -> None:
    with pytest.raises(InvalidRedirectUri):
        check_registrable(uri, allow_private_scheme=True)


@clause("P-C10.3")
@given(uri=URIS)
@settings(max_examples=400, deadline=None)
def test_whatever_may_be_registered_is_https_or_loopback_and_reads_one_way_only(uri: str) -> None:
    try:
        check_registrable(uri, allow_private_scheme=False)
    except InvalidRedirectUri:
        return
    parts = urlsplit(uri)
    assert parts.scheme == "https" or is_loopback(uri)
    assert parts.hostname
    assert uri.isascii()
    assert uri.isprintable()
    assert not set(uri) & set(" \\*#<>\"'{}|^`") - {"'"}
    assert parts.username is None
    assert not set(parts.netloc) & set("@%;&$!(),")
    assert is_registered([uri], uri)


@clause("P-C10.1")
@given(registered=URIS, requested=URIS)
@settings(max_examples=400, deadline=None)
def test_two_different_uris_are_the_same_only_when_they_are_loopback_and_differ_in_their_port(
    registered: str, requested: str
) -> None:
    if is_registered([registered], requested) and registered != requested:
        assert is_loopback(registered)
        assert is_loopback(requested)
        one, other = urlsplit(registered), urlsplit(requested)
        assert (one.hostname, one.path, one.query) == (other.hostname, other.path, other.query)
