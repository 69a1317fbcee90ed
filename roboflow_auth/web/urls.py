"""The URLs of the pages."""

from __future__ import annotations

from django.urls import path

from roboflow_auth.web.views.health import healthz, readyz
from roboflow_auth.web.views.home import home
from roboflow_auth.web.views.robots import robots
from roboflow_auth.web.views.thumbnails import thumbnail

app_name = "web"

urlpatterns = [
    path("", home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("robots.txt", robots, name="robots"),
    path("thumbnails/<str:signed>", thumbnail, name="thumbnail"),
]
