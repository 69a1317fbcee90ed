"""The demo's projects, each a plan: what it is called, which drawings it holds, and how far its annotations are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from roboflow_auth.access.principal import Principal
from roboflow_auth.images.models import Image, ImageStatus, Split
from roboflow_auth.images.services import add_image, replace_annotations
from roboflow_auth.projects.models import ProjectType
from roboflow_auth.projects.services import create_project
from roboflow_auth.web.demo.boards import draw_board
from roboflow_auth.web.demo.canvas import Drawing
from roboflow_auth.web.demo.chess import draw_chess
from roboflow_auth.web.demo.fruit import draw_table, draw_tomato
from roboflow_auth.web.demo.shelves import draw_shelves


@dataclass(frozen=True, slots=True)
class Plan:
    """A project to be made. The last `unannotated` of its `images` are left for people to annotate."""

    name: str
    project_type: ProjectType
    annotation: str
    license: str
    draw: Callable[[int], Drawing]
    images: int
    unannotated: int


SHELVES = Plan("Warehouse shelves", ProjectType.OBJECT_DETECTION, "goods", "CC BY 4.0", draw_shelves, 18, 6)
BOARDS = Plan("PCB defects", ProjectType.INSTANCE_SEGMENTATION, "defects", "Private", draw_board, 12, 2)
TOMATOES = Plan("Ripe or not", ProjectType.SINGLE_LABEL_CLASSIFICATION, "ripeness", "Public domain", draw_tomato, 12, 3)
CHESS = Plan("Chess from above", ProjectType.OBJECT_DETECTION, "pieces", "MIT", draw_chess, 6, 1)
KITCHEN = Plan("Kitchen table", ProjectType.OBJECT_DETECTION, "fruit", "Private", draw_table, 6, 1)

# By the number of the image. Only what was looked at and found good is in the dataset.
_SPLITS = (Split.TRAIN, Split.TRAIN, Split.TRAIN, Split.VALID, Split.TRAIN, Split.TEST)
_STATUSES = (ImageStatus.APPROVED, ImageStatus.APPROVED, ImageStatus.ANNOTATED, ImageStatus.APPROVED)
_REJECTED = 9


def make_project(principal: Principal, plan: Plan) -> list[Image]:
    """Make the project of `plan` in the principal's workspace and return its images, in the order of their numbers."""
    project_id = create_project(
        principal,
        name=plan.name,
        project_type=plan.project_type,
        annotation=plan.annotation,
        license=plan.license,
    ).id
    return [_make_image(principal, project_id, plan, number) for number in range(plan.images)]


def _make_image(principal: Principal, project_id: str, plan: Plan, number: int) -> Image:
    drawing = plan.draw(number)
    split = _SPLITS[number % len(_SPLITS)]
    added = add_image(
        principal, project_id, drawing.name, drawing.data, split=split, tags=drawing.tags, metadata=drawing.metadata
    )
    if number < plan.images - plan.unannotated:
        _annotate(principal, project_id, added.image.id, drawing, number)
    return Image.objects.get(public_id=added.image.id)


def _annotate(principal: Principal, project_id: str, image_id: str, drawing: Drawing, number: int) -> None:
    replace_annotations(principal, project_id, image_id, drawing.annotations)
    status = ImageStatus.REJECTED if number == _REJECTED else _STATUSES[number % len(_STATUSES)]
    Image.objects.filter(public_id=image_id).update(status=status, in_dataset=status == ImageStatus.APPROVED)
