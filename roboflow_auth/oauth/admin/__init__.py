"""The authorization server in Django admin: apps are edited, everything that people agreed to is looked at and ended.

The toolkit registers the classes that the settings name; the others are registered here.
"""

from roboflow_auth.oauth.admin.agreements import ConnectionAdmin, SessionAdmin
from roboflow_auth.oauth.admin.approvals import ApprovalRequestAdmin
from roboflow_auth.oauth.admin.clients import ClientAdmin
from roboflow_auth.oauth.admin.keys import SigningKeyAdmin
from roboflow_auth.oauth.admin.known_clients import KnownClientAdmin
from roboflow_auth.oauth.admin.tokens import AccessTokenAdmin, AuthorizationCodeAdmin, IDTokenAdmin, RefreshTokenAdmin
from roboflow_auth.oauth.admin.trusted_issuers import TrustedIssuerAdmin

__all__ = (
    "AccessTokenAdmin",
    "ApprovalRequestAdmin",
    "AuthorizationCodeAdmin",
    "ClientAdmin",
    "ConnectionAdmin",
    "IDTokenAdmin",
    "KnownClientAdmin",
    "RefreshTokenAdmin",
    "SessionAdmin",
    "SigningKeyAdmin",
    "TrustedIssuerAdmin",
)
