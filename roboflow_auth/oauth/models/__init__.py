"""The server's records: clients, what people agreed to, and the codes and tokens that hang off an agreement."""

from roboflow_auth.oauth.models.agreements import ApprovalRequest, AuthorizationRequest, Connection, Session
from roboflow_auth.oauth.models.assertions import UsedAssertion, UsedProof
from roboflow_auth.oauth.models.clients import Approval, AuthMethod, Client
from roboflow_auth.oauth.models.issuers import TrustedIssuer
from roboflow_auth.oauth.models.keys import SigningKey
from roboflow_auth.oauth.models.known_clients import KnownClient
from roboflow_auth.oauth.models.tokens import AccessToken, AuthorizationCode, DeviceCode, IDToken, RefreshToken
from roboflow_auth.oauth.models.workspace_apps import AppPolicy, WorkspaceApp, WorkspaceAppRequest, WorkspacePolicy

__all__ = (
    "AccessToken",
    "AppPolicy",
    "Approval",
    "ApprovalRequest",
    "AuthMethod",
    "AuthorizationCode",
    "AuthorizationRequest",
    "Client",
    "Connection",
    "DeviceCode",
    "IDToken",
    "KnownClient",
    "RefreshToken",
    "Session",
    "SigningKey",
    "TrustedIssuer",
    "UsedAssertion",
    "UsedProof",
    "WorkspaceApp",
    "WorkspaceAppRequest",
    "WorkspacePolicy",
)
