"""The browser inbox of this installation: whether there is one, and how people say there who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.inbox import inbox_page
from pages.inbox_visit import Desk
from pages.stand_in_page import stand_in_page
from pages.stand_ins import StandIns
from pages.streams import Streams
from reviews.lists.inbox import CHANNEL, Inbox
from runtime.settings.setting_kinds import MAKES_KEY
from runtime.settings.settings import UnusableSettings
from runtime.web.page_doors import SIGN_IN, signs_in_at
from runtime.worker.ending import ending

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Flask

    from pages.stand_ins import StandIn
    from reviews.people.mailed_codes import Codes
    from runtime.wiring.wiring import Wiring


def add_inbox(
    app: Flask,
    wiring: Wiring,
    wake: Callable[[], None],
    codes: Codes | None,
    *,
    people: Sequence[StandIn] = (),
) -> None:
    """Add the inbox where a route's cards go there; `people` are those of the demo.

    Raises `UnusableSettings` where nobody could prove there who they are.
    """
    if CHANNEL not in wiring.channels:
        return
    key = wiring.settings.need("SECRET_KEY", f"it signs the sessions of the inbox: {MAKES_KEY}")
    signs_in = signs_in_at(wiring.settings)
    if not (signs_in or codes or people):
        raise UnusableSettings(
            f"a route notifies {CHANNEL!r}, and nobody could prove there who they are: set "
            f"{', '.join(SIGN_IN)}, or SMTP_URL and MAIL_FROM"
        )
    stand_ins = StandIns(key, people) if people else None
    desk = Desk(
        inbox=Inbox(transactions=wiring.patient, routes=wiring.routes, clock=wiring.clock),
        answers=wiring.answers(wake),
        menu=wiring.menu,
        streams=Streams(ending=ending),
        codes=codes,
        sign_in=signs_in,
        stand_ins=stand_ins,
        taking_out=wiring.taking_out(wake),
    )
    app.register_blueprint(inbox_page(desk))
    if stand_ins:
        app.register_blueprint(stand_in_page(stand_ins, desk, wiring.identification))
