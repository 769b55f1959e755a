"""The steps of a ladder in the history: whom they asked, and when they came."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviews.kinds import StepAction
from reviews.ledger import step_entries
from reviews.ledger.history import describe_entry
from reviews.model import LastStep
from reviews.wording.step_sentences import describe_step_time, name_step
from tests.reviews.samples import DEPUTY, OWNER, START, review

LAPSED = "The review lapsed: an answer was still missing at the last step."


def escalate(*whom: str, after: str = "100%") -> str:
    step = LastStep(action=StepAction.ESCALATE, at=START, after=after, whom=whom)
    return describe_entry(step_entries.build_escalated(replace(review(), last_step=step))).sentence


@pytest.mark.parametrize(
    ("whom", "words"),
    [
        ((DEPUTY,), DEPUTY),
        ((OWNER, DEPUTY), f"{OWNER} and {DEPUTY}"),
        (("slack:C0OPS",), "the channel slack:C0OPS"),
        (("@deputies", "erased"), "@deputies and [erased]"),
        ((), "somebody"),
    ],
)
def test_an_escalation_names_one_person_several_and_a_channel(whom: tuple[str, ...], words: str) -> None:
    assert escalate(*whom) == f"An answer was still missing. Notified: {words}. The deadline was reached."


@pytest.mark.parametrize(
    ("step", "sentence", "label"),
    [
        ("50%", "Half of the time until the deadline had passed.", "50% of the time"),
        ("75%", "75% of the time until the deadline had passed.", "75% of the time"),
        ("100%", "The deadline was reached.", "at the deadline"),
        ("150%", "The deadline had passed (150% of the time).", "150% of the time"),
        ("", "", ""),
        ("a lot", "", ""),
        ("²%", "", ""),
    ],
)
def test_a_step_says_when_it_came(step: str, sentence: str, label: str) -> None:
    assert (describe_step_time(step), name_step(step)) == (sentence, label)


def test_reminders_lapses_and_requests_that_go_on_are_sentences() -> None:
    step = LastStep(action=StepAction.REMIND, at=START, after="50%", whom=(OWNER,))
    reminded = replace(review(), reminders=1, last_step=step)
    followed_up = step_entries.build_followed_up(review(follow_ups=1), at=START, recipients=["a@example.com"])
    lapsed = step_entries.build_lapsed(review(lapsed_at=START), step="150%")

    entries = (step_entries.build_reminded(reminded), followed_up, lapsed, {**lapsed, "whom": [OWNER]})

    assert [describe_entry(each).sentence for each in entries] == [
        f"A reminder was sent to {OWNER}. Half of the time until the deadline had passed.",
        "The requested changes were still missing. Notified: a@example.com.",
        f"{LAPSED} The deadline had passed (150% of the time).",
        f"The deadline passed without an answer. Notified: {OWNER}.",
    ]
