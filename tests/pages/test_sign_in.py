"""Sign-in at a real local issuer: the way there and back, and for how long it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from flask import session

from pages import proven
from pages.oidc import CONSUMERS, why_not
from reviews.model import Identity
from tests.edge.oidc_issuer import TENANT, OidcIssuer
from tests.pages.browser import Browser, assert_refused

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


def test_whoever_signs_in_comes_back_to_the_page_and_is_known(desk: Desk, issuer: OidcIssuer) -> None:
    browser = Browser(desk, issuer)

    answer = browser.sign_in()

    assert (answer.status_code, answer.headers["Location"]) == (303, browser.page)
    who = browser.proven()
    assert who is not None
    assert (who.identity, who.name, who.email) == (Identity.OIDC, "Dana Ozola", "owner@example.com")
    assert who.proof == {
        "issuer": issuer.issuer,
        "subject": "4711",
        "signed_in_at": desk.clock().isoformat(timespec="seconds"),
    }


def test_an_issuer_may_change_its_key(desk: Desk, issuer: OidcIssuer) -> None:
    browser = Browser(desk, issuer)
    browser.sign_in()
    issuer.rotate()

    assert browser.sign_in().status_code == 303


def test_whoever_changes_their_mind_is_not_signed_in(desk: Desk, issuer: OidcIssuer) -> None:
    issuer.refuses = "access_denied"
    browser = Browser(desk, issuer)

    assert_refused(browser, browser.sign_in(), 403)


def test_a_wrong_client_secret_signs_nobody_in(desk: Desk, issuer: OidcIssuer) -> None:
    browser = Browser(desk, issuer, client_secret="another-secret")

    assert_refused(browser, browser.sign_in(), 403)


def test_a_browser_that_was_not_sent_is_not_signed_in(desk: Desk, issuer: OidcIssuer) -> None:
    sent, other = Browser(desk, issuer), Browser(desk, issuer)
    back = sent.back_from(sent.leave())

    answers = [other.client.get(back), other.client.get("/sign-in/callback"), sent.client.get(f"{back}x")]

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert other.proven() is None
    assert sent.client.get(back).status_code == 303


def test_nobody_is_signed_in_twice_with_one_word_of_the_issuer(desk: Desk, issuer: OidcIssuer) -> None:
    browser = Browser(desk, issuer)
    back = browser.back_from(browser.leave())
    browser.client.get(back)

    assert browser.client.get(back).status_code == 400


def test_a_browser_may_have_begun_several_sign_ins(desk: Desk, issuer: OidcIssuer) -> None:
    browser = Browser(desk, issuer)
    begun = [browser.back_from(browser.leave()) for _ in range(6)]

    answers = [browser.client.get(back).status_code for back in begun]

    assert answers == [400, 400, 400, 303, 303, 303]


@pytest.mark.parametrize("page", ["discovery", "token", "keys"])
def test_an_issuer_that_is_down_is_said_so_and_works_afterwards(
    desk: Desk, issuer: OidcIssuer, page: str
) -> None:
    browser = Browser(desk, issuer)
    issuer.down = {page}
    answer = browser.client.get(f"/sign-in/{browser.token}") if page == "discovery" else browser.sign_in()
    issuer.down = set()

    assert_refused(browser, answer, 503)
    assert "Try again" in answer.text
    assert browser.sign_in().status_code == 303


@pytest.mark.parametrize("told", ["https://evil.example.com", "", None, ["x"]])
def test_an_issuer_with_another_name_is_not_trusted(desk: Desk, issuer: OidcIssuer, told: Any) -> None:
    browser = Browser(desk, issuer)
    issuer.tells_issuer = told

    answer = browser.client.get(f"/sign-in/{browser.token}")

    assert_refused(browser, answer, 503)


def test_nobody_is_known_for_longer_than_half_an_hour(desk: Desk, issuer: OidcIssuer) -> None:
    browser = Browser(desk, issuer)
    browser.sign_in()

    desk.clock.advance(minutes=29)
    still = browser.proven()
    desk.clock.advance(minutes=2)

    assert still is not None
    assert browser.proven() is None


def test_a_link_that_is_not_ours_begins_no_sign_in(desk: Desk, issuer: OidcIssuer) -> None:
    browser = Browser(desk, issuer)

    answer = browser.client.get("/sign-in/somewhere-else")

    assert (answer.status_code, "Location" in answer.headers) == (404, False)


@pytest.mark.parametrize(
    ("issuer", "usable"),
    [
        (f"https://login.microsoftonline.com/{TENANT}/v2.0", True),
        ("https://login.microsoftonline.com/common/v2.0", False),
        ("https://login.microsoftonline.com/organizations/v2.0", False),
        ("https://login.microsoftonline.com/contoso.onmicrosoft.com/v2.0", False),
        (f"https://login.microsoftonline.com/{TENANT}", False),
        (f"https://login.microsoftonline.com/{TENANT.upper()}/v2.0", False),
        (f"https://login.microsoftonline.com/{CONSUMERS}/v2.0", False),
        ("https://keycloak.example.com/realms/acme", True),
        ("http://keycloak.example.com/realms/acme", False),
        ("http://127.0.0.1:8080/realms/acme", True),
    ],
)
def test_an_issuer_whose_word_anybody_could_get_is_no_issuer(issuer: str, *, usable: bool) -> None:
    assert (why_not(issuer) is None) == usable


def test_whoever_is_somebody_else_may_choose_an_account(desk: Desk, issuer: OidcIssuer) -> None:
    browser = Browser(desk, issuer)
    browser.sign_in()
    with browser.client.session_transaction() as kept, browser.app.test_request_context():
        session.update(kept)
        proven.forget()
        kept.clear()
        kept.update(session)

    first, second = browser.leave(), browser.leave()

    assert ("prompt=select_account" in first, "prompt" in second) == (True, False)
    assert browser.proven() is None


def test_a_session_of_another_release_is_nobodys(desk: Desk, issuer: OidcIssuer) -> None:
    browser = Browser(desk, issuer)
    browser.sign_in()
    with browser.client.session_transaction() as kept:
        kept["proven"] = {**kept["proven"], "unheard_of": 1}

    assert browser.proven() is None
