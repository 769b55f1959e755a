"""The product's sentence, from a save in DocSpace to a ledger that anyone can check."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from demo import BOB, OLGA
from tests.edge.block_kit import list_pings
from tests.journeys.processes import eventually
from tests.journeys.running_installation import (
    CHANNEL,
    DANA_IN_SLACK,
    OLGA_IN_SLACK,
    RunningInstallation,
    actions,
    fields,
    omit_changes,
    read_text,
)

if TYPE_CHECKING:
    from pathlib import Path

    from demo import PortalFile
    from tests.edge.slack_state import Json

ANSWERS = ["acknowledge_review", "request_changes"]
PATH = "Legal & Compliance / Compliance / 2026 Q1 / Incidents"


def test_a_save_becomes_one_card_and_one_click_becomes_a_record(
    on_both_set_ups: RunningInstallation, tmp_path: Path
) -> None:
    opened, title = on_both_set_ups, "Incident log.docx"
    file = opened.save(title)

    card = opened.card(title)
    assert_shows_the_change(card, title)
    assert opened.click(OLGA_IN_SLACK, card) == 200
    redrawn = opened.card(title, f"*Reviewed* by <@{OLGA_IN_SLACK}>")
    assert not set(ANSWERS) & set(actions(redrawn))
    assert fields(redrawn) == {}

    review = eventually(lambda: _if_drawn(opened.reviews(file)))
    assert (review["title"], review["cards"][0]["message_id"]) == (title, card["ts"])
    assert_is_acknowledged(review, file)
    assert_is_recorded(opened, tmp_path, review["id"])
    assert [(event["state"], event["trigger"]) for event in opened.events(file)] == [("done", "file.updated")]


def test_what_is_delivered_again_adds_nothing(on_both_set_ups: RunningInstallation) -> None:
    opened, title = on_both_set_ups, "Delivered again.docx"
    file = opened.portal.save(opened.file(title).id, by=BOB.id)
    [delivery] = opened.sender.pending()
    opened.sent()
    card = opened.card(title)

    again = opened.sender.send(delivery)
    opened.sender.retry(delivery.id)
    by_hand = opened.sent()

    assert (again.status, by_hand) == (200, [200])
    opened.save("Saved afterwards.docx")
    opened.card("Saved afterwards.docx")  # what was delivered before it has been worked off by now
    assert [each["ts"] for each in opened.cards(title)] == [card["ts"]]
    named = f'"{file.id}"'
    listed = opened.product.run_all("events list --json", "reviews list --json", "ledger export")
    assert [done.stdout.count(named) for done in listed] == [1, 1, 1]


def test_the_command_answers_in_the_body_what_is_pending_and_what_was_recent(
    on_both_set_ups: RunningInstallation,
) -> None:
    opened = on_both_set_ups
    for title in ("First.docx", "Second.docx"):
        opened.save(title)
        opened.card(title)
    opened.click(OLGA_IN_SLACK, opened.card("First.docx"))
    opened.card("First.docx", "Reviewed by")

    recent = opened.side.slash(DANA_IN_SLACK, "/reviews", "recent 5", CHANNEL)
    pending = opened.side.slash(DANA_IN_SLACK, "/reviews", "pending", CHANNEL)

    assert (recent.status, recent.json()["response_type"]) == (200, "ephemeral")
    text = read_text(recent.json())
    assert text.index("Second.docx") < text.index("First.docx")
    assert "Reviewed by Olga Owner after" in text
    assert (pending.status, pending.json()["response_type"]) == (200, "ephemeral")
    assert "Second.docx" in read_text(pending.json())
    assert "First.docx" not in read_text(pending.json())


def test_a_new_delivery_is_told_from_a_known_one(on_both_set_ups: RunningInstallation) -> None:
    opened = on_both_set_ups
    opened.portal.save(opened.file("New.docx").id, by=BOB.id)
    [delivery] = opened.sender.pending()

    first = opened.sent()
    again = opened.sender.send(delivery)

    assert (first, again.status) == ([202], 200)


def test_an_owner_is_recorded_with_their_docspace_id(serving: RunningInstallation) -> None:
    opened, title = serving, "Known owner.docx"
    opened.save("Olga was here.docx", by=OLGA.id)
    opened.card("Olga was here.docx")
    file = opened.save(title)

    opened.click(OLGA_IN_SLACK, opened.card(title))

    opened.card(title, "Reviewed by")  # a click of someone who has to be looked up is answered first
    [review] = opened.reviews(file)
    assert review["answers"][0]["reviewer"]["docspace_id"] == OLGA.id


def assert_shows_the_change(card: Json, title: str) -> None:
    text = read_text(card)
    assert card["blocks"][0]["text"]["text"] == f"🔵 {title} needs your review"
    assert "*Bob Chen*" in text
    assert PATH.replace("&", "&amp;") in text
    assert "*Waiting for review*" in text
    assert fields(card) == {"Version": "2", "Owner": f"<@{OLGA_IN_SLACK}>"}
    assert actions(omit_changes(card)) == [*ANSWERS, "open_document", "more"]
    assert list_pings(card) == [f"<@{OLGA_IN_SLACK}>"]


def assert_is_acknowledged(review: Json, file: PortalFile) -> None:
    """Hold a row of `reviews list --json` against the contract."""
    assert review["state"] == "acknowledged"
    assert (review["route"], review["revision"], review["kind"]) == ("compliance", 1, "content")
    assert (review["file_id"], review["path"]) == (str(file.id), PATH)
    assert (review["version_from"], review["version_to"], review["due_at"]) == (None, 2, None)
    assert review["contributors"] == [{"id": BOB.id, "name": "Bob Chen", "email": BOB.email}]
    [answer] = review["answers"]
    assert answer["reviewer"] == {
        "name": "Olga Owner",
        "email": OLGA.email,
        "docspace_id": answer["reviewer"]["docspace_id"],
        "slack_user": OLGA_IN_SLACK,
        "teams_user": None,
        "proven_by": {"email": "slack", "slack_user": "slack", "docspace_id": "docspace"},
    }
    assert (answer["decision"], answer["identity"]) == ("acknowledge", "slack")
    assert (answer["revision"], answer["version"]) == (1, 2)
    assert (answer["note"], answer["late"]) == (None, False)
    assert datetime.fromisoformat(answer["at"]) > datetime.fromisoformat(review["opened_at"])
    [card] = review["cards"]
    assert (card["notifier"], card["target"], card["state"]) == ("slack", CHANNEL, "posted")


def assert_is_recorded(opened: RunningInstallation, folder: Path, review_id: str) -> None:
    """Check the chain where it is, then handed out, then handed out and forged."""
    exported, verified = opened.product.run_all("ledger export --format jsonl", "ledger verify")
    entries = [json.loads(line) for line in exported.stdout.splitlines()]
    ours = [entry for entry in entries if entry["review_id"] == review_id]
    assert [entry["type"] for entry in ours] == ["review:opened", "review:acknowledged"]
    assert verified.returncode == 0
    assert_is_covered(opened, len(entries))
    (folder / "genuine").write_text(exported.stdout)
    (folder / "forged").write_text(exported.stdout.replace("Bob Chen", "Rob Chen", 1))
    head = f"{entries[-1]['seq']} {entries[-1]['hash']}"
    genuine, forged = (
        opened.product.run("ledger", "verify", str(folder / name), "--head", head)
        for name in ("genuine", "forged")
    )
    assert genuine.returncode == 0
    assert (forged.returncode, "was changed" in forged.stdout) == (1, True)


def assert_is_covered(opened: RunningInstallation, count: int) -> None:
    """Wait for a signed checkpoint of at least so many entries."""
    key = opened.product.run("ledger", "key").stdout
    note = eventually(lambda: _read_checkpoint(opened, count))
    assert f"\N{EM DASH} {key.partition('+')[0]} " in note


def _read_checkpoint(opened: RunningInstallation, count: int) -> str | None:
    """Return the last checkpoint if it covers so many entries."""
    done = opened.product.run("ledger", "checkpoint")
    return done.stdout if done.returncode == 0 and int(done.stdout.splitlines()[1]) >= count else None


def _if_drawn(reviews: list[Json]) -> Json | None:
    """Return the only review once its card's last drawing is written down."""
    [review] = reviews
    return review if all(card["drawn"] == card["wanted"] for card in review["cards"]) else None
