"""Each assertion proves its client once, and is remembered as long as it is good."""

from __future__ import annotations

import json
from datetime import timedelta

from django.core.cache import cache
from django.test import Client as Machine
from django.utils import timezone
from jwcrypto import jwk

from roboflow_auth.oauth.models import Client, UsedAssertion
from tests.clauses import clause
from tests.oauth.assertions import (
    ASSERTION_TYPE,
    KEY,
    OTHER_KEY,
    assert_proved,
    assert_refused,
    claims_of,
    make_key_client,
    present,
    sign,
)
from tests.oauth.journeys import post_form


@clause("P-C4.5")
def test_the_same_assertion_is_good_for_one_use(client: Client) -> None:
    assertion = sign(claims_of(client.client_id), KEY)
    assert_proved(present(assertion))
    for path in ("/oauth/token", "/oauth/revoke", "/oauth/introspect"):
        body = {"token": "x", "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
        assert_refused(post_form(Machine(), path, body))
    cache.clear()
    assert_refused(present(assertion))
    again = claims_of(client.client_id, jti=json.loads(jwk.base64url_decode(assertion.split(".")[1]))["jti"])
    assert_refused(present(sign({**again, "exp": again["exp"] + 5}, KEY)))


def test_two_clients_may_choose_the_same_jti(client: Client) -> None:
    other = make_key_client(OTHER_KEY)
    assert_proved(present(sign(claims_of(client.client_id, jti="1"), KEY)))
    assert_proved(present(sign(claims_of(other.client_id, jti="1"), OTHER_KEY)))


def test_assertions_that_are_over_are_forgotten_and_others_are_not(client: Client) -> None:
    assert_proved(present(sign(claims_of(client.client_id), KEY)))
    UsedAssertion.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assertion = sign(claims_of(client.client_id), KEY)
    cache.clear()
    assert_proved(present(assertion))
    assert UsedAssertion.objects.count() == 1
    cache.clear()
    assert_refused(present(assertion))
