"""Forms of a workspace's pages: who is invited, roles, its name, a new one, and what is typed to delete one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from roboflow_auth.access.vocabulary import Action
from roboflow_auth.workspaces.models import Membership
from roboflow_auth.workspaces.roles import RoleView

_CHOOSE = [("", _("Choose…"))]


class InvitationForm(forms.Form):
    """Whom to ask in, and as what."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, roles: Iterable[RoleView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [*_CHOOSE, *((role.slug, role.label) for role in roles)]  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """A role's name and what it allows."""

    name = forms.CharField(label=_("Name"), max_length=60)
    actions = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, choosable: Iterable[Action], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["actions"].choices = [(action.value, action.value) for action in choosable]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[Action]:
        """What is chosen, once the form is valid."""
        return [Action(value) for value in self.cleaned_data["actions"]]

    @property
    def ticked(self) -> frozenset[str]:
        """What the boxes show."""
        return frozenset(self["actions"].value() or ())


class WorkspaceForm(forms.Form):
    """A workspace's name."""

    name = forms.CharField(label=_("Name"), max_length=120)


class TransferForm(forms.Form):
    """Who owns the workspace from now on."""

    member = forms.ChoiceField(label=_("New owner"))

    def __init__(self, *args: Any, heirs: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(heir.pk), f"{heir.user.get_full_name()} · {heir.user.email}") for heir in heirs]
        self.fields["member"].choices = [*_CHOOSE, *people]  # type: ignore[attr-defined]


class DeletionForm(forms.Form):
    """The workspace's slug, typed by hand."""

    slug = forms.CharField(label=_("Name in addresses"), max_length=64)

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._expected = expected
        self.fields["slug"].widget.attrs = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}

    def clean_slug(self) -> str:
        """Refuse anything but the slug of the workspace at hand."""
        typed = str(self.cleaned_data["slug"])
        if typed != self._expected:
            raise forms.ValidationError(_("This is not what the workspace is called in addresses."))
        return typed
