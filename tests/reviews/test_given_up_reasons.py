"""The reason for which a card was given up, as the ledger has it: short, and without secrets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reviews.errors import Permanent
from reviews.ledger import history
from reviews.ledger.delivery_entries import MAX_REASON_LENGTH
from reviews.notice import NoticeKind, make_person_target
from runtime.observe.log_redaction import LogRedaction
from tests.databases import ON_SQLITE
from tests.reviews.given_up import give_up, list_deliveries
from tests.reviews.samples import OWNER, notice

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.reviews.desk import Desk

SECRET = "s3cret-of-this-installation"
TOKEN = "xoxb-1234567890-abcdefghij"


@ON_SQLITE
def test_a_persons_address_is_in_the_ledger_and_not_in_the_words(desk: Desk, review: Review) -> None:
    with desk.transactions() as work:
        outcome = notice(NoticeKind.OUTCOME)
        work.cards.owe_notice(
            ("paper", make_person_target(OWNER)), outcome, cause="outcome:1", review_id=review.id
        )
        work.commit()
    entry = give_up(desk, desk.notices()[0], Permanent(f"{OWNER} has no account there"))

    assert (entry["what"], entry["target"]) == ("outcome", f"@{OWNER}")
    sentence = history.describe_entry(entry).sentence
    assert sentence == (
        "A notice to one person in paper was not delivered. Reason: o…@example.com has no account there"
    )


@pytest.mark.parametrize(
    "text",
    [
        f"refused: token={TOKEN}",
        f"Bearer {TOKEN}",
        f"{SECRET} is wrong",
        f"s3cret-of\u200e-this-installation is wrong {TOKEN}",
        f"at https://hooks.example.com/x?sig={'A' * 40}{SECRET}",
        f"{'x' * (MAX_REASON_LENGTH - 5)}{SECRET}",
    ],
)
def test_a_secret_in_an_error_does_not_reach_the_ledger(desk: Desk, review: Review, text: str) -> None:
    desk.delivery = replace(desk.delivery, redact_text=LogRedaction([SECRET], people=True).redact_text)
    entry = give_up(desk, review.cards[0], Permanent(text))

    for secret in (SECRET, SECRET[:8], TOKEN, "AAAA"):
        assert secret not in str(entry)
    assert "[secret]" in entry["reason"] or len(entry["reason"]) == MAX_REASON_LENGTH


@ON_SQLITE
def test_without_redaction_there_is_no_reason(desk: Desk, review: Review) -> None:
    plain = type(desk.delivery)(
        transactions=desk.transactions, notifiers={}, clock=desk.clock, random=lambda: 0.0
    )
    plain.count_failure(review.cards[0].id, "job", Permanent(f"the token is {TOKEN}"))

    [entry] = list_deliveries(desk)
    assert entry["reason"] == ""
    assert history.describe_entry(entry).sentence.endswith("Reason: unknown")


@pytest.mark.parametrize("text", ["\u202egnp.exe\n\n<b>", "a\ud800b", "\x1b[2J" + "é" * 100_000])
def test_a_hostile_error_is_one_short_line(desk: Desk, review: Review, text: str) -> None:
    stored = text.encode("utf-8", "ignore").decode()[:1000]
    reason = give_up(desk, review.cards[0], Permanent(stored))["reason"]

    assert reason.isprintable()
    assert len(reason) <= MAX_REASON_LENGTH
    assert desk.verdict().intact
