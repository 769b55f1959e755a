"""Slack that stores a card or not, answers or not: one card in the end, or two and it is said so.

Each pair of failures strikes the one card of a channel of its own; some of them are cards of the same review.
All are under way at the same time, because most of the time they wait.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import pytest

from tests.journeys.channels import ManyChannels, many_channels
from tests.journeys.processes import eventually
from tests.journeys.running_installation import OLGA_IN_SLACK, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.databases import SqliteDatabases
    from tests.edge.fake_slack import FakeSlack
    from tests.edge.slack_state import Json

FAILURES = (
    "500_before",
    "500_after",
    "drop_before",
    "drop_after",
    "hang",
    "hang_after",
    "429",
    "fatal_error",
)
HIDING = ("500_after", "drop_after", "hang_after")
OF_EACH_KIND = ("drop_before", "500_after", "hang", "429")
POSTED = tuple(product(["posted"], FAILURES, FAILURES))
LOOKED_FOR = tuple(product(["looked for"], HIDING, FAILURES))
UNASKED = tuple(product(["unasked"], FAILURES, OF_EACH_KIND))
CASES = POSTED + LOOKED_FOR + UNASKED
EACH = 8
"""So many cards has a review: DocSpace is asked about fewer changes, at whose limit no card waits."""
HANGS = 0.1
"""Seconds after which a call that hangs is dropped: nothing comes back, as after a longer time."""
SETTLED_WITHIN = 240

Case = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Struck:
    """Where each case struck the card of its channel, and what was listed of the cards then."""

    opened: ManyChannels
    channels: Mapping[Case, str]
    listed: Mapping[str, Json]

    def card(self, case: Case) -> Json:
        return self.listed[self.channels[case]]

    def unwritten(self) -> set[int]:
        """Return the ids of cards of which the product could not write down what became of them.

        On a busy machine the database may be locked for longer than the product waits. Then it has to take
        even a refusal for a post that may stand.
        """
        lines = self.opened.product.output().splitlines()
        return {json.loads(line).get("card_id") for line in lines if '"database_not_available"' in line}

    def standing(self, case: Case) -> list[Json]:
        """Return the cards in the channel as they stand now."""
        return self.opened.slack.messages(self.channels[case])


@pytest.fixture(scope="module")
def struck(tmp_path_factory: pytest.TempPathFactory, sqlite_databases: SqliteDatabases) -> Iterator[Struck]:
    folder = tmp_path_factory.mktemp("hidden")
    count = len(CASES) // EACH
    with many_channels(sqlite_databases.new(), folder, count=count, each=EACH) as opened:
        opened.slack.hang_seconds = HANGS
        titled = ((f"Struck {number}.docx", number) for number in opened.folders)
        places = [channel for title, number in titled for channel in opened.change(title, number)]
        channels = dict(zip(CASES, places, strict=True))
        for case, channel in channels.items():
            bind(opened.slack, case, channel)
        opened.deliver()
        opened.come_to_rest(within=SETTLED_WITHIN)
        listed = {card["target"]: card for card in opened.deliveries()}
        yield Struck(opened=opened, channels=channels, listed=listed)


def bind(slack: FakeSlack, case: Case, channel: str) -> None:
    """Make the first call that posts the card fail, and the one that follows."""
    kind, first, second = case
    slack.fail("chat.postMessage", first, channel=channel)
    if kind == "looked for":
        slack.fail("conversations.history", second, channel=channel)
    elif kind == "posted" and first in HIDING:
        slack.fail("chat.update", second, channel=channel)  # it stands, is found, and is brought up to date
    else:
        slack.fail("chat.postMessage", second, channel=channel)
    if kind == "unasked":
        slack.fail("conversations.history", "missing_scope", channel=channel, times=9)


def left(struck: Struck, kind: str) -> list[tuple[str, str]]:
    """Return the faults that were bound to cards of this kind and have not struck."""
    ours = {channel for case, channel in struck.channels.items() if case[0] == kind}
    return [(fault.method, fault.mode) for fault in struck.opened.slack.faults() if fault.channel in ours]


@pytest.mark.parametrize(("kind", "cases"), [("posted", POSTED), ("looked for", LOOKED_FOR)])
def test_whatever_two_failures_hide_a_change_has_one_card(
    struck: Struck, kind: str, cases: tuple[Case, ...]
) -> None:
    assert left(struck, kind) == []
    assert [case for case in cases if len(struck.standing(case)) != 1] == []
    outcomes = {case: (struck.card(case)["state"], struck.card(case)["maybe_posted"]) for case in cases}
    assert outcomes == dict.fromkeys(cases, ("posted", False))


def test_where_slack_cannot_be_asked_a_second_card_is_said_to_be_possible(struck: Struck) -> None:
    assert {method for method, _ in left(struck, "unasked")} == {"conversations.history"}
    unwritten = struck.unwritten()
    written = [case for case in UNASKED if struck.card(case)["id"] not in unwritten]
    assert len(written) >= len(UNASKED) / 2
    for case in set(UNASKED).difference(written):
        one = struck.card(case)["state"] == "posted" and len(struck.standing(case)) == 1
        assert one or struck.card(case)["maybe_posted"], case
    for case in written:
        _, *failures = case
        sure = failures.count("429")  # the one failure that says that nothing was stored
        stored = sum(failure in HIDING for failure in failures)
        given_up = sure == 0
        card = struck.card(case)
        assert card["state"] == ("dead" if given_up else "posted"), f"{case}: {card}"
        assert card["maybe_posted"] is (sure < 2), case
        assert len(struck.standing(case)) == stored + (not given_up), case


def test_whatever_two_failures_hide_an_answered_card_shows_the_answer(struck: Struck) -> None:
    opened = struck.opened
    clicked = [struck.standing(case)[0] for case in POSTED[::EACH]]
    for case in POSTED:
        for failure in case[1:]:
            opened.slack.fail("chat.update", failure, channel=struck.channels[case])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda card: eventually(lambda: opened.click(OLGA_IN_SLACK, card) == 200), clicked))
    opened.come_to_rest(within=SETTLED_WITHIN)

    assert left(struck, "posted") == []
    for case in POSTED:
        [card] = struck.standing(case)
        assert f"*Reviewed* by <@{OLGA_IN_SLACK}>" in read_text(card), case
    ours = {struck.channels[case] for case in POSTED}
    assert {card["state"] for card in opened.deliveries() if card["target"] in ours} == {"posted"}
