"""Arguments that several tools take, with what the model is told about them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from roboflow_auth.core.paging import MAX_LIMIT, MAX_OFFSET

Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT, description="How many to return at the most.")]

Offset = Annotated[
    int, Field(ge=0, le=MAX_OFFSET, description="How many to skip: the offset of the page before plus its limit.")
]

ProjectId = Annotated[
    str, Field(description="The project's `id` as projects_list returns it, for example `acme/warehouse-boxes`.")
]
