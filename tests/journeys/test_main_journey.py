"""The product's sentence, from a save in DocSpace to a record that anybody can check."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, OLGA
from tests.edge.block_kit import pings
from tests.journeys.installation import eventually
from tests.journeys.office import (
    BOB_IN_SLACK,
    CHANNEL,
    DANA_IN_SLACK,
    OLGA_IN_SLACK,
    Office,
    actions,
    fields,
    office,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from demo import File
    from tests.edge.slack_state import Json
    from tests.journeys.conftest import SetUp

TITLE = "Incident log.docx"
ANSWERS = ["acknowledge_review", "request_changes"]


@pytest.fixture
def opened(set_up: SetUp, tmp_path: Path) -> Iterator[Office]:
    with office(set_up.database_url, tmp_path, split=set_up.split) as opened:
        yield opened


def test_a_save_becomes_one_card_and_one_click_becomes_a_record(opened: Office, tmp_path: Path) -> None:
    file = opened.file(TITLE)
    opened.portal.save(file.id, by=BOB.id)
    assert opened.sent() == [202]

    card = opened.card(TITLE)
    assert_shows_the_change(card)
    assert opened.click(OLGA_IN_SLACK, card) == 200
    redrawn = opened.card(TITLE, f"Reviewed by <@{OLGA_IN_SLACK}>")
    assert not set(ANSWERS) & set(actions(redrawn))
    assert fields(redrawn)["Status"] == "Reviewed"

    review = eventually(lambda: _if_drawn(opened.reviews(file)))
    assert_is_acknowledged(review, file, card["ts"])
    assert_is_recorded(opened, tmp_path / "ledger.jsonl", review)
    assert [(event["state"], event["trigger"]) for event in opened.events(file)] == [("done", "file.updated")]


def test_what_is_delivered_again_adds_nothing(opened: Office) -> None:
    file = opened.file(TITLE)
    opened.portal.save(file.id, by=BOB.id)
    [delivery] = opened.sender.pending()
    opened.sent()
    card = opened.card(TITLE)
    before = opened.product.run("ledger", "head").stdout

    again = opened.sender.send(delivery)
    opened.sender.retry(delivery.id)
    by_hand = opened.sent()

    assert (again.status, by_hand) == (200, [200])
    other = opened.file("Afterwards.docx")
    opened.portal.save(other.id, by=ALICE.id)
    opened.sent()
    opened.card("Afterwards.docx")  # what was delivered before it has been worked off by now
    [unchanged] = opened.cards(TITLE)
    assert unchanged == card
    assert len(opened.events(file)) == len(opened.reviews(file)) == 1
    assert before.startswith("1 ")
    assert opened.product.run("ledger", "head").stdout.startswith("2 ")


def test_the_command_answers_in_the_body_what_is_pending_and_what_was_recent(opened: Office) -> None:
    for title in ("First.docx", "Second.docx"):
        opened.portal.save(opened.file(title).id, by=BOB.id)
        opened.sent()
        opened.card(title)
    opened.click(OLGA_IN_SLACK, opened.card("First.docx"))
    opened.card("First.docx", "Reviewed by")

    recent = opened.side.slash(DANA_IN_SLACK, "/reviews", "recent 5", CHANNEL)
    pending = opened.side.slash(DANA_IN_SLACK, "/reviews", "pending", CHANNEL)

    assert (recent.status, recent.json()["response_type"]) == (200, "ephemeral")
    said = shown(recent.json())
    assert said.index("Second.docx") < said.index("First.docx")
    assert "Reviewed by Olga Owner after" in said
    assert (pending.status, pending.json()["response_type"]) == (200, "ephemeral")
    assert "Second.docx" in shown(pending.json())
    assert "First.docx" not in shown(pending.json())
    assert opened.slack.private_replies(BOB_IN_SLACK) == []


def assert_shows_the_change(card: Json) -> None:
    header, story, *_ = card["blocks"]
    assert header["text"]["text"] == f"{TITLE} needs your review"
    assert f"|{TITLE}>* was changed by *Bob Chen*" in story["text"]["text"]
    assert "Legal &amp; Compliance / Compliance / 2026 Q1 / Incidents" in story["text"]["text"]
    assert fields(card) == {"Version": "2", "Owner": f"<@{OLGA_IN_SLACK}>", "Status": "Waiting for review"}
    assert actions(card) == [*ANSWERS, "open_document"]
    assert pings(card) == [f"<@{OLGA_IN_SLACK}>"]


def assert_is_acknowledged(review: Json, file: File, message_id: str) -> None:
    """Hold a row of `reviews list --json` against the contract."""
    assert review["state"] == "acknowledged"
    assert (review["route"], review["revision"], review["kind"]) == ("compliance", 1, "content")
    assert (review["file_id"], review["title"]) == (str(file.id), TITLE)
    assert review["path"] == "Legal & Compliance / Compliance / 2026 Q1 / Incidents"
    assert (review["version_from"], review["version_to"], review["due_at"]) == (None, 2, None)
    assert review["contributors"] == [{"id": BOB.id, "name": "Bob Chen", "email": BOB.email}]
    assert review["id"]
    [answer] = review["answers"]
    assert answer["reviewer"] == {
        "name": "Olga Owner",
        "email": OLGA.email,
        "docspace_id": OLGA.id,
        "slack_user": OLGA_IN_SLACK,
        "teams_user": None,
    }
    assert (answer["decision"], answer["identity"]) == ("acknowledge", "slack")
    assert (answer["revision"], answer["version"]) == (1, 2)
    assert (answer["note"], answer["late"]) == (None, False)
    assert datetime.fromisoformat(answer["at"]) > datetime.fromisoformat(review["opened_at"])
    [card] = review["cards"]
    assert (card["notifier"], card["target"], card["state"]) == ("slack", CHANNEL, "posted")
    assert card["message_id"] == message_id


def assert_is_recorded(opened: Office, file: Path, review: Json) -> None:
    """Check the chain where it is, then handed out, then handed out and forged."""
    exported = opened.product.run("ledger", "export", "--format", "jsonl").stdout
    entries = opened.product.json("ledger", "verify")
    assert (entries["checked"], entries["intact"]) == (2, True)
    assert [f'"type":"{kind}"' in line for kind, line in zip(_TYPES, exported.splitlines(), strict=True)] == [
        True,
        True,
    ]
    assert exported.count(f'"review_id":"{review["id"]}"') == 2
    file.write_text(exported)
    assert opened.product.run("ledger", "verify", str(file)).returncode == 0
    file.write_text(exported.replace("Bob Chen", "Rob Chen"))
    forged = opened.product.run("ledger", "verify", str(file))
    assert (forged.returncode, "entry 1 was changed" in forged.stdout) == (1, True)


_TYPES = ("review:opened", "review:acknowledged")


def _if_drawn(reviews: list[Json]) -> Json | None:
    """Return the only review once its card's last drawing is written down."""
    [review] = reviews
    return review if all(card["drawn"] == card["wanted"] for card in review["cards"]) else None
