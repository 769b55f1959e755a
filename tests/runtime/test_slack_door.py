"""The door to Slack as it is put together: links, Home, and answers that are given elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from notifiers.slack.blocks import ACTION_IDS, draw_card_message
from reviews.cards.card import CardAction
from reviews.cards.card_drawing import draw_card
from reviews.errors import Refused
from reviews.identity import Identity, Reviewer
from runtime.settings.settings import parse_settings
from runtime.web.application import build_application
from runtime.wiring.databases import get_utc_time
from runtime.wiring.wiring import Wiring
from store.migrate import migrate
from store.schema import cards
from tests.edge.fake_slack import FakeSlack
from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import through_flask
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import OWNER, review

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import SqliteDatabases

ROUTES = f'[[route]]\nname = "compliance"\nwatch = ["1"]\nowners = ["{OWNER}"]\nnotify = ["slack:C1"]\n'
LINK = "https://acme.onlyoffice.com/doceditor?fileId=3358285"


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        fake.add_person("U1", "Dana Ozola", OWNER)
        fake.add_channel("C1")
        yield fake


@pytest.fixture
def wiring(slack: FakeSlack, sqlite_databases: SqliteDatabases) -> Iterator[Wiring]:
    values = {
        "database_url": sqlite_databases.new(),
        "routes": ROUTES,
        "docspace_api_host": "https://acme.onlyoffice.com",
        "docspace_webhook_secret": "Compl1ance!",
        "slack_bot_token": slack.token,
        "slack_signing_secret": "s",
        "slack_api_url": slack.api_url,
    }
    wiring = Wiring(parse_settings(values))
    migrate(wiring.engine)
    with wiring.transactions() as work:
        work.reviews.add(review())
        work.cards.owe("rev-1", [("slack", "C1")])
        work.commit()
    with wiring.engine.begin() as connection:
        connection.execute(sa.update(cards).values(message_id="1.0", drawn=1))
    yield wiring
    wiring.engine.dispose()
    wiring.request_engine.dispose()


@pytest.fixture
def side(slack: FakeSlack, wiring: Wiring) -> SlackSide:
    return SlackSide(slack, "s", through_flask(build_application(wiring).test_client()))


def test_a_link_to_the_portal_shows_the_review(slack: FakeSlack, side: SlackSide) -> None:
    pasted = {
        "type": "link_shared",
        "channel": "C1",
        "user": "U1",
        "message_ts": "1.1",
        "links": [{"domain": "acme.onlyoffice.com", "url": LINK}],
    }

    assert side.event(pasted).status == 200
    [shown] = slack.wait_for(lambda: slack.unfurls)

    assert list(shown["unfurls"]) == [LINK]


def test_home_is_drawn_anew_after_an_answer_on_the_page(
    slack: FakeSlack, side: SlackSide, wiring: Wiring
) -> None:
    assert side.open_home("U1").status == 200
    slack.wait_for(lambda: slack.homes.get("U1"))

    with wiring.transactions() as work:
        work.docspace_accounts.remember({OWNER: "d1"}, at=get_utc_time())
        work.commit()
    person = Reviewer(name="Dana Ozola", email=OWNER)
    wiring.build_answers().record_answer(
        build_answer_request(review(), reviewer=person, identity=Identity.OIDC)
    )

    slack.wait_for(lambda: "You reviewed version" in str(slack.homes["U1"]["blocks"]))


@pytest.mark.parametrize(
    ("breakage", "status"), [("SELECT 1", 200), ("ALTER TABLE reviews RENAME TO away", 503)]
)
def test_a_click_that_the_database_can_not_take_now_is_answered_as_one_that_may_come_again(
    slack: FakeSlack, side: SlackSide, wiring: Wiring, breakage: str, status: int
) -> None:
    card = draw_card_message(draw_card(review()), [OWNER])
    with wiring.transactions() as work:
        work.docspace_accounts.remember({OWNER: "d1"}, at=get_utc_time())
        work.commit()
    side.open_home("U1")  # who is known is answered once the answer is written down
    slack.wait_for(lambda: slack.homes.get("U1"))
    with wiring.engine.begin() as connection:
        connection.execute(sa.text(breakage))

    answer = side.click("U1", {**card, "channel": "C1", "ts": "1.0"}, ACTION_IDS[CardAction.ACKNOWLEDGE])

    assert answer.status == status


def test_without_a_key_for_docspace_nothing_is_recorded_where_accounts_are_wanted(wiring: Wiring) -> None:
    with pytest.raises(Refused, match="DocSpace did not answer"):
        wiring.build_answers().record_answer(build_answer_request(review()))

    with wiring.transactions(reading=True) as work:
        current = work.reviews.get("rev-1")
    assert current is not None
    assert current.answers == ()
