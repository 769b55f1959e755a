"""Answers of remote services are read up to a size, whichever library asks."""

from __future__ import annotations

import gzip
import json
from functools import partial

import pytest
from flask import Flask

from bot.teams.signing_keys import Keys, KeysUnavailable
from notifiers.shared.bounded_http import MAX_ANSWER_BYTES, AnswerTooLarge, BoundedSession, SenselessAnswer
from notifiers.teams_bot.tokens import Tokens
from pages.oidc import IssuerAway, Oidc
from reviews.errors import TryLater
from runtime.web.issuer_client import BoundedApp
from tests.docspace.odd_portal import OddPortal
from tests.edge.loopback import Loopback, Reply, Request

LARGE = json.dumps({"access_token": "a", "expires_in": 3600, "name": "x" * MAX_ANSWER_BYTES}).encode()


def large(_request: Request) -> Reply:
    return Reply(200, LARGE)


def large_when_opened(_request: Request) -> Reply:
    return Reply(200, gzip.compress(LARGE), headers={"Content-Encoding": "gzip"})


@pytest.mark.parametrize("answer", [large, large_when_opened])
def test_an_answer_beyond_the_bound_is_none(answer: object) -> None:
    reply = large if answer is large else large_when_opened
    with Loopback(reply) as far, pytest.raises(AnswerTooLarge):
        BoundedSession().get(far.root, timeout=60)


def test_an_answer_within_it_is_as_it_was() -> None:
    def answer(_request: Request) -> Reply:
        body = gzip.compress(b'{"name": "Dana"}')
        return Reply(201, body, headers={"Content-Encoding": "gzip", "Retry-After": "7"})

    with Loopback(answer) as far:
        response = BoundedSession().get(far.root, timeout=60)

    assert (response.status_code, response.json(), response.headers["Retry-After"]) == (
        201,
        {"name": "Dana"},
        "7",
    )


def test_what_is_no_http_is_an_error_of_the_library(subtests: pytest.Subtests) -> None:
    """Its users catch `requests.RequestException` alone."""
    answers = {
        "address": b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n",
        "text": b"HTTP/1.1 302 Found\r\nLocation: http://\xff\xfe/\r\nContent-Length: 0\r\n\r\n",
        "chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\na",
    }
    for name, answer in answers.items():
        with (
            subtests.test(name),
            OddPortal(partial(list, (answer,))) as odd,
            BoundedSession() as session,
            pytest.raises(SenselessAnswer),
        ):
            session.get(odd.address, timeout=60, allow_redirects=False)


def test_a_token_of_a_megabyte_is_none() -> None:
    with Loopback(large) as far:
        tokens = Tokens(far.root, app_id="a", password="p", tenant="t")
        with pytest.raises(TryLater, match="AnswerTooLarge"):
            tokens.get()


def test_keys_of_a_megabyte_are_none() -> None:
    with Loopback(large) as far, pytest.raises(KeysUnavailable, match="AnswerTooLarge"):
        Keys(far.root).find("k")


def test_an_issuer_that_says_too_much_is_away() -> None:
    app = Flask(__name__)
    with Loopback(large) as far, app.test_request_context():
        oidc = Oidc(app, issuer=far.root, client_id="c", client_secret="s", client=BoundedApp)
        with pytest.raises(IssuerAway, match="AnswerTooLarge"):
            oidc.begin_sign_in("http://127.0.0.1/sign-in/callback", came_from="/")
