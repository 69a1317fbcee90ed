"""The whole gallery, in the order in which docs/pages.md shows it."""

from __future__ import annotations

from tests.browser.gallery.accounts import ACCOUNT, SIGNING_IN
from tests.browser.gallery.asking import CONSENT, DEVICES, REFUSALS
from tests.browser.gallery.pages import APPS, FAULTS, KEYS, START
from tests.browser.gallery.workspaces import ADMIN, REFERENCE, WORKSPACE

SECTIONS = (CONSENT, DEVICES, REFUSALS, START, APPS, KEYS, WORKSPACE, SIGNING_IN, ACCOUNT, FAULTS, REFERENCE, ADMIN)
GALLERY = tuple(state for section in SECTIONS for state in section.states)
