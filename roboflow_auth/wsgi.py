"""Django alone, for deployments that give the pages, OAuth and REST their own workers (docs/running.md)."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from roboflow_auth.core.entrance import WsgiEntrance

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roboflow_auth.settings")

application = WsgiEntrance(get_wsgi_application())
