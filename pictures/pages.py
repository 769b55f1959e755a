"""The real application on this machine, with the reviews of the pictures."""

from __future__ import annotations

import secrets
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from flask import session
from flask.sessions import SecureCookieSessionInterface
from werkzeug.serving import WSGIRequestHandler, make_server

from pages import proven_identity
from pictures.campaigns import READER, READERS, acknowledge_some, add_campaigns
from pictures.differences import COMPARED, COMPARISON, PARTS
from pictures.sample import FILES, MANY, OPEN, OWNER, SAVED
from reviews.bulk_reviews.gathering import Cause, CauseKind
from reviews.cards.card_drawing import draw_card
from reviews.comparisons.parts import write_parts
from reviews.comparisons.sealed_places import place_parts
from reviews.identity import Identity, Person, ProvenPerson
from reviews.lists.inbox import INBOX_PLACE
from reviews.ports.gatherings import start_gathering
from runtime.documents.sealing import ContentSealer
from runtime.settings.settings import load
from runtime.web.application import build_application
from runtime.wiring.wiring import Wiring
from store.migrate import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from flask import Flask

    from reviews.ports.documents import Sealer
    from reviews.ports.unit_of_work import UnitOfWork

ROUTES = f"""
[[route]]
name = "compliance"
watch = ["539564"]
owners = ["{OWNER}"]
notify = ["console"]

[[route]]
name = "invoices"
watch = ["612001"]
owners = ["{OWNER}"]
notify = ["console"]
identity = "link"
segregation_of_duties = "off"
"""


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the server's own name
        """Say nothing about requests."""


@dataclass(frozen=True, kw_only=True)
class ServedPages:
    """The running application.

    Attributes:
        addresses: Of the pages of the reviews, by their ids.
        here: Its own address.
        cookie: Of a browser in which the owner has proven who they are.
    """

    addresses: dict[str, str]
    here: str
    cookie: str
    reader_cookie: str = ""
    """Of a browser of one of the people of the campaign, if there is one."""


@contextmanager
def acknowledge_pages(*, with_inbox: bool = False, with_campaign: bool = False) -> Iterator[ServedPages]:
    """Serve the application; of an installation `with_inbox`, every page leads to it.

    `with_campaign` people are asked to acknowledge documents, too.
    """
    with tempfile.TemporaryDirectory(prefix="docspace-review-pictures-") as folder:
        values = {
            "database_url": f"sqlite:///{Path(folder) / 'pictures.db'}",
            "routes": ROUTES.replace('"console"', '"console", "inbox"') if with_inbox else ROUTES,
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
            _add_many(work)
            _add_compared(work, ContentSealer(values["secret_key"]))
            work.people.remember(Person(id="olga", name="Olga Owner", email=OWNER), at=SAVED)
            asked = add_campaigns(work, wiring.clock()) if with_campaign else []
            work.commit()
        acknowledge_some(wiring.build_answers(), asked)
        application = build_application(wiring)
        server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        here = f"http://127.0.0.1:{server.port}"
        links = {
            each.id: wiring.links.make_address(draw_card(each)) for each in (OPEN, MANY, COMPARED, *asked)
        }
        yield ServedPages(
            addresses={
                name: link.replace(wiring.settings.inside_address, here) for name, link in links.items()
            },
            here=here,
            cookie=_let_in(application, READERS[0], wiring.clock()),
            reader_cookie=_let_in(application, READER, wiring.clock()),
        )
        server.shutdown()
        server.server_close()
        wiring.engine.dispose()


def _let_in(application: Flask, person: Person, at: datetime) -> str:
    """Return the cookie of a browser in which a person has proven who they are."""
    proven = ProvenPerson(identity=Identity.OIDC, name=person.name, addresses=(person.email or "",))
    with application.test_request_context():
        proven_identity.remember_person(proven, at=at)
        serializer = SecureCookieSessionInterface().get_signing_serializer(application)
        return str(serializer.dumps(dict(session))) if serializer else ""


def _add_compared(work: UnitOfWork, sealer: Sealer) -> None:
    """Write down the review of a document that was compared."""
    work.reviews.add(COMPARED)
    work.cards.owe(COMPARED.id, [INBOX_PLACE])
    work.comparisons.request(COMPARED.id, COMPARED.revision, at=SAVED)
    if request := work.comparisons.get_request(1):
        parts = sealer.seal(write_parts(PARTS), place_parts(COMPARISON))
        work.comparisons.finish(request, replace(COMPARISON, parts=parts))


def _add_many(work: UnitOfWork) -> None:
    """Write down the bulk review with all its files, as they join it."""
    work.reviews.add(MANY)
    cause = Cause(kind=CauseKind.MINUTE)
    gathering = start_gathering(MANY.id, MANY.route, cause.key, arrived=SAVED, now=SAVED)
    work.gatherings.start(gathering, ended_ids=())
    for file in FILES:
        work.bulk_files.add_file(MANY, file)
        gathering = gathering.add_file(file.kind, SAVED, SAVED)
    work.gatherings.save(gathering)
