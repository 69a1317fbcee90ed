"""Connected apps that an enterprise granted: the person sees them with the others, by whom they were granted."""

from __future__ import annotations

from roboflow_auth.accounts.models import User
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.enterprises import make_enterprise
from tests.oauth.exchanges import is_live
from tests.oauth.journeys import signed_in
from tests.web.people import send, text_of


@clause("P-T6.6")
def test_the_card_says_who_granted_it(alice: User, acme: Workspace) -> None:
    enterprise = make_enterprise(acme, name="Acme Corporation")
    token = enterprise.token()
    browser = signed_in(alice)
    text = text_of(browser.get("/connections"))
    assert "Granted by Acme Corporation" in text
    assert "Acme Corporation may grant it again without asking you" in text
    connection = enterprise.issuer.connections.get()
    send(browser, "/connections", f"/connections/{connection.pk}/disconnect")
    assert not is_live(token)


def test_other_cards_say_nothing_of_it(alice: User, acme: Workspace) -> None:
    builders.make_connection(alice, acme)
    text = text_of(signed_in(alice).get("/connections"))
    assert "Granted by" not in text
    assert "it has to ask you anew" in text
