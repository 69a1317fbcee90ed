"""Which images a role sees: a labeler those of the jobs assigned to them, everyone else all (access.md).

Of the system roles the labeler alone may not see upload batches, and so it goes for the roles that workspaces make: a
copy of the labeler's shows its people the images of their own jobs, until it may see batches too.
"""

from __future__ import annotations

from django.db.models import Q

from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action


def sees_assigned_only(principal: Principal) -> bool:
    """Return whether the principal sees only images of annotation jobs that are assigned to it."""
    return Action.VIEW_BATCH not in principal.actions


def assigned_to(principal: Principal, path_to_image: str = "") -> Q:
    """Return the condition that an image belongs to a job of the principal's; it can repeat rows.

    `path_to_image` leads from the rows that are filtered to the image, as in `images__` for projects. The jobs are
    reached by the name of the relation, since `labeling` stands above the packages that ask.
    """
    return Q(**{f"{path_to_image}annotation_jobs__labeler": principal.user_id})
