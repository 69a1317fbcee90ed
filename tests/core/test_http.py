"""HTTP manners: whose address counts, and what a form may hold."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from roboflow_auth.core.http import MalformedBody, forwarded_address, single_parameters
from tests.clauses import clause


@clause("P-I3.3")
def test_nobody_is_believed_unless_named() -> None:
    assert forwarded_address("203.0.113.9", "198.51.100.1") == "203.0.113.9"


@clause("P-I3.3")
@override_settings(TRUSTED_PROXIES=["10.0.0.0/8", "127.0.0.1"])
@pytest.mark.parametrize(
    ("peer", "forwarded_for", "address"),
    [
        ("10.1.1.1", "198.51.100.1", "198.51.100.1"),
        ("10.1.1.1", "198.51.100.1, 10.2.2.2", "198.51.100.1"),
        ("10.1.1.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.1.1.1", "", "10.1.1.1"),
        ("127.0.0.1", " , nonsense", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1, nonsense", "127.0.0.1"),
        ("127.0.0.1", "nonsense, 10.2.2.2", "10.2.2.2"),
        ("127.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("127.0.0.1", f"fe80::1%{'x' * 45}", "127.0.0.1"),
        ("", "198.51.100.1", ""),
    ],
)
def test_the_nearest_hop_that_is_no_trusted_proxy_is_the_caller(peer: str, forwarded_for: str, address: str) -> None:
    assert forwarded_address(peer, forwarded_for) == address


def test_parameters_come_once_but_for_those_that_may_repeat() -> None:
    assert single_parameters(b"a=1&b=&c=x+y") == {"a": "1", "c": "x y"}
    assert single_parameters(b"r=1&r=2", repeatable=frozenset({"r"})) == {"r": "1 2"}
    with pytest.raises(MalformedBody, match="a is repeated"):
        single_parameters(b"a=1&a=1")


@clause("P-L2.2")
@pytest.mark.parametrize(
    "raw", [b"a=%00", b"%00=a", b"a=\xff", b"a=%ff", b"&".join([b"a%d=1" % n for n in range(300)])]
)
def test_what_is_not_text_is_malformed(raw: bytes) -> None:
    with pytest.raises(MalformedBody):
        single_parameters(raw)


@clause("P-L2.2")
@given(st.binary(max_size=300))
def test_any_bytes_are_parameters_or_malformed(raw: bytes) -> None:
    try:
        parameters = single_parameters(raw)
    except MalformedBody:
        return
    assert all(value for value in parameters.values())


@pytest.mark.django_db
@pytest.mark.parametrize("announced", ["9" * 10, "9" * 5000, "-1", "²"])
def test_a_length_that_no_body_has_is_refused_in_the_endpoints_format(announced: str) -> None:
    answer = Browser().post("/oauth/register", b"{}", "application/json", headers={"Content-Length": announced})
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_client_metadata"
