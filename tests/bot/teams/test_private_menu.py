"""A private route in Teams: who reads its titles, in the menu and in threads."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import pytest

from notifiers.teams_bot import NAME, actions
from notifiers.teams_bot.card import CARD_TYPE
from reviews.kinds import ChangeKind
from reviews.ports.subscriptions import Subscription
from reviews.routes.route import MayAcknowledge
from reviews.tree import Place
from store.unit_of_work import SqlUnitOfWork
from tests.bot.teams.pressing import find_shown_message, press
from tests.bot.teams.teams_installation import (
    CHANNEL,
    DANA,
    STRANGER,
    TeamsInstallation,
    read_text,
)
from tests.reviews.samples import WATCHED

if TYPE_CHECKING:
    import sqlalchemy as sa

    from tests.edge.fake_teams import FakeTeams


@pytest.fixture
def secretive(teams: FakeTeams, engine: sa.Engine) -> TeamsInstallation:
    """Return an installation in which everybody may answer, but not everybody read what it is about."""
    return TeamsInstallation(
        teams, engine, partial(SqlUnitOfWork, engine), may_acknowledge=MayAcknowledge.CHANNEL, private=True
    )


def test_someone_who_answers_without_being_an_owner_is_told_no_title_of_a_private_route(
    secretive: TeamsInstallation,
) -> None:
    card = secretive.card(title="Merger with Acme.docx")
    data = actions.make_click_data(secretive.review().id, 1)

    answers = [
        secretive.side.invoke(STRANGER, card, {"action": {"verb": verb, "data": data}})
        for verb in (actions.ACKNOWLEDGE_WITH_NOTE, actions.WITHDRAW, actions.MORE)
    ]

    assert [answer.json()["type"] for answer in answers] == [CARD_TYPE] * 3
    assert not any("Merger" in json.dumps(answer.json()) for answer in answers)


def test_an_owner_reads_the_title_and_where_their_note_goes(secretive: TeamsInstallation) -> None:
    card = secretive.card(title="Merger with Acme.docx")

    secretive.side.click(DANA, card, actions.MORE)
    text = read_text(find_shown_message(secretive, card))
    press(secretive, card, actions.ACKNOWLEDGE_WITH_NOTE, note="Agreed")

    assert "Merger with Acme.docx" in text
    assert "only where no outsider can read it" in text
    assert "the whole channel can read it" not in text
    assert "Merger with Acme.docx" in read_text(find_shown_message(secretive, card))


@pytest.mark.parametrize("words", ["pending", "recent", "mine", "show 3358285"])
def test_what_others_read_too_holds_no_title_of_a_private_route(
    secretive: TeamsInstallation, words: str
) -> None:
    secretive.card(title="Merger with Acme.docx")

    secretive.side.say(DANA, CHANNEL, words)
    message = secretive.teams.messages(CHANNEL)[-1]
    secretive.side.say(DANA, CHANNEL, words, slash=True)
    alone = secretive.teams.private_messages(DANA, CHANNEL)[-1]

    assert "file in" in read_text([message])
    assert "Merger" not in json.dumps(message)
    assert "Merger with Acme.docx" in read_text([alone])


def test_what_a_channel_subscribes_to_is_named_in_no_thread_where_it_is_private(
    secretive: TeamsInstallation,
) -> None:
    with secretive.transactions() as work:
        place = Place(folders=(("1", "Rooms"), (WATCHED, "Compliance"), ("77", "Mergers")))
        work.folders.put(place, at=secretive.desk.clock())
        work.subscriptions.put(
            Subscription(
                notifier=NAME,
                target=CHANNEL,
                folder="77",
                title="Compliance / Mergers",
                kinds=frozenset({ChangeKind.CONTENT}),
                digest=False,
                made_by=DANA,
                made_at=secretive.desk.clock(),
            )
        )
        work.commit()

    secretive.side.say(DANA, CHANNEL, "subscriptions")
    message = secretive.teams.messages(CHANNEL)[-1]
    secretive.side.say(DANA, CHANNEL, "subscriptions", slash=True)
    alone = secretive.teams.private_messages(DANA, CHANNEL)[-1]

    assert "This channel subscribes to:" in read_text([message])
    assert "Mergers" not in json.dumps(message)
    assert "Mergers" in read_text([alone])
