"""Figures that are kept as things happen: they are what counting all rows would give."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from reviews.intake import intake
from reviews.kinds import ReviewState
from store.engine import create_engine
from store.measures import measure
from store.migrate import migrate
from store.schema import cards, events, reviews, tallies
from store.tallies import BEYOND, CARD_TO_ANSWER, EVENT_TO_CARD, add_observation, load_tallies, sum_up_tallies
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, answer, event, review
from tests.store.lived import lived

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

BEFORE = "0013"  # the migration before there were figures
COUNTED = {
    "events": (sa.literal(""), events.c.state),
    "cards": (cards.c.notifier, cards.c.state),
    "reviews": (reviews.c.route, reviews.c.state),
}


def read_tallies(engine: sa.Engine) -> dict[tuple[str, str, str], int]:
    with engine.connect() as connection:
        tallies = load_tallies(connection)
    return {(each.subject, each.label, each.state): each.count for each in tallies if each.subject in COUNTED}


def counted(engine: sa.Engine) -> dict[tuple[str, str, str], int]:
    """Count all rows."""
    counts: Counter[tuple[str, str, str]] = Counter()
    with engine.connect() as connection:
        for subject, columns in COUNTED.items():
            for label, state in connection.execute(sa.select(*columns)):
                counts[subject, str(label), str(state)] += 1
    return dict(counts)


def test_the_figures_are_what_counting_would_give(engine: sa.Engine) -> None:
    lived(engine)

    assert read_tallies(engine) == counted(engine)
    assert read_tallies(engine)["reviews", "compliance", "acknowledged"] == 1
    assert read_tallies(engine)["cards", "slack", "posted"] == 1


def test_what_is_rolled_back_was_never_counted(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        work.reviews.add(review())

    assert read_tallies(engine) == {}


def test_what_was_received_before_is_not_counted_again(engine: sa.Engine) -> None:
    same = event()
    intake.receive_events(partial(SqlUnitOfWork, engine), [same, same], now=START)

    intake.receive_events(partial(SqlUnitOfWork, engine), [same], now=START)

    assert read_tallies(engine) == {("events", "", "received"): 1}


def test_summing_up_changes_no_figure_and_leaves_few_rows(engine: sa.Engine) -> None:
    lived(engine)
    before = read_tallies(engine)

    assert sum_up_tallies(engine, min_rows=3) > len(before)

    assert read_tallies(engine) == before
    assert rows(engine) == len(before) + 1  # and one observation
    assert sum_up_tallies(engine) == 0


def rows(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        count: int = connection.execute(sa.select(sa.func.count()).select_from(tallies)).scalar_one()
    return count


def test_what_was_there_before_there_were_figures_is_counted(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    config = Config()
    config.set_main_option("script_location", "store/migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
        row = "INSERT INTO events (delivery_key, semantic_key, file_id, said, received_at, state) VALUES "
        for number, state in enumerate(("done", "done", "received")):
            connection.exec_driver_sql(
                f"{row} ('{number}', '{number}', 'f', '{{}}', '2026-01-01', '{state}')"
            )

    migrate(engine)

    assert read_tallies(engine) == {("events", "", "done"): 2, ("events", "", "received"): 1}
    engine.dispose()


def seconds(taken: Iterable[float], subject: str, engine: sa.Engine) -> dict[str, tuple[int, float]]:
    with engine.begin() as connection:
        for each in taken:
            add_observation(connection, subject, "slack", timedelta(seconds=each))
        return {each.state: (each.count, each.seconds) for each in load_tallies(connection)}


def test_observations_go_to_the_lowest_bucket_that_holds_them(engine: sa.Engine) -> None:
    buckets = seconds((0.2, 1, 1.1, -3, 10**7), EVENT_TO_CARD, engine)

    assert buckets == {"1": (3, 1.2), "2.5": (1, 1.1), BEYOND: (1, 1e7)}


@pytest.mark.parametrize("posted", [True, False])
def test_a_card_is_timed_from_its_event_and_an_answer_from_its_card(engine: sa.Engine, posted: bool) -> None:  # noqa: FBT001
    minutes = timedelta(minutes=1)
    with SqlUnitOfWork(engine) as work:
        work.reviews.add(review(id="r1"))
        work.cards.owe("r1", [("slack", "C1")], caused_at=START)
        if posted:
            work.cards.claim(1, "job")
            for drawing in (1, 2):
                work.cards.mark_drawn(
                    1, "job", message_id="1.1", drawing=drawing, at=START + (1 + drawing) * minutes
                )
                work.cards.claim(1, "job")
        work.reviews.record_answer("r1", answer(at=START + 9 * minutes), ReviewState.ACKNOWLEDGED)
        work.commit()

    with engine.connect() as connection:
        tallies = {each.subject: (each.label, each.count, each.seconds) for each in load_tallies(connection)}
    assert tallies.get(EVENT_TO_CARD) == (("slack", 1, 120.0) if posted else None)
    assert tallies.get(CARD_TO_ANSWER) == (("compliance", 1, 420.0) if posted else None)


def test_what_waits_is_measured_by_its_oldest(engine: sa.Engine) -> None:
    lived(engine)

    measures = measure(engine)

    assert set(measures.oldest) == {
        ("event", "received"),
        ("event", "dead"),
        ("card", "waiting"),
        ("card", "dead"),
        ("review", "open"),
    }
    assert measures.cards_waiting == 4
    assert (measures.workers, measures.heartbeat) == (0, None)
