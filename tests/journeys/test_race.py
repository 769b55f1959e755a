"""Eight people click at the same moment: one answer, one entry, and a word for each of the others."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from demo import OTHER
from tests.journeys.running_installation import CROWD, RunningInstallation, assert_recorded_once

if TYPE_CHECKING:
    from collections.abc import Mapping


def test_of_eight_clicks_at_the_same_moment_one_is_the_answer(on_both_set_ups: RunningInstallation) -> None:
    opened, title = on_both_set_ups, "Race.xlsx"
    file = opened.save(title, folder=OTHER)
    card = opened.card(title)
    together = threading.Barrier(len(CROWD))
    earlier = {who: len(opened.replies(who)) for who in CROWD}  # of other tests in the same installation

    def click(who: str) -> int:
        together.wait()
        return opened.click(who, card)

    with ThreadPoolExecutor(len(CROWD)) as pool:
        statuses = list(pool.map(click, CROWD))

    assert statuses == [200] * len(CROWD)
    people = opened.slack.wait_for(lambda: _find_replied_to(opened, earlier), timeout=60)
    opened.card(title, "Reviewed by")
    [review] = opened.reviews(file)
    [answer] = review["answers"]
    assert set(CROWD) - people == {answer["reviewer"]["slack_user"]}
    assert (review["state"], answer["reviewer"]["email"]) == (
        "acknowledged",
        CROWD[answer["reviewer"]["slack_user"]],
    )
    assert_recorded_once(opened, review["id"])
    for who in people:
        *_, reply = opened.replies(who)
        assert f"was already reviewed by {answer['reviewer']['name']}" in reply


def _find_replied_to(opened: RunningInstallation, earlier: Mapping[str, int]) -> set[str]:
    """Return those of the crowd who got a private reply since, once all but one have."""
    people = {who for who, count in earlier.items() if len(opened.replies(who)) > count}
    return people if len(people) >= len(earlier) - 1 else set()
