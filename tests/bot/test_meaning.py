"""What acknowledging means, as Slack shows it before the click, and as the ledger has it afterwards."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from notifiers.slack.blocks import MEANING_ACTION, draw_card_message
from notifiers.slack.languages import read_language
from reviews.answers.menu import MenuItem
from reviews.cards.card_drawing import draw_card
from reviews.kinds import ReviewState
from reviews.model import STATEMENT
from reviews.routes.route import Routes, Target
from store.unit_of_work import SqlUnitOfWork
from tests.bot.slack_installation import AUTHOR, CHANNEL, DANA, SlackInstallation, speaks_german
from tests.journeys.processes import eventually
from tests.reviews.samples import ALICE, OWNER, answered_review, review, route

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from tests.edge.fake_slack import FakeSlack

MARK = "white_check_mark"
GERMAN = "Ich habe diese Version geprüft."


@pytest.fixture
def german_channel(slack: FakeSlack, engine: sa.Engine) -> Iterator[SlackInstallation]:
    """A channel whose cards are in German; everyone's account is in English."""
    rule = route(
        owners=(OWNER, str(ALICE.email)),
        notify=(Target(notifier="slack", address=CHANNEL),),
        language="de",
        acknowledge_reaction=MARK,
    )
    made = SlackInstallation(slack, engine, partial(SqlUnitOfWork, engine), rules=Routes([rule]))
    made.desk.delivery = replace(made.desk.delivery, get_route_language=made.desk.routes.find_language)
    yield made
    made.close()


def list_texts(view: dict[str, Any]) -> str:
    return str(view["blocks"])


def find_agreed(installation: SlackInstallation) -> tuple[str, str]:
    agreed = installation.desk.entries()[-1]["agreed"]
    assert agreed["id"] == "version-reviewed.v1"
    return agreed["language"], agreed["text"]


def test_a_click_on_a_card_is_in_the_language_of_the_card(german_channel: SlackInstallation) -> None:
    card = german_channel.card()

    german_channel.side.click(DANA, card, MEANING_ACTION)
    german_channel.side.click(DANA, card, "acknowledge_review")

    assert find_agreed(german_channel) == ("de", GERMAN)
    assert german_channel.desk.verdict().intact


def test_a_reaction_is_in_the_language_of_the_card(german_channel: SlackInstallation) -> None:
    german_channel.card()
    german_channel.desk.clock.advance(seconds=1)
    at = german_channel.desk.clock().timestamp()

    german_channel.side.react(DANA, german_channel.standing(german_channel.review()), MARK, at=at)
    eventually(lambda: german_channel.review().state is ReviewState.ACKNOWLEDGED)

    assert find_agreed(german_channel) == ("de", GERMAN)


@pytest.mark.parametrize(("is_german", "language"), [(True, "de"), (False, "en")])
def test_a_form_records_the_very_text_that_it_showed(
    installation: SlackInstallation, *, is_german: bool, language: str
) -> None:
    if is_german:
        speaks_german(installation)
    installation.card()
    form = installation.form(DANA, MenuItem.ACKNOWLEDGE)

    installation.side.submit_view(DANA, form, {"note": {"text": "Agreed"}})

    shown_language, text = find_agreed(installation)
    assert shown_language == language
    assert f"> *{text}*" in list_texts(form)


def test_a_form_stays_in_its_language_when_the_account_gets_another(installation: SlackInstallation) -> None:
    installation.card()
    form = installation.form(DANA, MenuItem.ACKNOWLEDGE)
    speaks_german(installation)
    installation.desk.clock.advance(days=2)
    installation.side.click(DANA, installation.standing(installation.review()), MEANING_ACTION)
    assert "Schließen" in str(installation.modal(DANA)["close"])

    installation.side.submit_view(DANA, form, {"note": {"text": ""}})

    assert find_agreed(installation) == ("en", STATEMENT)


def test_a_card_of_an_earlier_release_counts_as_one_in_the_language_of_its_route(
    german_channel: SlackInstallation,
) -> None:
    card = german_channel.card()
    [*_others, row] = card["blocks"]
    card = {**card, "blocks": [*_others, {**row, "block_id": "answers-1"}]}

    german_channel.side.click(DANA, card, "acknowledge_review")

    assert find_agreed(german_channel) == ("de", GERMAN)


def test_the_button_on_a_card_opens_what_it_means(installation: SlackInstallation) -> None:
    installation.side.click(DANA, installation.card(), MEANING_ACTION)

    texts = list_texts(installation.modal(DANA))
    facts = ("*Revision*\\n1", "*SHA-256*\\nNot known yet")
    for shown in ("“Acknowledge review” means:", f"> *{STATEMENT}*", *facts):
        assert shown in texts
    assert "Recorded in the ledger with your name" in texts


def test_an_author_who_may_not_answer_is_told_so_beside_what_it_means(
    installation: SlackInstallation,
) -> None:
    installation.side.click(AUTHOR, installation.card(), MEANING_ACTION)

    texts = list_texts(installation.modal(AUTHOR))
    assert "You changed this document yourself" in texts
    assert STATEMENT in texts


def test_from_an_older_card_it_says_that_there_is_newer_content(installation: SlackInstallation) -> None:
    card = installation.card()
    installation.desk.portal.versions["3358285"] = 9
    installation.card()

    installation.side.click(DANA, card, MEANING_ACTION)

    texts = list_texts(installation.modal(DANA))
    assert "*Revision*\\n2" in texts
    assert "revision 1, now revision 2" in texts


def test_what_was_answered_meanwhile_is_said_first(installation: SlackInstallation) -> None:
    card = installation.card()
    installation.side.click(DANA, card, "acknowledge_review")

    installation.side.click(DANA, card, MEANING_ACTION)

    assert "Reviewed by Dana Ozola" in list_texts(installation.modal(DANA))


def test_only_a_card_that_can_be_answered_has_the_button() -> None:
    for asked_for, has_button in ((review(), True), (answered_review(), False)):
        message = draw_card_message(draw_card(asked_for), [])

        assert (MEANING_ACTION in str(message["blocks"])) == has_button


def test_a_slack_that_opens_no_modal_is_said_privately(installation: SlackInstallation) -> None:
    card = installation.card()
    installation.slack.fail("views.open", "fatal_error")

    installation.side.click(DANA, card, MEANING_ACTION)

    assert installation.wait_for_reply(DANA).startswith("Slack did not open the explanation.")


@pytest.mark.parametrize(
    ("block_id", "language"),
    [("answers-1-de", "de"), ("answers-1", None), ("answers-1-fr", None), ("", None), ("de", "de")],
)
def test_a_block_of_another_kind_says_no_language(block_id: str, language: str | None) -> None:
    assert read_language(block_id) == language


def test_a_private_review_shows_an_outsider_no_title(slack: FakeSlack, engine: sa.Engine) -> None:
    rule = replace(route(notify=(Target(notifier="slack", address=CHANNEL),)), private=True, owners=(OWNER,))
    made = SlackInstallation(slack, engine, partial(SqlUnitOfWork, engine), rules=Routes([rule]))
    card = made.card()

    made.side.click("U4", card, MEANING_ACTION)

    texts = list_texts(made.modal("U4"))
    made.close()
    assert "AML Policy" not in texts
    assert "The document was not read: the route is private." in texts
