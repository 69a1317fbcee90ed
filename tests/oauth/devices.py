"""A device's way through the authorization server, and its person's: the codes, the page, the polling (RFC 8628)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone

from roboflow_auth.access.catalogue import BASELINE
from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.models import Client, DeviceCode
from tests import builders
from tests.oauth.journeys import ISSUER, Journey, field_value, signed_in

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
DEVICE_GRANTS = ["refresh_token", DEVICE_GRANT]


def make_device_client(**fields: Any) -> Client:
    """Return a public client that a device runs: it may use nothing but the device grant, and refresh."""
    return builders.make_client(**{"name": "Shelf camera", "redirect_uris": "", "grant_types": DEVICE_GRANTS, **fields})


@dataclass
class DeviceJourney(Journey):
    """One device and one person. `codes` are those of the last beginning."""

    codes: dict[str, Any] = field(default_factory=dict)

    def start(self, **changes: str | None) -> Any:
        """Send the device to the device authorization endpoint."""
        asked: dict[str, str | None] = {"scope": " ".join(BASELINE), "resource": f"{ISSUER}/mcp", **changes}
        return self.post("/oauth/device_authorization", **asked)

    def begin(self, **changes: str | None) -> dict[str, Any]:
        """Return the codes of a new beginning."""
        response = self.start(**changes)
        assert response.status_code == 200, response.content
        self.codes = response.json()
        return self.codes

    def poll(self, **changes: str | None) -> Any:
        """Ask at the token endpoint with the device code."""
        return self.token(grant_type=DEVICE_GRANT, **{"device_code": self.codes["device_code"], **changes})

    def type_code(self, typed: str) -> Any:
        """Type a code into the page for devices."""
        html = self.browser.get("/device").content.decode()
        return self.submit(html, user_code=typed)

    def submit(self, html: str, **fields: str) -> Any:
        """Send a form of the page for devices, with the hidden fields that `html` has."""
        hidden = {"csrfmiddlewaretoken": field_value(html, "csrfmiddlewaretoken")}
        return self.browser.post("/device", {**hidden, **fields})

    def open_link(self) -> Any:
        """Open the link that the device shows as a picture."""
        parts = urlsplit(self.codes["verification_uri_complete"])
        return self.browser.get(f"{parts.path}?{parts.query}")

    def compare(self, page: Any, decision: str) -> Any:
        """Say on the page that a link leads to whether the device shows the same code."""
        html = page.content.decode()
        return self.submit(html, code=field_value(html, "code"), decision=decision)

    def question(self) -> Any:
        """Return the consent page that typing the code leads to."""
        typed = self.type_code(self.codes["user_code"])
        assert typed.status_code == 303, typed.content.decode()
        return self.browser.get(typed["Location"])

    def answer(self, **choices: Any) -> Any:
        """Type the code, and allow all of it for 90 days unless `choices` say otherwise."""
        return self.decide(self.question(), **choices)

    def device_tokens(self, choices: dict[str, Any] | None = None, **changes: str | None) -> dict[str, Any]:
        """Return the tokens of a whole way."""
        self.begin(**changes)
        answered = self.answer(**(choices or {}))
        assert answered["Location"] == "/device/answered", answered.content
        response = self.poll()
        assert response.status_code == 200, response.content
        tokens: dict[str, Any] = response.json()
        return tokens


def device_of(user: User, **fields: Any) -> DeviceJourney:
    """Return the way of a device with a client of its own, and of `user`."""
    return DeviceJourney(make_device_client(**fields), signed_in(user))


def let_pass(seconds: float) -> None:
    """Let `seconds` pass for every device that waits."""
    for row in DeviceCode.objects.all():
        lapse = timedelta(seconds=seconds)
        DeviceCode.objects.filter(pk=row.pk).update(poll_from=row.poll_from - lapse, expires=row.expires - lapse)


def expire() -> None:
    """Let the codes of every device expire."""
    DeviceCode.objects.update(expires=timezone.now() - timedelta(seconds=1))


def error_of(response: Any) -> str:
    """Return the error that an OAuth endpoint answered with 400."""
    assert response.status_code == 400, response.content
    assert response["Cache-Control"] == "no-store"
    return str(response.json()["error"])
