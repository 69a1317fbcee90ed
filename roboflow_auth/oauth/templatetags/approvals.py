"""How many apps wait for staff, for the first page of Django admin."""

from __future__ import annotations

from django import template

from roboflow_auth.oauth.models import ApprovalRequest

register = template.Library()


@register.simple_tag
def waiting_apps() -> int:
    """Return the number of apps that people wait for. One statement."""
    return ApprovalRequest.objects.filter(decided_at__isnull=True).values("client").distinct().count()
