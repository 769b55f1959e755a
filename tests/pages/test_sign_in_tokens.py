"""What an issuer's token proves, and of whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.edge.bot_issuer import key_number
from tests.edge.oidc_issuer import CLIENT_ID, CLIENT_SECRET, HOUR, TENANT, Claims, OidcIssuer
from tests.pages.browser import Browser, assert_refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.reviews.desk import Desk


def test_entra_vouches_for_the_user_name_of_its_tenant(desk: Desk, entra: OidcIssuer) -> None:
    entra.person["email"] = "somebody.else@example.com"
    browser = Browser(desk, entra)

    browser.sign_in()

    who = browser.proven()
    assert who is not None
    assert who.email == "owner@example.com"
    assert (who.proof["tenant"], who.proof["object"]) == (TENANT, entra.person["oid"])


@pytest.mark.parametrize("tenant", [None, "11111111-4c5d-4a58-9d55-0a5e6c1f9b10", 17])
def test_a_token_of_another_tenant_proves_nothing(desk: Desk, entra: OidcIssuer, tenant: object) -> None:
    entra.person["tid"] = tenant
    browser = Browser(desk, entra)

    assert_refused(browser, browser.sign_in(), 403)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda claims: claims.update(exp=claims["iat"] - HOUR), id="expired"),
        pytest.param(lambda claims: claims.update(aud="another-app"), id="another audience"),
        pytest.param(lambda claims: claims.update(aud="another-app", azp=CLIENT_ID), id="audience by azp"),
        pytest.param(lambda claims: claims.update(aud=[CLIENT_ID, "another-app"]), id="two audiences"),
        pytest.param(lambda claims: claims.update(azp="another-app"), id="another party"),
        pytest.param(lambda claims: claims.update(nonce="an-older-one"), id="another nonce"),
        pytest.param(lambda claims: claims.pop("nonce"), id="no nonce"),
        pytest.param(lambda claims: claims.update(nonce_supported=False, nonce=""), id="nonce declared away"),
        pytest.param(lambda claims: claims.update(iss="https://evil.example.com"), id="another issuer"),
        pytest.param(lambda claims: claims.update(iat=claims["iat"] + HOUR), id="from the future"),
        pytest.param(lambda claims: claims.update(nbf=claims["iat"] + HOUR), id="not yet valid"),
        *(
            pytest.param(lambda claims, name=name: claims.pop(name), id=f"no {name}")
            for name in ("iss", "aud", "exp", "iat", "sub")
        ),
    ],
)
def test_a_token_that_is_not_about_this_sign_in_proves_nothing(
    desk: Desk, issuer: OidcIssuer, spoil: Callable[[Claims], object]
) -> None:
    issuer.spoil = spoil
    browser = Browser(desk, issuer)

    assert_refused(browser, browser.sign_in(), 403)


def test_a_token_that_names_us_among_others_counts_if_it_was_made_for_us(
    desk: Desk, issuer: OidcIssuer
) -> None:
    issuer.spoil = lambda claims: claims.update(aud=[CLIENT_ID, "another-app"], azp=CLIENT_ID)
    browser = Browser(desk, issuer)

    assert browser.sign_in().status_code == 303


def _by_another_key(claims: Claims, issuer: OidcIssuer) -> str:
    return issuer.signed(claims, key=key_number(99))


@pytest.mark.parametrize(
    "sign",
    [
        pytest.param(lambda claims, issuer: issuer.signed(claims, key="", alg="none"), id="unsigned"),
        pytest.param(
            lambda claims, issuer: issuer.signed(claims, key=CLIENT_SECRET, alg="HS256"), id="by our secret"
        ),
        pytest.param(_by_another_key, id="by another key"),
        pytest.param(lambda claims, issuer: issuer.signed(claims, kid="unheard-of"), id="unknown key"),
        pytest.param(lambda claims, issuer: issuer.signed(claims)[:-8] + "AAAAAAAA", id="changed"),
        pytest.param(lambda _claims, _issuer: "no token at all", id="garbage"),
        pytest.param(lambda _claims, _issuer: "", id="nothing"),
    ],
)
def test_a_token_that_the_issuer_did_not_sign_proves_nothing(
    desk: Desk, issuer: OidcIssuer, sign: Callable[[Claims, OidcIssuer], str]
) -> None:
    issuer.algorithms = ["RS256", "HS256", "none"]  # whatever it says of itself
    issuer.sign = lambda claims: sign(claims, issuer)
    browser = Browser(desk, issuer)

    assert_refused(browser, browser.sign_in(), 403)


@pytest.mark.parametrize(
    "person",
    [
        {"email": None},
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"email": "two addresses@example.com"},
        {"email": "owner@example.\u212aom"},
        {"email": ["owner@example.com"]},
        {"email": None, "preferred_username": "owner@example.com"},
    ],
    ids=str,
)
def test_an_address_that_the_issuer_has_not_verified_is_none(
    desk: Desk, issuer: OidcIssuer, person: Claims
) -> None:
    issuer.person |= person
    browser = Browser(desk, issuer)

    answer = browser.sign_in()

    assert_refused(browser, answer, 403)
    assert "no verified e-mail address" in answer.text


@pytest.mark.parametrize("says", [{}, {"access_token": "a", "token_type": "Bearer"}, {"error": "no"}, [], 7])
def test_an_issuer_without_a_word_on_the_person_proves_nothing(
    desk: Desk, issuer: OidcIssuer, says: Any
) -> None:
    issuer.says = says
    browser = Browser(desk, issuer)

    assert_refused(browser, browser.sign_in(), 403)


def test_the_form_of_entras_names_makes_no_other_issuer_entra(desk: Desk, entra: OidcIssuer) -> None:
    browser = Browser(desk, entra, entra_hosts=())

    assert_refused(browser, browser.sign_in(), 403)
