"""The server's identity: which Hosts are ours, and that only a bare Host becomes part of an issuer (P-I1 to P-I3)."""

from __future__ import annotations

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from roboflow_auth.core.public_url import (
    Resource,
    is_loopback_host,
    is_own_host,
    public_url,
    resource_metadata_url,
    resource_url,
)
from tests.clauses import clause

LOOPBACK = ["localhost", "localhost:8000", "LocalHost:1", "127.0.0.1", "127.0.0.1:65535", "[::1]", "[::1]:8000"]
NOT_LOOPBACK = [
    *("", "::1", "localhost.", "localhost.evil.example", "evil.example", "127.0.0.2", "127.0.0.1.evil.example"),
    *("user@127.0.0.1", "127.0.0.1/path", "127.0.0.1?x", "127.0.0.1#x", "127.0.0.1:", "127.0.0.1:x", "[::1", "[::1]x"),
    *("127.0.0.1 ", "127.0.0.1\n", " localhost", "127.0.0.1:123456", "localhost:٣"),
]


@clause("P-I3.1")
@pytest.mark.parametrize("host", LOOPBACK)
def test_each_spelling_of_this_machine_stands_in_for_the_public_url_in_development(host: str) -> None:
    assert is_loopback_host(host)
    assert is_own_host(host)
    assert public_url("http", host) == f"http://{host.lower()}"


@pytest.mark.parametrize("host", NOT_LOOPBACK)
def test_what_is_more_or_less_than_a_host_and_a_port_is_no_spelling_of_it(host: str) -> None:
    assert not is_loopback_host(host)
    assert not is_own_host(host)
    assert public_url("http", host) == "http://testserver"


@clause("P-I1.1", "P-I3.2")
@override_settings(DEVELOPMENT=False, PUBLIC_URL="https://auth.example")
@pytest.mark.parametrize("host", [*LOOPBACK, *NOT_LOOPBACK, "auth.example:8443", "xauth.example"])
def test_in_production_there_is_one_identity_whatever_the_host_says(host: str) -> None:
    assert not is_own_host(host)
    assert public_url("http", host) == "https://auth.example"


@override_settings(DEVELOPMENT=False, PUBLIC_URL="https://auth.example")
def test_our_own_host_is_compared_without_regard_to_case() -> None:
    assert is_own_host("Auth.Example")


@given(st.text(max_size=30))
def test_any_text_as_a_host_is_judged_and_never_an_error(host: str) -> None:
    issuer = public_url("http", host)
    assert issuer == "http://testserver" or is_loopback_host(issuer.removeprefix("http://"))


@clause("P-I2.1")
def test_resources_and_their_metadata_hang_off_the_issuer() -> None:
    assert resource_url("https://a.example", Resource.MCP) == "https://a.example/mcp"
    assert resource_url("https://a.example", Resource.API) == "https://a.example/api/v1"
    # RFC 9728 §3.1: the well-known part stands before the path of the resource.
    found = resource_metadata_url("https://a.example", Resource.API)
    assert found == "https://a.example/.well-known/oauth-protected-resource/api/v1"
