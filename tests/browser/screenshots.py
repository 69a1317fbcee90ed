"""`make screenshots`: writes the pictures of docs/images, and docs/pages.md that shows them.

    python -m tests.browser.screenshots [NAME …]

With names of states only their pictures are taken. It needs Chromium.
"""

from __future__ import annotations

import os
import sys

import django

from tests.support.environment import set_test_environment


def main(names: list[str]) -> None:
    """Take the pictures, then write the page."""
    set_test_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roboflow_auth.settings")
    django.setup()
    # They import models, which can only be done now.
    from tests.browser import gallery_page, pictures  # noqa: PLC0415

    pictures.take_all(names)
    gallery_page.write()


if __name__ == "__main__":
    main(sys.argv[1:])
