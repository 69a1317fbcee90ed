"""The URL map: one include per surface. /mcp never comes here, asgi.py gives it to the MCP server."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from roboflow_auth.accounts.staff_access import guard_admin

guard_admin(admin.site)

urlpatterns = [
    path("", include("roboflow_auth.oauth.urls")),
    path("", include("roboflow_auth.web.urls")),
    path("api/v1", include("roboflow_auth.api.urls")),
    path("accounts/", include("roboflow_auth.web.account_urls")),
    path("admin/", admin.site.urls),
]

handler400 = "roboflow_auth.web.views.errors.bad_request"
handler403 = "roboflow_auth.web.views.errors.permission_denied"
handler404 = "roboflow_auth.web.views.errors.page_not_found"
# Not Django's: the account pages look for it here.
handler429 = "roboflow_auth.web.views.errors.too_many_requests"
handler500 = "roboflow_auth.web.views.errors.server_error"
