"""API keys."""

from __future__ import annotations

from django.urls import reverse
from rest_framework.request import Request

from roboflow_auth.access.vocabulary import Action
from roboflow_auth.api.serializers import ApiKeyChanges, ApiKeysQuery, WantedApiKey
from roboflow_auth.api.views.resource import Created, ResourceView
from roboflow_auth.api_keys.selectors import list_api_keys, view_api_key
from roboflow_auth.api_keys.services import create_api_key, revoke_api_key, update_api_key
from roboflow_auth.api_keys.shapes import ApiKeyList, ApiKeyView, NewApiKey


class ApiKeys(ResourceView):
    """The API keys of a workspace."""

    tag = "API keys"
    actions = {"GET": Action.VIEW_WORKSPACE_API_KEYS, "POST": Action.CREATE_API_KEY}
    queries = {"GET": ApiKeysQuery}
    bodies = {"POST": WantedApiKey}

    def get(self, request: Request, workspace: str) -> ApiKeyList:
        """List the API keys.

        Newest first, of every member, without their secrets. Revoked keys are not among them.
        """
        return list_api_keys(self.caller, **self.inputs)

    def post(self, request: Request, workspace: str) -> Created[NewApiKey]:
        """Create an API key.

        It acts as you, in this workspace. Its `secret` is in this answer and never shown again. It can carry no scope
        that your credential lacks or your role does not allow, and is clipped again to your role at every call.
        """
        inputs = self.inputs
        made = create_api_key(
            self.caller, name=inputs["name"], scopes=inputs.get("scopes"), lifetime_days=inputs["expires_in_days"]
        )
        return Created(made, reverse("api:api-key", kwargs={"workspace": workspace, "key": made.api_key.id}))


class ApiKeyResource(ResourceView):
    """An API key."""

    tag = "API keys"
    actions = {"GET": Action.GET_API_KEY, "PATCH": Action.UPDATE_API_KEY, "DELETE": Action.REVOKE_API_KEY}
    bodies = {"PATCH": ApiKeyChanges}

    def get(self, request: Request, workspace: str, key: str) -> ApiKeyView:
        """Show an API key.

        Never its secret.
        """
        return view_api_key(self.caller, key)

    def patch(self, request: Request, workspace: str, key: str) -> ApiKeyView:
        """Change an API key.

        Rename it, take scopes from it, disable or enable it. Felt at the next call. Scopes can't be added.
        """
        return update_api_key(self.caller, key, **self.inputs)

    def delete(self, request: Request, workspace: str, key: str) -> ApiKeyView:
        """Revoke an API key.

        It stops working at once, for good. Doing it again changes nothing.
        """
        return revoke_api_key(self.caller, key)
