"""Eight people click at the same moment: one answer, one entry, and a word for each of the others."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from demo import OTHER
from tests.journeys.running_installation import CROWD, RunningInstallation, assert_recorded_once


def test_of_eight_clicks_at_the_same_moment_one_is_the_answer(on_both_set_ups: RunningInstallation) -> None:
    opened, title = on_both_set_ups, "Race.xlsx"
    file = opened.save(title, folder=OTHER)
    card = opened.card(title)
    together = threading.Barrier(len(CROWD))

    def click(who: str) -> int:
        together.wait()
        return opened.click(who, card)

    with ThreadPoolExecutor(len(CROWD)) as pool:
        statuses = list(pool.map(click, CROWD))

    assert statuses == [200] * len(CROWD)
    people = opened.slack.wait_for(lambda: _find_replied_to(opened, at_least=len(CROWD) - 1), timeout=60)
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


def _find_replied_to(opened: RunningInstallation, *, at_least: int) -> set[str]:
    """Return those of the crowd who got a private reply, once there are enough."""
    people = {who for who in CROWD if opened.slack.private_replies(who)}
    return people if len(people) >= at_least else set()
