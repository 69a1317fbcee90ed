"""The URL map."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from tests.oauth.journeys import signed_in


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/oauth/client/"])
def test_staff_sign_in_where_everybody_does(path: str) -> None:
    response = Browser().get(path, follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=")


def test_the_administration_is_for_staff_alone(bob: User, staff: User) -> None:
    assert signed_in(bob).get("/admin/", follow=True).status_code == 403
    assert signed_in(staff).get("/admin/").status_code == 200
