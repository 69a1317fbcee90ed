"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LabelingConfig(AppConfig):
    """Annotation jobs."""

    name = "roboflow_auth.labeling"
    label = "labeling"
    verbose_name = _("Labeling")
