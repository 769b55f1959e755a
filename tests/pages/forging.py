"""What someone does who can write to the database, and has nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.identity import Identity, ProvenPerson
from tests.reviews.samples import OWNER

if TYPE_CHECKING:
    import sqlalchemy as sa

    from tests.reviews.desk import Desk

VICTIM = ProvenPerson(name="Dana Ozola", identity=Identity.MAIL_CODE, addresses=(OWNER,))


def write(desk: Desk, statement: sa.sql.dml.UpdateBase) -> None:
    with desk.engine.begin() as connection:
        assert connection.execute(statement).rowcount != 0
