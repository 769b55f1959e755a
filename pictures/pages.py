"""The real application on this machine, with the one review of the pictures."""

from __future__ import annotations

import secrets
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

from pictures.sample import OPEN, OWNER, SAVED
from reviews.card import card_of
from reviews.model import Person
from runtime.settings import load
from runtime.web import application
from runtime.wiring import Wiring
from store.migrate import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUTES = f"""
[[route]]
name = "compliance"
watch = ["539564"]
owners = ["{OWNER}"]
notify = ["console"]
"""


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the server's own name
        """Say nothing about requests."""


@contextmanager
def acknowledge_page() -> Iterator[str]:
    """Serve the application; yield the address of the review's page."""
    with tempfile.TemporaryDirectory(prefix="docspace-review-pictures-") as folder:
        values = {
            "database_url": f"sqlite:///{Path(folder) / 'pictures.db'}",
            "routes": ROUTES,
            "secret_key": secrets.token_urlsafe(48),
            "docspace_webhook_secret": "Pictures!2026",
            "oidc_issuer": "https://login.company.com",
            "oidc_client_id": "docspace-review",
            "oidc_client_secret": "pictures",
        }
        wiring = Wiring(load(values))
        migrate(wiring.engine)
        with wiring.transactions() as work:
            work.reviews.add(OPEN)
            work.people.remember(Person(id="olga", name="Olga Owner", email=OWNER), at=SAVED)
            work.commit()
        server = make_server("127.0.0.1", 0, application(wiring), threaded=True, request_handler=_Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield wiring.links.to(card_of(OPEN)).replace(
            wiring.settings.inside_address, f"http://127.0.0.1:{server.port}"
        )
        server.shutdown()
        server.server_close()
        wiring.engine.dispose()
