"""The links by which visitors of the demo play its people: signed, for these people, for ten minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from pages.demo_sign_in import LINK_LIFETIME, DemoSignInLinks
from pages.links import Links
from reviews.cards.card_drawing import draw_card
from runtime.settings.settings import UnusableSettings, parse_settings
from runtime.web.demo_app import STAND_INS as PLAYED
from runtime.web.demo_app import require_stand_in
from tests.keys import SECRET_KEY
from tests.pages.inboxes import PEOPLE, STRANGER, inbox_routes, open_inbox
from tests.pages.visitor import ADDRESS
from tests.reviews.samples import OWNER, review

if TYPE_CHECKING:
    from tests.pages.inboxes import InboxApplication
    from tests.reviews.desk import Desk

HERE = {
    "host": "127.0.0.1",
    "public_url": "http://127.0.0.1:3000",
    "docspace_api_host": "http://127.0.0.1:4000",
}


class Earlier(TimestampSigner):
    """Signs as of a while ago."""

    def get_timestamp(self) -> int:
        return super().get_timestamp() - int(LINK_LIFETIME.total_seconds()) - 1


@pytest.fixture
def inbox(desk: Desk) -> InboxApplication:
    desk.follow(inbox_routes())
    return open_inbox(desk)


@pytest.mark.parametrize("email", [who.email for who in PEOPLE])
def test_a_link_lets_its_person_in(inbox: InboxApplication, email: str) -> None:
    signed_out = inbox.visitor(None)

    entered = signed_out.get(inbox.stand_ins.build_path(email))

    assert (entered.status_code, entered.location) == (303, "/inbox")
    [who] = [who.name for who in PEOPLE if who.email == email]
    assert f"<bdi>{who}</bdi>" in signed_out.inbox()


def test_the_sign_in_page_has_a_fresh_link_for_each_of_them(inbox: InboxApplication) -> None:
    page = inbox.visitor(None).inbox()

    assert page.count('href="/demo/as/') == len(PEOPLE)
    assert "This is a demo" in page


def changed(token: str) -> str:
    return ("A" if token[0] != "A" else "B") + token[1:]


@pytest.mark.parametrize(
    "forged",
    [
        "nonsense",
        DemoSignInLinks("another-key", PEOPLE).build_path(OWNER).rpartition("/")[2],
        changed(DemoSignInLinks(SECRET_KEY, PEOPLE).build_path(OWNER).rpartition("/")[2]),
        DemoSignInLinks(SECRET_KEY, PEOPLE).build_path("somebody.else@example.com").rpartition("/")[2],
        Links(SECRET_KEY, ADDRESS).make_address(draw_card(review())).rpartition("/")[2],
    ],
    ids=["no token", "another key", "changed", "of nobody who is played", "of a card"],
)
def test_another_link_lets_no_one_in(inbox: InboxApplication, forged: str) -> None:
    signed_out = inbox.visitor(None)

    refused = signed_out.get(f"/demo/as/{forged}")

    assert refused.status_code == 404
    assert "is no longer valid" in refused.text
    assert signed_out.get("/inbox").status_code == 401


def test_an_old_link_lets_no_one_in(inbox: InboxApplication) -> None:
    old = URLSafeTimedSerializer(SECRET_KEY, salt="demo sign-in", signer=Earlier).dumps(OWNER)

    assert inbox.visitor(None).get(f"/demo/as/{old}").status_code == 404


def test_the_demo_lets_in_the_people_of_its_portal() -> None:
    assert [who.name for who in PLAYED] == ["Olga Owner", "Alice Moreau", "Bob Chen"]
    assert STRANGER not in {who.email for who in PLAYED}


def test_the_demo_starts_on_this_machine() -> None:
    require_stand_in(parse_settings(HERE))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("host", "0.0.0.0"),  # noqa: S104 - which is refused
        ("public_url", "https://reviews.example.com"),
        ("docspace_api_host", "https://acme.onlyoffice.com"),
        ("docspace_api_host", ""),
    ],
)
def test_the_demo_starts_nowhere_else(name: str, value: str) -> None:
    with pytest.raises(UnusableSettings, match=f"{name.upper()}: the demo's sign-in"):
        require_stand_in(parse_settings({**HERE, name: value}))
