"""From a command in Slack to a digest of reviews, in a channel and in a direct message."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.digests.review_digests import ReviewDigests
from store.schema import review_digests
from tests.bot.channels import CARDS, COMMAND, PUBLIC, Channels
from tests.bot.slack_installation import DANA, STRANGER
from tests.reviews.samples import OWNER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.edge.fake_slack import FakeSlack

TUESDAY = datetime(2026, 3, 10, 9, 0, 0, 345_678, tzinfo=UTC)
DIRECT = "D0123456789"


def say(channels: Channels, text: str, channel: str, user: str = STRANGER) -> str:
    """Type the command and return the answer, be it in the response or, after a look-up, later."""
    before = len(channels.slack.private_replies(user))
    answer = channels.side.slash(user, COMMAND, text, channel)
    assert answer.status == 200
    if answer.body:
        return str(answer.json()["text"])
    [reply] = channels.slack.wait_for(lambda: channels.slack.private_replies(user)[before:])
    return str(reply["text"])


@pytest.fixture
def channels(slack: FakeSlack, engine: sa.Engine) -> Iterator[Channels]:
    made = Channels(slack, engine)
    made.follow()
    yield made
    made.close()


def test_a_channel_chooses_when_its_digest_comes(channels: Channels) -> None:
    assert say(channels, "digest", CARDS) == "No digest comes here. To get one: /reviews digest daily 09:00"

    answers = [say(channels, f"digest {times}", CARDS) for times in ("weekly Mon 09:30", "daily 9:00", "")]

    assert answers == [
        "The digest of reviews comes on Mondays at 09:30 (UTC).",
        "The digest of reviews comes each working day at 09:00 (UTC).",
        "The digest of reviews comes each working day at 09:00 (UTC).",
    ]
    channels.change()
    digests = ReviewDigests(transactions=channels.desk.transactions, routes=channels.desk.routes)
    assert digests.owe_due_digests(TUESDAY) == 1
    channels.desk.deliver_all()
    texts = [message["text"] for message in channels.slack.messages(CARDS)]
    assert texts[-1] == "Digest of reviews: compliance. Open 1, overdue 0, answered 0, found late 0."

    assert say(channels, "digest off", CARDS) == "No digest comes here any more."
    assert say(channels, "digest", CARDS) == "No digest comes here. To get one: /reviews digest daily 09:00"


def test_a_channel_that_no_route_notifies_is_told_so(channels: Channels) -> None:
    answer = say(channels, "digest daily 09:00", PUBLIC)

    assert answer == "No route notifies this channel, so there is nothing to put into a digest."


def test_in_a_direct_message_the_digest_is_for_the_person(channels: Channels) -> None:
    channels.slack.add_channel(DIRECT)

    answer = say(channels, "digest daily 09:00", DIRECT, user=DANA)

    assert answer == "The digest of reviews comes each working day at 09:00 (UTC)."
    assert say(channels, "digest Mon 09:00", DIRECT, user=STRANGER) == (
        "You are no owner or deputy of a route, so there is nothing to put into a digest."
    )
    with channels.desk.engine.connect() as connection:
        [stored] = connection.execute(sa.select(review_digests)).all()
    assert (stored.notifier, stored.target, stored.made_by) == ("slack", f"@{OWNER}", DANA)
