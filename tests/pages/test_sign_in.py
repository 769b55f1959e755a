"""Sign-in at a real local issuer: the way there and back, and for how long it counts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from pages import proven_identity
from pages.oidc import CONSUMER_TENANT, choose_prompt, explain_bad_issuer
from reviews.identity import Identity
from tests.edge.oidc_issuer import SAM, TENANT, OidcIssuer, Prompts
from tests.pages.browser import Browser, assert_refused

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


def test_someone_who_signs_in_comes_back_to_the_page_and_is_known(desk: Desk, issuer: OidcIssuer) -> None:
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


def test_someone_who_changes_their_mind_is_not_signed_in(desk: Desk, issuer: OidcIssuer) -> None:
    issuer.refuses = "access_denied"
    browser = Browser(desk, issuer)

    assert_refused(browser, browser.sign_in(), 403)


def test_a_wrong_client_secret_signs_no_one_in(desk: Desk, issuer: OidcIssuer) -> None:
    browser = Browser(desk, issuer, client_secret="another-secret")

    assert_refused(browser, browser.sign_in(), 403)


def test_a_browser_that_was_not_sent_is_not_signed_in(desk: Desk, issuer: OidcIssuer) -> None:
    sent, other = Browser(desk, issuer), Browser(desk, issuer)
    back = sent.back_from(sent.leave())

    answers = [other.client.get(back), other.client.get("/sign-in/callback"), sent.client.get(f"{back}x")]

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert other.proven() is None
    assert sent.client.get(back).status_code == 303


def test_no_one_is_signed_in_twice_with_one_word_of_the_issuer(desk: Desk, issuer: OidcIssuer) -> None:
    browser = Browser(desk, issuer)
    back = browser.back_from(browser.leave())
    browser.client.get(back)

    assert browser.client.get(back).status_code == 400


def test_a_browser_may_have_started_several_sign_ins(desk: Desk, issuer: OidcIssuer) -> None:
    browser = Browser(desk, issuer)
    returns = [browser.back_from(browser.leave()) for _ in range(6)]

    answers = [browser.client.get(back).status_code for back in returns]

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


@pytest.mark.parametrize("metadata", ["https://evil.example.com", "", None, ["x"]])
def test_an_issuer_with_another_name_is_not_trusted(desk: Desk, issuer: OidcIssuer, metadata: Any) -> None:
    browser = Browser(desk, issuer)
    issuer.tells_issuer = metadata

    answer = browser.client.get(f"/sign-in/{browser.token}")

    assert_refused(browser, answer, 503)


def test_no_one_is_known_for_longer_than_half_an_hour(desk: Desk, issuer: OidcIssuer) -> None:
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
        (f"https://login.microsoftonline.com/{CONSUMER_TENANT}/v2.0", False),
        ("https://keycloak.example.com/realms/acme", True),
        ("http://keycloak.example.com/realms/acme", False),
        ("http://127.0.0.1:8080/realms/acme", True),
    ],
)
def test_an_issuer_whose_word_anyone_could_get_is_no_issuer(issuer: str, *, usable: bool) -> None:
    assert (explain_bad_issuer(issuer) is None) == usable


@pytest.mark.parametrize(
    ("prompts", "asked"),
    [
        (Prompts.ALL_LISTED, "prompt=select_account"),
        (Prompts.LOGIN_LISTED, "prompt=login"),
        (Prompts.LOGIN_REFUSES, "prompt=login"),
        (Prompts.LOGIN_IGNORES, "prompt=login"),
    ],
)
def test_another_person_is_asked_who_they_are_until_they_are_known(
    desk: Desk, issuer: OidcIssuer, prompts: Prompts, asked: str
) -> None:
    issuer.prompts, issuer.other = prompts, SAM
    browser = Browser(desk, issuer)
    browser.sign_in()
    browser.deny()

    first, second = browser.leave(), browser.leave()
    unproven = browser.proven()
    browser.client.get(browser.back_from(second))
    person = browser.proven()

    assert (asked in first, asked in second, unproven) == (True, True, None)
    assert person is not None
    assert person.email == "deputy@example.com"
    assert "prompt" not in browser.leave()


@pytest.mark.parametrize("prompts", [Prompts.NONE_IGNORES, Prompts.LOGIN_IGNORES])
def test_someone_who_is_signed_in_as_the_same_person_again_is_told_so_and_not_taken_for_them(
    desk: Desk, issuer: OidcIssuer, prompts: Prompts
) -> None:
    issuer.prompts, issuer.ends_at = prompts, f"{issuer.root}/end?x=1"
    browser = Browser(desk, issuer)
    browser.sign_in()
    browser.deny()

    again = browser.sign_in()
    unproven = browser.proven()
    still = browser.sign_in()
    issuer.person = SAM
    other = browser.sign_in()

    assert (again.status_code, still.status_code, other.status_code, unproven) == (409, 409, 303, None)
    assert "the sign-in service returned the same account" in again.text
    assert f'href="{issuer.root}/end?x=1&amp;client_id=docspace-review"' in again.text
    assert f'href="/sign-in/{browser.token}"' in again.text
    person = browser.proven()
    assert person is not None
    assert person.email == "deputy@example.com"


def test_someone_who_is_that_person_after_all_says_so(desk: Desk, issuer: OidcIssuer) -> None:
    browser = Browser(desk, issuer)
    browser.sign_in()
    browser.deny()
    form = re.findall(r'name="csrf_token" value="([^"]+)"', browser.sign_in().text)

    without = browser.client.post("/sign-in/as-before")
    unproven = browser.proven()
    answer = browser.client.post("/sign-in/as-before", data={"csrf_token": form[0]})
    twice = browser.client.post("/sign-in/as-before", data={"csrf_token": form[0]})

    assert (without.status_code, unproven) == (400, None)
    assert (answer.status_code, answer.headers["Location"], twice.status_code) == (303, browser.page, 400)
    person = browser.proven()
    assert person is not None
    assert person.email == "owner@example.com"
    assert "prompt" not in browser.leave()


def test_signing_out_in_another_tab_does_not_take_back_not_you(desk: Desk, issuer: OidcIssuer) -> None:
    browser = Browser(desk, issuer)
    browser.sign_in()
    who = browser.proven()
    assert who is not None

    with browser.app.test_request_context():
        proven_identity.remember_person(who, at=desk.clock())
        proven_identity.deny_person()
        proven_identity.forget_person()
        other_person_request = proven_identity.get_other_person_request()

    assert other_person_request is not None
    assert other_person_request.is_excluded(who)


def test_an_issuer_that_refuses_to_ask_is_not_asked_to_again(desk: Desk, issuer: OidcIssuer) -> None:
    issuer.prompts = Prompts.NONE_REFUSES
    browser = Browser(desk, issuer)
    browser.sign_in()
    browser.deny()

    refused, again = browser.sign_in(), browser.sign_in()

    assert (refused.status_code, again.status_code) == (403, 409)
    assert browser.proven() is None


def test_someone_who_changes_their_mind_is_asked_who_they_are_the_next_time_too(
    desk: Desk, issuer: OidcIssuer
) -> None:
    browser = Browser(desk, issuer)
    browser.sign_in()
    browser.deny()
    issuer.refuses = "access_denied"
    browser.sign_in()

    assert "prompt=login" in browser.leave()


def test_an_entra_tenant_lets_people_choose_and_says_nothing_of_it(desk: Desk, entra: OidcIssuer) -> None:
    entra.prompts = Prompts.LOGIN_IGNORES
    browser = Browser(desk, entra)
    browser.sign_in()
    browser.deny()

    assert "prompt=select_account" in browser.leave()


@pytest.mark.parametrize("prompts", ["select_account", {"select_account": 1}, 5, None])
def test_what_is_no_list_of_prompts_says_nothing(prompts: object) -> None:
    assert [choose_prompt(prompts, has_account_chooser=lets) for lets in (False, True)] == [
        "login",
        "select_account",
    ]


def test_a_session_of_another_release_is_refused(desk: Desk, issuer: OidcIssuer) -> None:
    browser = Browser(desk, issuer)
    browser.sign_in()
    with browser.client.session_transaction() as session:
        session["proven"] = {**session["proven"], "unheard_of": 1}

    assert browser.proven() is None
