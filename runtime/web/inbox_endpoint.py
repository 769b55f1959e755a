"""The browser inbox of this installation: whether there is one, and how people sign in there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.demo_sign_in import DemoSignInLinks
from pages.demo_sign_in_page import demo_sign_in_page
from pages.inbox import inbox_page
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
    people: Sequence[DemoPerson] = (),
) -> None:
    """Add the inbox if a route's cards go there; `people` are those of the demo.

    Raises `UnusableSettings` if no one could prove their identity there.
    """
    if INBOX_CHANNEL not in wiring.channels:
        return
    key = wiring.settings.require("SECRET_KEY", f"it signs the sessions of the inbox: {MAKES_KEY}")
    signs_in = has_sign_in(wiring.settings)
    if not (signs_in or codes or people):
        raise UnusableSettings(
            f"a route notifies {INBOX_CHANNEL!r}, but no one can sign in there: set "
            f"{', '.join(SIGN_IN)}, or SMTP_URL and MAIL_FROM"
        )
    stand_ins = DemoSignInLinks(key, people) if people else None
    desk = build_inbox_services(
        wiring,
        wake,
        streams=Streams(ending=shutdown_requested),
        codes=codes,
        sign_in=signs_in,
        stand_ins=stand_ins,
    )
    app.register_blueprint(inbox_page(desk))
    if stand_ins:
        app.register_blueprint(demo_sign_in_page(stand_ins, desk, wiring.identification))
