"""The app's configuration."""

from django.apps import AppConfig


class LabelingConfig(AppConfig):
    """Annotation jobs."""

    name = "roboflow_auth.labeling"
    label = "labeling"
