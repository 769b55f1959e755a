"""A simulated year ends with exactly the reminders, escalations and lapses that a plain model predicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.year.life import live_year
from tests.year.model import CLOCK_TYPES

if TYPE_CHECKING:
    import sqlalchemy as sa


def test_a_year_has_exactly_the_steps_and_messages_of_the_model(engine: sa.Engine) -> None:
    outcome = live_year(engine, seed=1, reviews=60, looks=800)

    assert outcome.missing == outcome.unexpected == []
    assert outcome.intact
    assert outcome.deaths > 0
    assert {act.what for act in outcome.acts} == CLOCK_TYPES
    states = {standing.state for standing in outcome.standings}
    assert states == {"open", "acknowledged", "superseded", "closed"}
