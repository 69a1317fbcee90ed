"""The URLs of the authorization server."""

from __future__ import annotations

from django.urls import path, re_path

from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.endpoints.answered import answered
from roboflow_auth.oauth.endpoints.authorize import authorize
from roboflow_auth.oauth.endpoints.consent import switch_account
from roboflow_auth.oauth.endpoints.device import device_authorization
from roboflow_auth.oauth.endpoints.device_page import device, device_answered
from roboflow_auth.oauth.endpoints.introspect import introspect
from roboflow_auth.oauth.endpoints.jwks import jwks
from roboflow_auth.oauth.endpoints.logout import end_session
from roboflow_auth.oauth.endpoints.metadata import authorization_server, protected_resource
from roboflow_auth.oauth.endpoints.register import manage_registration, register
from roboflow_auth.oauth.endpoints.revoke import revoke
from roboflow_auth.oauth.endpoints.token import token
from roboflow_auth.oauth.endpoints.userinfo import userinfo
from roboflow_auth.oauth.endpoints.waiting import ask_workspace, waiting

app_name = "oauth"

# Clients look in all of these places, some with a slash at the end, and some give up at the first 404.
_SERVER_METADATA = r"^(?:mcp/)?\.well-known/(?:oauth-authorization-server|openid-configuration)(?:/mcp|/api/v1)?/?$"
_MCP_METADATA = r"^(?:mcp/)?\.well-known/oauth-protected-resource(?:/mcp)?/?$"
_API_METADATA = r"^\.well-known/oauth-protected-resource/api/v1/?$"

urlpatterns = [
    re_path(_SERVER_METADATA, authorization_server, name="authorization_server_metadata"),
    re_path(_MCP_METADATA, protected_resource, {"resource": Resource.MCP}, name="mcp_metadata"),
    re_path(_API_METADATA, protected_resource, {"resource": Resource.API}, name="api_metadata"),
    path("oauth/authorize", authorize, name="authorize"),
    path("oauth/authorize/switch-account", switch_account, name="switch_account"),
    path("oauth/authorize/ask-workspace", ask_workspace, name="ask_workspace"),
    path("oauth/authorize/answered", answered, name="answered"),
    path("oauth/authorize/waiting", waiting, name="waiting"),
    path("oauth/device_authorization", device_authorization, name="device_authorization"),
    path("device", device, name="device"),
    path("device/answered", device_answered, name="device_answered"),
    path("oauth/token", token, name="token"),
    path("oauth/register", register, name="register"),
    path("oauth/register/<str:client_id>", manage_registration, name="manage_registration"),
    path("oauth/revoke", revoke, name="revoke"),
    path("oauth/introspect", introspect, name="introspect"),
    path("oauth/userinfo", userinfo, name="userinfo"),
    path("oauth/jwks", jwks, name="jwks"),
    path("oauth/logout", end_session, name="logout"),
]
