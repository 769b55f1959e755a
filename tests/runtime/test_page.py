"""Whether there is an acknowledge page, and what the web part refuses to start without."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from flask import request
from werkzeug.security import check_password_hash, generate_password_hash

from reviews.people.stored_proofs import CodeDigests
from reviews.ports.people import MailedCode
from runtime.settings.settings import UnusableSettings, parse_settings
from runtime.web.application import build_application
from runtime.wiring.pages import build_codes
from runtime.wiring.wiring import Wiring
from tests.journeys.processes import eventually
from tests.keys import SECRET_KEY
from tests.reviews.samples import START

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flask import Flask

    from tests.databases import SqliteDatabases

CONSOLE = '[[route]]\nname = "audit"\nwatch = ["1"]\nowners = ["o@company.com"]\nnotify = ["console"]\n'
LINK = f'{CONSOLE}identity = "link"\nsegregation_of_duties = "off"\n'
SLACK = CONSOLE.replace("console", "slack:C1")
LADDER = f'{SLACK}due = "8h"\nladder = [{{after = "50%", do = "escalate", to = "apprise:boss"}}]\n'
KEY = {"secret_key": SECRET_KEY}
MAIL = {"smtp_url": "smtps://user:hunter2@mail.company.com", "mail_from": "reviews@company.com"}
OIDC = {
    "oidc_issuer": "https://issuer.company.com",
    "oidc_client_id": "reviews",
    "oidc_client_secret": "hunter2",
}
ENTRA = {**OIDC, "oidc_issuer": "https://login.microsoftonline.com/common/v2.0"}


def start(folder: Path, routes: str, settings: Mapping[str, str]) -> Flask:
    values = {
        "database_url": f"sqlite:///{folder / 'page.db'}",
        "docspace_webhook_secret": "Compl1ance!",
        "slack_bot_token": "xoxb-1",
        "slack_signing_secret": "s",
        "routes": routes,
    }
    return build_application(Wiring(parse_settings({**values, **settings})))


def pages(app: Flask) -> set[str]:
    """Return the page's addresses that there are, without what stands beneath /static."""
    rules = {rule.rule.replace("<token>", "T") for rule in app.url_map.iter_rules()}
    return {rule for rule in rules if rule.startswith(("/ack", "/sign-in"))}


@pytest.mark.parametrize(
    ("routes", "settings", "expected"),
    [
        (SLACK, {}, set()),
        (SLACK, KEY, {"/ack/T", "/ack/T/apart", "/ack/T/not-me"}),
        (LINK, KEY, {"/ack/T", "/ack/T/apart", "/ack/T/not-me"}),
        (CONSOLE, KEY | MAIL, {"/ack/T", "/ack/T/apart", "/ack/T/not-me", "/ack/T/code", "/ack/T/proof"}),
        (
            CONSOLE,
            KEY | OIDC,
            {"/ack/T", "/ack/T/apart", "/ack/T/not-me"}
            | {"/sign-in/T", "/sign-in/callback", "/sign-in/to/<home>", "/sign-in/as-before"},
        ),
    ],
    ids=["chat alone", "chat with a key", "the link suffices", "mailed codes", "sign-in"],
)
def test_there_is_a_page_where_cards_lead_to_it_with_the_ways_that_are_set_up(
    tmp_path: Path, routes: str, settings: Mapping[str, str], expected: set[str]
) -> None:
    assert pages(start(tmp_path, routes, settings)) == expected


