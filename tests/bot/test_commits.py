"""What can't be stored is not acknowledged to Slack; sent again, it is stored once and acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.slack.shortcut import ACKNOWLEDGE as SHORTCUT
from reviews.answers.menu import MenuItem
from store.unit_of_work import SqlUnitOfWork
from tests.bot.slack_installation import CHANNEL, DANA, SlackInstallation
from tests.bot.socket_installation import BOTH_WAYS, open_way
from tests.edge.captured import Captured
from tests.edge.slack_socket import PATIENT_ACK_SECONDS
from tests.reviews.samples import OWNER, event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import NoReturn

    from tests.edge.fake_slack import FakeSlack
    from tests.edge.slack_send import AppAnswer

    Send = Callable[[], AppAnswer]

WAYS_IN = BOTH_WAYS
NOT_ACKNOWLEDGED = {False: 500, True: 504}
"""What the stand-in for Slack makes of it, by whether Socket Mode is used."""
ACKNOWLEDGE, MARK = "acknowledge_review", "white_check_mark"


class Disk:
    """The database's disk, which is full for a while: then no transaction is committed."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self.is_full = False

    def open_transaction(self, *, reading: bool = False) -> SqlUnitOfWork:
        made = Full if self.is_full and not reading else SqlUnitOfWork
        return made(self._engine, reading=reading)

    def count_rows(self) -> dict[str, int]:
        tables = sa.inspect(self._engine).get_table_names()
        with self._engine.connect() as connection:
            counts = {
                name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name)))
                for name in tables
            }
        return {name: count or 0 for name, count in counts.items()}


class Full(SqlUnitOfWork):
    def commit(self) -> NoReturn:
        raise OSError("no space left on device")


@pytest.fixture
def disk(engine: sa.Engine) -> Disk:
    return Disk(engine)


@pytest.fixture
def installation(
    slack: FakeSlack, engine: sa.Engine, disk: Disk, request: pytest.FixtureRequest
) -> Iterator[SlackInstallation]:
    made = SlackInstallation(slack, engine, disk.open_transaction, reaction=MARK)
    with disk.open_transaction() as work:
        work.docspace_accounts.remember({OWNER: "d1"}, at=made.desk.clock())
        work.commit()
    with open_way(made, request):
        yield made
    made.close()


def click(installation: SlackInstallation) -> Send:
    card = installation.standing(installation.review())
    return lambda: installation.side.click(DANA, card, ACKNOWLEDGE)


def submit(installation: SlackInstallation) -> Send:
    form = installation.form(DANA, MenuItem.ACKNOWLEDGE)
    return lambda: installation.side.submit_view(DANA, form, {"note": {"text": "Agreed"}})


def choose(installation: SlackInstallation) -> Send:
    card = installation.standing(installation.review())
    return lambda: installation.side.shortcut(DANA, card, SHORTCUT)


def react(installation: SlackInstallation, *, removed: bool = False) -> Send:
    installation.desk.clock.advance(seconds=1)
    card, at = installation.standing(installation.review()), installation.desk.clock().timestamp()
    return lambda: installation.side.react(DANA, card, MARK, removed=removed, at=at)


def react_with_another_revision(installation: SlackInstallation) -> Send:
    installation.desk.portal.versions["3358285"] = 9
    installation.desk.open(event())
    return react(installation)


def take_reaction_away(installation: SlackInstallation) -> Send:
    react(installation)()
    installation.desk.deliver_all()
    return react(installation, removed=True)


def withdraw(installation: SlackInstallation) -> Send:
    click(installation)()
    installation.desk.deliver_all()
    menu = installation.menu(DANA, installation.standing(installation.review()))
    return lambda: installation.side.click_in_view(DANA, menu, "menu_withdraw")


def open_document(installation: SlackInstallation) -> Send:
    card = installation.standing(installation.review())
    return lambda: installation.side.click(DANA, card, "open_document")


def open_home(installation: SlackInstallation) -> Send:
    return lambda: installation.side.open_home(DANA)


@pytest.mark.parametrize(
    "act",
    [
        *(click, submit, choose, withdraw, open_document),
        *(react, react_with_another_revision, take_reaction_away, open_home),
    ],
)
def test_what_can_not_be_stored_is_not_acknowledged_and_counts_once_when_it_comes_again(
    installation: SlackInstallation, disk: Disk, act: Callable[[SlackInstallation], Send]
) -> None:
    installation.card()
    send = act(installation)
    installation.side.send = captured = Captured(installation.side.send)
    captured.holding = True
    send()
    before = disk.count_rows()

    sockets = installation.slack.sockets
    disk.is_full, sockets.ack_seconds = True, 0.2
    refused = captured.again()
    after_refusal = disk.count_rows()
    disk.is_full, sockets.ack_seconds = False, PATIENT_ACK_SECONDS
    recorded = captured.again()
    after = disk.count_rows()
    repeated = captured.again()

    assert (refused.status, after_refusal) == (NOT_ACKNOWLEDGED[bool(sockets.links)], before)
    assert (recorded.status, repeated.status) == (200, 200)
    assert before != after == disk.count_rows()
    assert installation.desk.verdict().intact


def test_a_command_that_can_not_be_stored_says_so_and_counts_when_it_comes_again(
    installation: SlackInstallation, disk: Disk
) -> None:
    installation.card()
    installation.side.send = captured = Captured(installation.side.send)
    captured.holding = True
    installation.side.slash(DANA, "/reviews", "away until Monday", CHANNEL)
    before = disk.count_rows()

    disk.is_full = True
    refused = captured.again()
    after_refusal = disk.count_rows()
    disk.is_full = False
    recorded = captured.again()

    assert "Try again in a moment" in refused.text
    assert after_refusal == before
    assert "You are away until" in recorded.text
