"""Steps with invitations: sending one from Acme's page, the link of the mail, answering."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail
from django.test import Client as Browser

from tests.web.forms import send

MEMBERS = "/w/acme/members"


def invite(browser: Browser, email: str = "dana@demo.local", role: str = "reviewer") -> Any:
    """Send the form that invites somebody to Acme."""
    return send(browser, MEMBERS, MEMBERS, email=email, role=role)


def link() -> str:
    """Return the path of the link in the last mail."""
    (found,) = re.findall(r"^http://testserver(/invitation/\S+)$", str(mail.outbox[-1].body), re.MULTILINE)
    return str(found)


def answer(browser: Browser, what: str = "accept") -> Any:
    """Open the link of the last mail and answer."""
    page = browser.get(link())["Location"]
    return send(browser, page, f"{page}/{what}")