@pytest.mark.parametrize(
    ("routes", "settings", "says"),
    [
        (CONSOLE, KEY, ("'audit'", "console", "OIDC_ISSUER", "SMTP_URL", 'identity = "link"')),
        (f"{LINK}{CONSOLE.replace('audit', 'other').replace('1', '2')}", KEY, ("'other'",)),
        (LADDER, KEY, ("'audit'", "apprise:boss")),
        (LINK, {}, ("SECRET_KEY is empty",)),
        (CONSOLE, MAIL, ("SECRET_KEY is empty",)),
        (LINK, KEY | {"smtp_url": MAIL["smtp_url"]}, ("MAIL_FROM is empty", "SMTP_URL")),
        (LINK, KEY | MAIL | {"smtp_url": "smtp://u:hunter2@h?tls=none"}, ("SMTP_URL says tls=none",)),
        (LINK, KEY | MAIL | {"mail_from": "hunter2"}, ("MAIL_FROM must be",)),
        (SLACK, {"oidc_issuer": OIDC["oidc_issuer"]}, ("OIDC_CLIENT_ID is empty", "OIDC_ISSUER is set")),
        (LINK, KEY | OIDC | {"oidc_client_secret": ""}, ("OIDC_CLIENT_SECRET is empty",)),
        (LINK, KEY | {"oidc_client_secret": "hunter2"}, ("OIDC_ISSUER is empty",)),
        (CONSOLE, KEY | ENTRA, ("OIDC_ISSUER must name your own tenant",)),
    ],
    ids=[
        "no proof", "no proof on one route", "no proof for a ladder",
        "no key for the link", "no key for codes", "no sender",
        "mail in the clear", "no address", "an issuer alone", "no client secret", "a secret alone",
        "all tenants",
    ],
)  # fmt: skip
def test_a_page_without_a_way_to_sign_in_is_refused_at_the_start(
    tmp_path: Path, routes: str, settings: Mapping[str, str], says: tuple[str, ...]
) -> None:
    with pytest.raises(UnusableSettings) as caught:
        start(tmp_path, routes, settings)

    assert [word for word in says if word not in str(caught.value)] == []
    assert "\n" not in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "secure"), [("https://review.company.com", True), ("http://127.0.0.1:3000", False)]
)
def test_the_session_goes_over_https_alone_where_there_is_https(
    tmp_path: Path, address: str, *, secure: bool
) -> None:
    app = start(tmp_path, LINK, {**KEY, "public_url": address})

    assert app.config["SESSION_COOKIE_SECURE"] is secure


FORWARDED = {"X-Forwarded-For": "203.0.113.9, 192.0.2.7"}


@pytest.mark.parametrize(
    ("settings", "sender"),
    [
        ({}, "127.0.0.1"),
        ({"trusted_proxies": "0", "dyno": "web.1"}, "127.0.0.1"),
        ({"trusted_proxies": "1"}, "192.0.2.7"),
        ({"dyno": "web.1"}, "192.0.2.7"),
        ({"trusted_proxies": "2"}, "203.0.113.9"),
        ({"trusted_proxies": "3"}, "127.0.0.1"),
    ],
    ids=["no proxy", "none on Heroku", "one", "Heroku's router", "two", "more than have spoken"],
)
def test_who_sends_is_what_the_trusted_proxies_say_and_no_header_before_them(
    tmp_path: Path, settings: Mapping[str, str], sender: str
) -> None:
    app = start(tmp_path, LINK, {**KEY, "database_url": "postgresql://nobody@127.0.0.1:1/none", **settings})
    app.add_url_rule("/sender", view_func=lambda: str(request.remote_addr))

    assert app.test_client().get("/sender", headers=FORWARDED).text == sender


def test_the_health_says_whether_mail_can_be_sent_where_codes_are_mailed(
    tmp_path: Path, sqlite_databases: SqliteDatabases
) -> None:
    database = {"database_url": sqlite_databases.new()}

    def parts(more: Mapping[str, str]) -> dict[str, Any]:
        """Return what is said, once the database has answered in time."""
        client = start(tmp_path, LINK, {**KEY, **database, **more}).test_client()

        def read_parts() -> dict[str, Any] | None:
            health: dict[str, Any] = client.get("/healthz").get_json()["parts"]
            return health if "worker" in health else None

        return eventually(read_parts)

    with_mail, without = parts(MAIL), parts({})

    assert (with_mail["mail"]["state"], "mail" in without) == ("unknown", False)


@pytest.mark.parametrize(
    ("secret_key", "expected"),
    [(SECRET_KEY, True), (SECRET_KEY[::-1], False)],
    ids=["the key", "another key"],
)
def test_what_is_stored_of_a_code_is_made_with_the_secret_key(
    tmp_path: Path, secret_key: str, *, expected: bool
) -> None:
    values = {"database_url": f"sqlite:///{tmp_path / 'page.db'}", "routes": CONSOLE, **KEY, **MAIL}
    wiring = Wiring(parse_settings(values))
    codes = build_codes(wiring, lambda _line, _job: True)
    assert codes
    row = MailedCode(id="1", browser="b", email="o@company.com", digest="", sent_at=START, good_until=START)

    digests = CodeDigests(
        secret_key=secret_key, compute_hash=generate_password_hash, verify_hash=check_password_hash
    )

    stored = replace(row, digest=digests.make(row, "12345678"))

    assert codes.digests.is_match(stored, "12345678") is expected
