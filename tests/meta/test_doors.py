"""Every address of the web application is signed, asks for a token, or is public on purpose."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from runtime.settings.setting_kinds import SecretText
from runtime.settings.settings import parse_settings
from runtime.web.application import build_application
from runtime.web.demo_app import STAND_INS
from runtime.wiring.wiring import Wiring
from tests.runtime.open_doors import VALUES

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNED = {f"/ack/<token>{step}" for step in ("", "/code", "/proof", "/not-me", "/apart")} | {
    "/test/<token>",
    "/document/<token>",
}
SIGNED |= {"/inbox", "/inbox/answered", "/inbox/reviews/<review_id>", "/inbox/events", "/inbox/not-me"}
SIGNED |= {"/inbox/reviews/<review_id>/apart", "/inbox/away"}
SIGNED |= {"/slack/events", "/teams/messages", "/teams/command", "/sign-in/<token>", "/sign-in/callback"}
SIGNED |= {
    "/reviews",
    "/reviews.csv",
    "/reviews/<review_id>",
    "/reviews/<review_id>/receipt",
    "/reviews/sign-out",
}
SIGNED |= {
    "/campaigns",
    "/campaigns/<campaign_id>",
    "/campaigns/<campaign_id>/acknowledgements.csv",
}
SIGNED |= {"/reviews/sign-in/<token>", "/sign-in/to/<home>", "/sign-in/as-before"}
TOKEN = {"/metrics"}
# Opened anew they lead to the page, which asks who one is.
FORMS = {"/reviews/code", "/reviews/proof", "/inbox/code", "/inbox/proof"}
FORMS |= {"/campaigns/<campaign_id>/documents/<review_id>"}
PUBLIC = {"/", "/healthz", "/static/pages/<path:filename>"}


@pytest.fixture
def wiring(database_url: str) -> Iterator[Wiring]:
    wiring = Wiring(parse_settings({**VALUES, "database_url": database_url}))
    yield wiring
    wiring.engine.dispose()


def test_no_address_is_neither_signed_nor_declared_public(wiring: Wiring) -> None:
    app = build_application(wiring)

    assert {rule.rule for rule in app.url_map.iter_rules()} == SIGNED | TOKEN | FORMS | PUBLIC


@pytest.mark.parametrize("address", ["/docspace/webhook", *sorted((SIGNED | TOKEN) - {"/sign-in/callback"})])
def test_what_is_signed_refuses_what_is_not(wiring: Wiring, address: str) -> None:
    client = build_application(wiring).test_client()

    answers = [client.post(address, data=b"{}"), client.get(address)]

    assert {answer.status_code for answer in answers} <= {400, 401, 404, 405, 410}


@pytest.mark.parametrize("address", sorted(FORMS))
def test_a_form_that_brings_no_token_is_refused(wiring: Wiring, address: str) -> None:
    client = build_application(wiring).test_client()

    assert client.post(address, data=b"{}").status_code == 400
    assert client.get(address, follow_redirects=True).status_code == 401


def test_without_a_token_there_are_no_metrics(wiring: Wiring) -> None:
    without = replace(wiring.settings, metrics_token=SecretText())

    client = build_application(Wiring(without)).test_client()

    answers = [client.get("/metrics", headers=headers) for headers in ({}, {"Authorization": "Bearer "})]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_the_links_of_the_demo_are_in_the_demo_alone(wiring: Wiring) -> None:
    usual, demo = build_application(wiring), build_application(wiring, demo_people=STAND_INS)

    added = {rule.rule for rule in demo.url_map.iter_rules()} - {
        rule.rule for rule in usual.url_map.iter_rules()
    }
    assert added == {"/demo/as/<token>"}


def test_health_names_each_part(wiring: Wiring) -> None:
    answer = build_application(wiring).test_client().get("/healthz")

    assert answer.status_code == 503
    assert {name: part["state"] for name, part in answer.get_json()["parts"].items()} == {
        "database": "ok",
        "migrations": "ok",
        "worker": "broken",
        "backlog": "ok",
        "dead_letters": "ok",
        "channels": "ok",
        "ledger": "ok",
        "webhook": "unknown",
        "mail": "unknown",
        "completeness": "late",
    }
