"""Drafts of campaigns that can't be started are refused with a sentence, whatever they hold."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from reviews.errors import Refused
from tests.reviews.campaigns import draft_campaign

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({"due_on": date.max}, "too far ahead"),
        ({"due_on": date(2028, 3, 12)}, "too far ahead"),
        ({"due_on": date.min}, "is over"),
        ({"name": "\u200b\u200c"}, "Give the campaign a name"),
        ({"people": ("an\ud800na@example.com",)}, "no e-mail address"),
        ({"people": ("\u202eanna@example.com",)}, "no e-mail address"),
    ],
)
def test_a_draft_that_makes_no_campaign_is_refused(
    desk: Desk, members: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        desk.campaigns.start(draft_campaign(desk, **members), by=None)

    assert desk.entries() == []


def test_the_last_day_of_two_years_can_be_the_deadline(desk: Desk) -> None:
    desk.campaigns.start(draft_campaign(desk, due_on=date(2028, 3, 10)), by=None)
