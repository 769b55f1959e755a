"""Every channel's card says whom the ladder asked last, when, and that the review lapsed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

import notifiers
from notifiers.shared.adaptive_card import Owner
from notifiers.slack import blocks
from notifiers.teams_bot.card import draw_review_card
from reviews.cards.card_context import CardContext
from reviews.cards.card_drawing import draw_card
from reviews.kinds import Decision, StepAction
from reviews.model import LastStep
from reviews.privacy.redaction import redact_card
from tests.edge.adaptive_cards import find_flaws
from tests.edge.block_kit import find_problems, list_pings
from tests.language.drawings import CHANNELS
from tests.notifiers.reading import read
from tests.reviews.samples import DEPUTY, HOSTILE, OWNER, START, answer, answered_review, review

if TYPE_CHECKING:
    from reviews.model import Review

SHOWN = sorted(set(notifiers.list_channels()) - notifiers.list_silent_channels())
LATER = START + timedelta(hours=9, microseconds=123456)
NOW = CardContext(now=LATER)


def step(action: StepAction, *whom: str) -> LastStep:
    return LastStep(action=action, at=LATER, after="50%", whom=whom)


REMINDED = review(due_at=LATER + timedelta(hours=1), last_step=step(StepAction.REMIND, OWNER))
ESCALATED = review(due_at=START, last_step=step(StepAction.ESCALATE, OWNER, DEPUTY, "@deputies"))
LAPSED = review(due_at=START, lapsed_at=LATER, last_step=step(StepAction.LAPSE))


def show(reviewed: Review, channel: str) -> str:
    return read(channel, reviewed, NOW).replace("<@U1>", OWNER).replace(" :", ":")


@pytest.mark.parametrize("channel", SHOWN)
def test_a_card_says_who_was_reminded_when_and_by_which_step(channel: str) -> None:
    assert f"Reminder to {OWNER}, TIME (50% of the time)" in show(REMINDED, channel)


@pytest.mark.parametrize("channel", SHOWN)
def test_a_reminder_of_an_interval_is_no_step_of_a_ladder(channel: str) -> None:
    assert REMINDED.last_step is not None
    reminded = replace(REMINDED, last_step=replace(REMINDED.last_step, after=""))

    assert "of the time" not in show(reminded, channel)


@pytest.mark.parametrize("channel", SHOWN)
def test_a_card_says_to_whom_it_was_escalated_beside_the_owners(channel: str) -> None:
    assert f"Escalated to {DEPUTY} and @deputies, TIME" in show(ESCALATED, channel)


@pytest.mark.parametrize("channel", SHOWN)
def test_a_step_that_asked_the_owners_again_is_a_reminder(channel: str) -> None:
    assert f"Reminder to {OWNER}, TIME" in show(
        replace(ESCALATED, last_step=step(StepAction.ESCALATE, OWNER)), channel
    )


@pytest.mark.parametrize("channel", SHOWN)
def test_a_lapsed_card_says_so_and_that_it_still_waits(channel: str) -> None:
    text = show(LAPSED, channel)

    assert "Overdue since TIME" in text
    assert "Lapsed TIME: no one answered in time. It still waits for an answer." in text
    assert "Reminder to" not in text


@pytest.mark.parametrize("channel", SHOWN)
def test_a_lapse_comes_before_the_deadline_that_passed_earlier(channel: str) -> None:
    text = show(LAPSED, channel)

    assert text.index("Lapsed TIME") < text.index("Overdue since TIME")


@pytest.mark.parametrize("channel", SHOWN)
def test_of_a_lapse_at_the_deadline_one_time_is_enough(channel: str) -> None:
    text = show(replace(LAPSED, lapsed_at=START + timedelta(seconds=61, microseconds=5)), channel)

    assert "Lapsed TIME: no one answered in time. It still waits for an answer." in text
    assert "Overdue since" not in text


@pytest.mark.parametrize("channel", SHOWN)
def test_a_lapsed_card_with_some_answers_says_that_others_are_missing(channel: str) -> None:
    partial = replace(LAPSED, required=2, owners=(OWNER, DEPUTY), answers=(answer(),))

    assert "answers are missing. It still waits for them." in show(partial, channel)


@pytest.mark.parametrize("channel", SHOWN)
def test_a_card_that_lapsed_with_its_last_question_says_both(channel: str) -> None:
    text = show(replace(ESCALATED, lapsed_at=LATER), channel)

    assert "Escalated to" in text
    assert "Lapsed TIME" in text


@pytest.mark.parametrize("channel", SHOWN)
def test_of_many_people_the_first_are_named(channel: str) -> None:
    many = step(StepAction.ESCALATE, *(f"p{number}@example.com" for number in range(6)))

    text = show(replace(ESCALATED, last_step=many), channel)

    assert "Escalated to p0@example.com, p1@example.com, p2@example.com and 3 more, TIME" in text


@pytest.mark.parametrize("channel", SHOWN)
@pytest.mark.parametrize("before", [REMINDED, ESCALATED, LAPSED])
def test_a_card_says_nothing_of_steps_once_it_is_over(channel: str, before: Review) -> None:
    over = replace(before, state=Decision.ACKNOWLEDGE.outcome, answers=answered_review().answers)
    superseded = replace(before, superseded_by="rev-2")

    text = show(over, channel) + show(superseded, channel)

    assert not [word for word in ("Reminder", "Escalated", "Lapsed") if word in text]


@pytest.mark.parametrize("channel", SHOWN)
@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("slack:C0OPS", "another channel (slack)"),
        ("teams-bot:19:abcd@thread.tacv2", "another channel (teams-bot)"),
        ("mail:ops@example.com", "ops@example.com"),
        ("console", "another channel (console)"),
    ],
)
def test_a_channel_that_was_notified_is_named_as_one(channel: str, place: str, name: str) -> None:
    text = read(channel, replace(ESCALATED, last_step=step(StepAction.ESCALATE, place)), NOW)

    shown = "<#C0OPS>" if (channel, place) == ("slack", "slack:C0OPS") else name
    assert f"Escalated to {shown}, TIME" in text.replace("\\(", "(").replace("\\)", ")")


def test_slack_mentions_an_owner_as_among_the_facts_and_teams_has_the_name() -> None:
    card = draw_card(REMINDED, NOW)

    in_slack = str(blocks.draw_card_message(card, ["<@U1>"])["blocks"])
    in_teams = str(draw_review_card(card, {OWNER: Owner(name="Dana Ozola", mention="aad-dana")}))

    assert "Reminder to <@U1>, " in in_slack
    assert "Reminder to Dana Ozola, " in in_teams


def test_the_redacted_card_of_a_private_route_names_who_was_asked() -> None:
    """It names who is responsible, and who reassigned it, as well."""
    card = redact_card(draw_card(ESCALATED, NOW), "Compliance")

    assert f"Escalated to {DEPUTY}" in " ".join(CHANNELS["console"](card))


@pytest.mark.parametrize(
    "text",
    [HOSTILE, "&" * 3000, "*_" * 1500, "<https://evil.example|x>", "slack:C1>x", "{{DATE(1)}} <at>x</at>"],
)
@pytest.mark.parametrize("action", [StepAction.REMIND, StepAction.ESCALATE])
def test_hostile_recipients_stay_text_in_slack_and_in_teams(action: StepAction, text: str) -> None:
    card = draw_card(replace(LAPSED, last_step=step(action, text, f"{text}@x", "@juris", DEPUTY)), NOW)

    message = blocks.draw_card_message(card, ["<@U1>"])
    assert find_problems(message, surface="message") == []
    assert set(list_pings(message)) <= {"<@U1>"}
    assert not re.search("<#", str(message))
    assert find_flaws(draw_review_card(card, {})) == []
