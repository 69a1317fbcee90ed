"""The grant types: one file each, and the registry that the token endpoint and the metadata read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from roboflow_auth.oauth.grants.authorization_code import redeem_code
from roboflow_auth.oauth.grants.refresh_token import refresh
from roboflow_auth.oauth.grants.request import TokenRequest

Grant = Callable[[TokenRequest], dict[str, Any]]

GRANTS: Mapping[str, Grant] = {
    "authorization_code": redeem_code,
    "refresh_token": refresh,
}
