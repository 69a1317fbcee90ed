"""Turns the network off for the test process: only this machine's own addresses can be reached or looked up."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest


def is_local(host: object) -> bool:
    """Return whether `host`, a name or an address as sockets take it, is this machine."""
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    try:
        return ipaddress.ip_address(name.split("%")[0]).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def is_allowed(family: int, address: object) -> bool:
    """Return whether a socket of `family` may connect to `address`."""
    if family == socket.AF_UNIX:
        return True
    return isinstance(address, tuple) and is_local(address[0])


def shut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections to other machines and resolve no names but this machine's, until `monkeypatch` is undone."""
    real_connect, real_connect_ex = socket.socket.connect, socket.socket.connect_ex
    real_getaddrinfo = socket.getaddrinfo

    def connect(self: socket.socket, address: Any) -> None:
        _check(self, address)
        real_connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        _check(self, address)
        return real_connect_ex(self, address)

    def getaddrinfo(host: Any, *args: Any, **options: Any) -> Any:
        if not is_local(host) and not _is_address(host):
            raise socket.gaierror(socket.EAI_NONAME, f"the network is off in tests: {host!r}")
        return real_getaddrinfo(host, *args, **options)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket.socket, "connect_ex", connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def _check(connection: socket.socket, address: object) -> None:
    if not is_allowed(connection.family, address):
        raise ConnectionRefusedError(f"the network is off in tests: {address!r}")


def _is_address(host: object) -> bool:
    try:
        ipaddress.ip_address(str(host))
    except ValueError:
        return False
    return True
