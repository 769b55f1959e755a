"""The browser inbox of this installation: whether there is one, and how people sign in there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.demo_sign_in import DemoSignInLinks
from pages.demo_sign_in_page import build_demo_sign_in_page
from pages.inbox import build_inbox_page
from pages.streams import Streams
from reviews.lists.inbox import INBOX_CHANNEL
from runtime.settings.setting_kinds import MAKES_KEY
from runtime.settings.settings import UnusableSettings
from runtime.web.page_endpoints import SIGN_IN, has_sign_in
from runtime.wiring.pages import build_inbox_services
from runtime.worker.shutdown import shutdown_requested

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Flask

    from pages.demo_sign_in import DemoPerson
    from reviews.people.mailed_codes import MailedCodes
    from runtime.wiring.wiring import Wiring


def add_inbox(
    app: Flask,
    wiring: Wiring,
    wake: Callable[[], None],
    codes: MailedCodes | None,
    *,
    demo_people: Sequence[DemoPerson] = (),
) -> None:
    """Add the inbox if a route's cards go there; `demo_people` are those of the demo.

    Raises `UnusableSettings` if no one could prove their identity there.
    """
    if INBOX_CHANNEL not in wiring.channels:
        return
    key = wiring.settings.require("SECRET_KEY", f"it signs the sessions of the inbox: {MAKES_KEY}")
    has_sign_in_service = has_sign_in(wiring.settings)
    if not (has_sign_in_service or codes or demo_people):
        raise UnusableSettings(
            f"a route notifies {INBOX_CHANNEL!r}, but no one can sign in there: set "
            f"{', '.join(SIGN_IN)}, or SMTP_URL and MAIL_FROM"
        )
    demo_links = DemoSignInLinks(key, demo_people) if demo_people else None
    services = build_inbox_services(
        wiring,
        wake,
        streams=Streams(stopping=shutdown_requested),
        codes=codes,
        sign_in=has_sign_in_service,
        demo_links=demo_links,
    )
    app.register_blueprint(build_inbox_page(services))
    if demo_links:
        app.register_blueprint(build_demo_sign_in_page(demo_links, services, wiring.identification))
