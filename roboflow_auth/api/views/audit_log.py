"""The audit log."""

from __future__ import annotations

from rest_framework.request import Request

from roboflow_auth.access.vocabulary import Action
from roboflow_auth.api.serializers import AuditLogQuery
from roboflow_auth.api.views.resource import ResourceView
from roboflow_auth.audit.selectors import list_events
from roboflow_auth.audit.shapes import AuditPage


class AuditLog(ResourceView):
    """What was done in a workspace, and what was refused."""

    tag = "Audit log"
    actions = {"GET": Action.VIEW_AUDIT_LOG}
    queries = {"GET": AuditLogQuery}

    def get(self, request: Request, workspace: str) -> AuditPage:
        """Read the audit log.

        Newest first. Each call of the API, of a tool and of the authorization server left a row, whether it was
        allowed or refused. Send `after` to get the next page; it is empty on the last one.
        """
        return list_events(self.caller, **self.inputs)
