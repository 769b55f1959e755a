"""The Procfile's web server and worker, two processes, on one SQLite file."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.journeys.channels import ManyChannels, is_open, many_channels, review_of
from tests.journeys.installation import SPLIT, list_delivered
from tests.journeys.processes import eventually
from tests.journeys.running_installation import OLGA_IN_SLACK, make_sqlite_address, read_text

if TYPE_CHECKING:
    from pathlib import Path

CHANGES = 60
ANSWERED_WITHIN = 240


def click_what_is_new(opened: ManyChannels, statuses: dict[str, list[int]]) -> int:
    """Acknowledge the cards not yet acknowledged; return how many are by now.

    Where the file was busy for too long, Slack shows a warning sign, and the person clicks again.
    """
    for card in opened.all_cards():
        seen = statuses.setdefault(review_of(card), [])
        if is_open(card) and 200 not in seen:
            seen.append(opened.click(OLGA_IN_SLACK, card))
    return sum(200 in seen for seen in statuses.values())


def test_cards_are_made_and_answered_while_both_processes_write_one_sqlite_file(tmp_path: Path) -> None:
    statuses: dict[str, list[int]] = {}
    with (
        many_channels(make_sqlite_address(tmp_path), tmp_path, names=SPLIT) as opened,
        ThreadPoolExecutor(1) as pool,
    ):
        accepted = pool.submit(opened.change_all, "Shared", CHANGES)
        eventually(lambda: click_what_is_new(opened, statuses) == CHANGES, within=ANSWERED_WITHIN, every=0.2)
        accepted.result()
        opened.come_to_rest(within=ANSWERED_WITHIN)

        reviews = opened.product.json("reviews", "list", "--limit", "100")
        assert sum(map(len, statuses.values())) <= CHANGES * 1.1
        assert [review["state"] for review in reviews] == ["acknowledged"] * CHANGES
        assert [len(review["answers"]) for review in reviews] == [1] * CHANGES
        assert Counter(map(review_of, opened.all_cards())) == Counter(review["id"] for review in reviews)
        sentence = f"*Reviewed* by <@{OLGA_IN_SLACK}>"
        assert [card["text"] for card in opened.all_cards() if sentence not in read_text(card)] == []
        verdict = opened.product.json("ledger", "verify")
        assert (verdict["intact"], verdict["checked"]) == (True, 2 * CHANGES)
        assert {event["state"] for event in list_delivered(opened.product)} == {"done"}
