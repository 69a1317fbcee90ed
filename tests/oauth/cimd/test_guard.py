"""The guard of metadata documents: no client ID is a way into our own network."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client as Browser
from oauth2_provider.cimd import CIMDError

from roboflow_auth.oauth.cimd.guard import check_addresses, is_literal, is_public
from tests.clauses import clause
from tests.oauth.cimd.steps import assert_unknown
from tests.oauth.journeys import Journey
from tests.support.documents import DocumentServer, running_proxy


@clause("P-C5.5", "CIMD-8.6")
@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",  # noqa: S104
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "2001:0:7f00:1::1",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
        "2001:db8::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "2130706433",
        "0177.0.0.1",
        "0x7f000001",
        "localhost",
        "",
    ],
)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@clause("P-C5.5")
def test_one_address_inside_refuses_the_whole_host() -> None:
    check_addresses(["8.8.8.8", "2606:4700::1111"])
    with pytest.raises(CIMDError):
        check_addresses(["8.8.8.8", "10.0.0.1"])


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "::1"])
def test_every_spelling_of_an_address_is_seen_to_be_one(host: str) -> None:
    assert is_literal(host)
    assert not is_literal("client.example")


@clause("P-C5.5", "CIMD-8.6")
@pytest.mark.parametrize(
    "client_id",
    [
        "https://127.0.0.1/c",
        "https://2130706433/c",
        "https://0x7f000001/c",
        "https://0177.0.0.1/c",
        "https://127.1/c",
        "https://10.0.0.1/c",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/c",
        "https://[::ffff:127.0.0.1]/c",
        "https://[64:ff9b::7f00:1]/c",
        "https://[fe80::1]/c",
        "https://localhost/c",
        "https://nobody.example/c",
        "https://a..example/c",
        "https://" + "a" * 64 + ".example/c",
        "https://-/c",
        "https://./c",
    ],
)
def test_a_host_that_is_inside_or_not_there_is_an_unknown_client(db: None, settings: Any, client_id: str) -> None:
    assert_unknown(Browser().get("/oauth/authorize", {"client_id": client_id}))
    settings.CIMD_EGRESS_PROXY = "http://127.0.0.1:9"
    assert_unknown(Browser().get("/oauth/authorize", {"client_id": client_id}))


@clause("P-C5.5", "P-C5.9")
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "1.2.3.0x7f",
        "169.254.169.254",
        "10.0.0.1",
        "[::1]",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::a9fe:a9fe]",
        "localhost",
        "LOCALHOST.",
        "app.localhost",
        "redis",
        "metadata.google.internal",
        "printer.local",
        "nas.home.arpa",
        "-",
        ".",
    ],
)
def test_a_proxy_is_not_asked_for_what_is_spelled_like_a_host_inside(
    documents: DocumentServer, settings: Any, db: None, host: str
) -> None:
    settings.CIMD_ALLOW_LOOPBACK = False
    with running_proxy(urlsplit(documents.origin).port or 0) as (proxy, asked):
        settings.CIMD_EGRESS_PROXY = proxy
        assert_unknown(Browser().get("/oauth/authorize", {"client_id": f"https://{host}/c"}))
    assert asked == []


@pytest.mark.parametrize("host", ["8.8.8.8", "a.example", "4ever.example"])
def test_a_proxy_is_asked_for_every_host_of_the_internet(
    documents: DocumentServer, settings: Any, db: None, host: str
) -> None:
    settings.CIMD_ALLOW_LOOPBACK = False
    with running_proxy(urlsplit(documents.origin).port or 0) as (proxy, asked):
        settings.CIMD_EGRESS_PROXY = proxy
        # The server that answers is not that host, and its certificate says so.
        assert_unknown(Browser().get("/oauth/authorize", {"client_id": f"https://{host}/c"}))
    assert asked == [f"{host}:443"]


def test_a_look_up_that_takes_too_long_is_given_up(
    documents: DocumentServer, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    real, may_end = socket.getaddrinfo, threading.Event()

    def slowly(host: Any, *args: Any, **options: Any) -> Any:
        if host == "slow.localhost":
            may_end.wait(5)
        return real(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    started_at = time.monotonic()
    assert_unknown(Browser().get("/oauth/authorize", {"client_id": "https://slow.localhost/c"}))
    may_end.set()
    assert time.monotonic() - started_at < 2.5


@clause("P-C5.5")
def test_without_permission_this_machine_is_out_of_reach(
    journey: Journey, documents: DocumentServer, settings: Any
) -> None:
    settings.CIMD_ALLOW_LOOPBACK = False
    assert_unknown(journey.ask())
    assert documents.requests == []
