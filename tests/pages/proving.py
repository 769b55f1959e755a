"""What a sign-in leaves in a browser and in the database, for tests that are about something else."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from pages import sessions

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from pages.proven import Proven


def let_in(client: FlaskClient, who: Proven, *, base_url: str = "http://localhost") -> None:
    written = {**asdict(who), "at": who.at.isoformat()}
    with client.application.app_context():
        session_id = sessions.begin(written, instead_of=())
    with client.session_transaction(base_url=base_url) as session:
        session.update(proven=written, proven_session=session_id)
