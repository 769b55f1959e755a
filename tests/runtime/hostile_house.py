"""An installation in which every text from outside is hostile: its portal, its database, its settings."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa

from demo import COMPLIANCE, OLGA, add_documents
from reviews.identity import Person, Reviewer
from reviews.kinds import Decision
from store.schema import cards, events, reviews
from store.unit_of_work import SqlUnitOfWork
from tests.databases import engine_on
from tests.keys import SECRET_KEY
from tests.reviews.campaigns import acknowledge, list_campaign_reviews, start_campaign
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.samples import ALICE, DEPUTY, OWNER, START, Clock, event
from tests.webhook.managed import SECRET, managed

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTILE = "pay\u202ecod.\x1b[2J\x1b]0;owned\x07\x9b31m\x85\u2028\u200f\u2066\x7fslip\ttab\rover.exe"
FILE = "3358285"


@contextmanager
def hostile_house(database: str) -> Iterator[dict[str, str]]:
    """Yield the settings of the installation while its portal answers."""
    fill(database)
    with managed(Clock()) as house:
        portal = house.portal
        add_documents(portal)
        for folder in (COMPLIANCE, 539500):
            portal.rename_folder(folder, f"Folder {HOSTILE}", by=OLGA.id)
        portal.rename(int(FILE), HOSTILE, by=OLGA.id)
        house.hook(name=HOSTILE)
        yield house.settings(
            DATABASE_URL=database,
            DOCSPACE_WEBHOOK_SECRET=SECRET,
            SECRET_KEY=SECRET_KEY,
            TEAMS_APP_ID="00000000-0000-0000-0000-000000000001",
            ROUTES=routes("compliance"),
        )


def routes(name: str) -> str:
    escaped = "".join(char if " " <= char <= "~" else f"\\u{ord(char):04x}" for char in name)
    return (
        f'[[route]]\nname = "{escaped}"\nwatch = ["{COMPLIANCE}"]\nowners = ["{OLGA.email}"]\n'
        'notify = ["console"]\nidentity = "link"\n'
    )


def fill(database: str) -> None:
    """Write reviews, answers, entries, cards and events that are hostile wherever a text can be."""
    engine = engine_on(database)
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    desk.portal.people[ALICE.id] = Person(id=ALICE.id, name=HOSTILE, email=f"{HOSTILE}@example.com")
    hostile = partial(event, title=HOSTILE)
    opened = desk.open(hostile(file_id=FILE))
    desk.answers.record_answer(
        build_answer_request(
            opened, decision=Decision.REQUEST_CHANGES, note=HOSTILE, reviewer=replace(DANA, name=HOSTILE)
        )
    )
    desk.open(replace(hostile(file_id="f2"), link=f"https://acme.example.com/{HOSTILE}"))
    desk.receive(hostile(file_id="f3"))
    _add_campaign(desk)
    hostile_person = Reviewer(name=HOSTILE).to_stored()
    with engine.begin() as connection:
        connection.execute(sa.update(events).values(reason=HOSTILE, state="dead"))
        connection.execute(
            sa.update(cards).values(error=HOSTILE, target=cards.c.target + HOSTILE, state="dead")
        )
        connection.execute(
            sa.update(reviews).values(
                path=HOSTILE, title_before=HOSTILE, path_before=HOSTILE, moved_to=HOSTILE,
                snoozer=hostile_person,
                handed_over={"by": hostile_person, "to": hostile_person, "at": START.isoformat()},
            )
        )  # fmt: skip
    engine.dispose()


def _add_campaign(desk: Desk) -> None:
    """Add a campaign for the documents so far, of which a hostile person has acknowledged one."""
    campaign = start_campaign(desk, people=(OWNER, DEPUTY))
    with desk.transactions() as work:
        hostile = replace(
            campaign, name=HOSTILE, path=HOSTILE, started_by=Reviewer(name=HOSTILE), problem=HOSTILE
        )
        work.campaigns.save(hostile)
        work.commit()
    acknowledge(desk, list_campaign_reviews(desk, campaign)[0], replace(DANA, name=HOSTILE))


DANA = Reviewer(name="Dana Ozola", email="owner@example.com", chat_ids={"slack": "U1"})
