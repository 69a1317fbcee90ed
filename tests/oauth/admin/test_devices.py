"""Apps of staff that run on devices."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import Client
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests.oauth.admin.desk import save, secret_on
from tests.oauth.devices import DEVICE_GRANT, DEVICE_GRANTS, DeviceJourney
from tests.oauth.journeys import signed_in


def test_staff_register_an_app_for_devices_without_a_redirect_uri(desk: Browser, alice: User, acme: Workspace) -> None:
    response = save(
        desk,
        redirect_uris="",
        grant_types=DEVICE_GRANTS,
        auth_method="client_secret_basic",
        is_verified="on",
    )
    device = DeviceJourney(Client.objects.get(), signed_in(alice), raw_secret=secret_on(response))
    device.begin()
    # It proves itself where it begins, so staff's word for its name holds on devices too.
    assert device.question().context["client"]["badge"] == "verified"
    assert find_principal(device.device_tokens()["access_token"], Resource.MCP) is not None


@pytest.mark.parametrize("uri", [DEVICE_GRANT, "urn:ietf:wg:oauth:2.0:oob"])
def test_not_even_staff_register_what_stands_for_a_device(desk: Browser, uri: str) -> None:
    response = save(desk, redirect_uris=uri)
    assert "redirect_uris" in response.context["adminform"].form.errors
    assert not Client.objects.exists()
