"""Signing in at one instance of this server with another one as the identity provider, in a real Chromium.

The provider stands at 127.0.0.1 and the other one at localhost, because browsers share cookies between ports of a name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_consent import authorization_url, redeem, register
from tests.builders import PASSWORD
from tests.support.browser import Callback, allow, sign_in
from tests.support.servers import Server, manage, running_servers

pytestmark = pytest.mark.browser

DANA = "dana@elsewhere.example"
_NEW_PERSON = f"""
from allauth.account.models import EmailAddress
from roboflow_auth.accounts.models import User
from roboflow_auth.workspaces.services import create_personal_workspace
user = User.objects.create_user("{DANA}", "{PASSWORD}", name="Dana Ito")
EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
create_personal_workspace(user)
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """`hub` is the identity provider, `site` the server that people want to sign in to."""

    hub: Server
    site: Server


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Return two live servers with databases of their own; the second knows the first as two providers."""
    directories = [tmp_path_factory.mktemp(name) for name in ("hub", "site")]
    with running_servers(directories[0], database_url=f"sqlite:///{directories[0] / 'own.sqlite3'}") as (hub,):
        manage(["shell", "-c", _NEW_PERSON], {"DATABASE_URL": hub.database_url})
        providers = [provider(hub, "hub", "Hub"), provider(hub, "trusted", "Trusted hub", trust_email=True)]
        with running_servers(directories[1], settings={"OIDC_PROVIDERS": json.dumps(providers)}) as (site,):
            yield Pair(hub, replace(site, url=site.url.replace("127.0.0.1", "localhost")))


def provider(hub: Server, name: str, title: str, **more: Any) -> dict[str, Any]:
    """Register a confidential client at `hub`, and return what OIDC_PROVIDERS says of it."""
    metadata = {
        "client_name": f"Site by {title}",
        # RFC 8252 §7.3: any port of this machine.
        "redirect_uris": [f"http://localhost/accounts/oidc/{name}/login/callback/"],
        "token_endpoint_auth_method": "client_secret_post",
        "scope": "openid profile email",
    }
    answer = httpx.post(f"{hub.url}/oauth/register", json=metadata).json()
    known = {name: answer[name] for name in ("client_id", "client_secret")}
    return {"id": name, "name": title, "issuer": hub.url, **known, **more}


def go_through(page: Page, title: str, email: str) -> None:
    """Press the button of the provider `title`, sign in there as `email`, and allow the site to know."""
    page.get_by_role("button", name=f"Go on with {title}", exact=True).click()
    expect(page.get_by_text(f"Site by {title} is waiting to connect")).to_be_visible()
    sign_in(page, email)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Sign in to Site by {title} with Roboflow")
    expect(page.get_by_role("heading", name="Workspace")).to_have_count(0)
    allow(page)


def test_the_app_that_waits_gets_its_answer_through_another_provider(
    pair: Pair, page: Page, callback: Callback
) -> None:
    client_id = register(pair.site, callback.uri)
    page.goto(authorization_url(pair.site, client_id, callback.uri))
    expect(page.get_by_text("Browser test is waiting to connect")).to_be_visible()
    go_through(page, "Trusted hub", DANA)
    expect(page.get_by_role("heading", level=1)).to_have_text("Browser test wants to connect to Roboflow")
    expect(page.get_by_text(DANA)).to_be_visible()
    expect(page.get_by_text("Dana Ito's workspace")).to_be_visible()
    allow(page)
    expect(page.get_by_role("heading")).to_have_text("Back in the app")
    assert "project:read" in redeem(pair.site, client_id, callback)["scope"]


def test_a_provider_that_is_not_trusted_takes_no_account_over(pair: Pair, page: Page) -> None:
    page.goto(f"{pair.site.url}/accounts/login/")
    go_through(page, "Hub", "alice@demo.local")
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    page.goto(f"{pair.site.url}/accounts/linked/")
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_a_provider_that_is_trusted_opens_the_account_with_the_proved_address(pair: Pair, page: Page) -> None:
    page.goto(f"{pair.site.url}/accounts/login/?next=/accounts/linked/")
    go_through(page, "Trusted hub", "carol@demo.local")
    expect(page.get_by_role("heading", level=1)).to_have_text("Linked accounts")
    expect(page.get_by_role("list").get_by_text("Trusted hub")).to_be_visible()
    expect(page.get_by_role("list").get_by_text("carol@demo.local")).to_be_visible()


def test_a_person_links_an_account_elsewhere_and_signs_in_with_it(pair: Pair, page: Page) -> None:
    page.goto(f"{pair.site.url}/accounts/login/?next=/accounts/linked/")
    sign_in(page, "bob@demo.local")
    page.get_by_role("button", name="Hub", exact=True).click()
    sign_in(page, DANA)
    allow(page)
    expect(page.get_by_text("The account is linked.")).to_be_visible()
    page.get_by_role("button", name="Sign out").first.click()
    page.goto(f"{pair.site.url}/accounts/login/?next=/accounts/linked/")
    page.get_by_role("button", name="Go on with Hub", exact=True).click()
    allow(page)
    expect(page.locator(".top-email")).to_have_text("bob@demo.local")
    page.get_by_text("Unlink").first.click()
    page.get_by_role("button", name="Unlink").click()
    expect(page.get_by_text("The account is unlinked.")).to_be_visible()


def test_who_comes_from_elsewhere_only_confirms_there(pair: Pair, page: Page) -> None:
    page.goto(f"{pair.site.url}/accounts/login/")
    go_through(page, "Trusted hub", DANA)
    expect(page.locator(".top-email")).to_have_text(DANA)
    page.goto(f"{pair.site.url}/accounts/confirm/?next=/accounts/2fa/")
    page.get_by_role("button", name="Sign in again with Trusted hub").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    allow(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Two-step sign-in")


def test_who_says_no_at_the_provider_comes_back_to_the_sign_in(pair: Pair, page: Page) -> None:
    page.goto(f"{pair.site.url}/accounts/login/")
    page.get_by_role("button", name="Go on with Hub", exact=True).click()
    sign_in(page, "alice@demo.local")
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You said no")
