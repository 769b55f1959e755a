"""What a sign-in leaves in a browser and in the database, for tests that are about something else."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pages import sessions

if TYPE_CHECKING:
    from datetime import datetime

    from flask.testing import FlaskClient

    from reviews.identity import ProvenPerson


def let_in(
    client: FlaskClient, who: ProvenPerson, *, at: datetime, base_url: str = "http://localhost"
) -> None:
    written = {**who.to_stored(), "at": at.isoformat()}
    with client.application.app_context():
        session_id = sessions.begin_session(written, replaced_keys=())
    with client.session_transaction(base_url=base_url) as session:
        session.update(proven=written, proven_session=session_id)


def copy_of(client: FlaskClient, *, address: str = "http://localhost") -> FlaskClient:
    """Return another browser, into which a thief has copied the cookie as it is now."""
    host = urlsplit(address).hostname or ""
    cookie = client.get_cookie("docspace-review", domain=host)
    assert cookie is not None
    copy = client.application.test_client()
    copy.set_cookie(cookie.key, cookie.value, domain=host)
    return copy
