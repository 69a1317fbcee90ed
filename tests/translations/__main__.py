"""`python -m tests.translations` (`make messages`) brings the catalogues up to date, and compiles them."""

from __future__ import annotations

import os

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roboflow_auth.settings")
    django.setup()
    from tests.translations.catalogues import update

    update()
