"""The authorization server in Django admin: apps are edited, everything that people agreed to is looked at and ended.

The toolkit registers the classes that the settings name; connections, sessions and keys are registered here.
"""

from roboflow_auth.oauth.admin.agreements import ConnectionAdmin, SessionAdmin
from roboflow_auth.oauth.admin.clients import ClientAdmin
from roboflow_auth.oauth.admin.keys import SigningKeyAdmin
from roboflow_auth.oauth.admin.tokens import AccessTokenAdmin, AuthorizationCodeAdmin, IDTokenAdmin, RefreshTokenAdmin

__all__ = (
    "AccessTokenAdmin",
    "AuthorizationCodeAdmin",
    "ClientAdmin",
    "ConnectionAdmin",
    "IDTokenAdmin",
    "RefreshTokenAdmin",
    "SessionAdmin",
    "SigningKeyAdmin",
)
