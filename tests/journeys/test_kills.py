"""The process is killed: what was accepted is shown all the same, and once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo import BOB
from tests.journeys.installation import list_delivered
from tests.journeys.processes import eventually
from tests.journeys.running_installation import OLGA_IN_SLACK, make_sqlite_address, run_installation

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_accepted_survives_a_kill_and_is_shown_once(tmp_path: Path) -> None:
    title, clicked = "Killed.docx", "Clicked and killed.docx"
    with run_installation(make_sqlite_address(tmp_path), tmp_path) as opened:
        opened.save(clicked)
        before = opened.card(clicked)
        opened.portal.save(opened.file(title).id, by=BOB.id)
        assert opened.click(OLGA_IN_SLACK, before) == 200
        assert opened.sent() == [202]
        opened.product.kill()
        opened.product.start()

        opened.card(title)
        opened.card(clicked, f"*Reviewed* by <@{OLGA_IN_SLACK}>")
        opened.save("Saved afterwards.docx")
        opened.card("Saved afterwards.docx")

        assert [len(opened.cards(each)) for each in (title, clicked)] == [1, 1]
        states = [event["state"] for event in list_delivered(opened.product)]
        assert states == ["done"] * 3
        verdict = opened.product.json("ledger", "verify")
        assert (verdict["intact"], verdict["checked"]) == (True, 4)


def test_a_kill_while_slack_has_the_card_but_has_not_answered_posts_no_second_one(tmp_path: Path) -> None:
    title = "Killed while posting.docx"
    with run_installation(make_sqlite_address(tmp_path), tmp_path) as opened:
        opened.slack.fail("chat.postMessage", "hang_after")
        file = opened.save(title)
        opened.card(title)
        opened.product.kill()
        opened.slack.hang_seconds = 0
        opened.product.start()

        eventually(lambda: opened.reviews(file)[0]["cards"][0]["state"] == "posted")
        assert len(opened.cards(title)) == 1
