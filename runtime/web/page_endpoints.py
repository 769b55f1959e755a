"""The pages of this installation: whether there are any, and how people sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import notifiers
from pages.acknowledge import acknowledge_page
from pages.browser import set_up_sessions
from pages.canary import build_canary_page
from pages.document_links import build_document_links
from pages.home import build_home_page
from reviews.lists.inbox import INBOX_CHANNEL
from runtime.settings.settings import UnusableSettings
from runtime.web import campaigns, history
from runtime.wiring.databases import get_utc_time
from runtime.wiring.pages import build_sessions

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from reviews.people.mailed_codes import MailedCodes
    from runtime.settings.settings import Settings
    from runtime.wiring.wiring import Wiring

SIGN_IN = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")


def add_page(app: Flask, wiring: Wiring, wake: Callable[[], None], codes: MailedCodes | None) -> None:
    """Add the page if a channel links to it, or if its links can be signed.

    Raises `UnusableSettings` if a route links to it and no one could prove their identity there.
    """
    settings = wiring.settings
    has_sign_in_service = has_sign_in(settings)
    if not (has_sign_in_service or codes):
        _require_link_identity(wiring)
    if not (settings.get_option("SECRET_KEY") or any(map(notifiers.has_page_links, wiring.channels))):
        return
    address, links = settings.outside_address, wiring.links
    set_up_sessions(
        app,
        settings.get_option("SECRET_KEY"),
        secure=address.startswith("https://"),
        browser_sessions=build_sessions(wiring),
    )
    app.register_blueprint(
        acknowledge_page(
            wiring.build_answers(wake),
            links,
            codes=codes,
            sign_in=has_sign_in_service,
            separation=wiring.build_separation(wake),
            comparison_views=wiring.comparison_views,
            openings=wiring.openings,
        )
    )
    app.register_blueprint(build_document_links(wiring.build_answers(), links, wiring.openings))
    app.register_blueprint(build_canary_page(wiring.patient_canaries, links))
    app.register_blueprint(history.create_blueprint(wiring, wake, sign_in=has_sign_in_service, codes=codes))
    sign_in_methods = history.list_sign_in_methods(
        wiring, sign_in=has_sign_in_service, codes=codes is not None
    )
    app.register_blueprint(campaigns.create_blueprint(wiring, wake, sign_in_methods))
    app.register_blueprint(build_home_page(sign_in_methods, clock=wiring.clock))
    if has_sign_in_service:
        # Its library would be a tenth of every start; it is loaded only if people can sign in.
        from pages import oidc  # noqa: PLC0415
        from pages.sign_in import sign_in_blueprint  # noqa: PLC0415
        from runtime.web.issuer_client import BoundedApp  # noqa: PLC0415

        issuer, client_id, client_secret = map(settings.get_option, SIGN_IN)
        client = oidc.Oidc(
            app, issuer=issuer, client_id=client_id, client_secret=client_secret, client=BoundedApp
        )
        callback = f"{address}/sign-in/callback"
        homes = {INBOX_CHANNEL} & wiring.channels | {history.HOME}
        app.register_blueprint(
            sign_in_blueprint(
                client, links, wiring.identification, callback=callback, clock=get_utc_time, home_pages=homes
            )
        )


def has_sign_in(settings: Settings) -> bool:
    present = [name for name in SIGN_IN if settings.get_option(name).strip()]
    if not present:
        return False
    for name in SIGN_IN:
        settings.require(name, f"{present[0]} is set, but sign-in needs all of {', '.join(SIGN_IN)}")
    from pages import oidc  # noqa: PLC0415 - as above

    if reason := oidc.explain_bad_issuer(settings.oidc_issuer):
        raise UnusableSettings(f"OIDC_ISSUER {reason}")
    return True


def _require_link_identity(wiring: Wiring) -> None:
    for route in wiring.routes.all:
        targets = (*route.notify, *route.ladder_targets)
        leading = [str(target) for target in targets if notifiers.has_page_links(target.notifier)]
        if leading and not route.link_suffices:
            raise UnusableSettings(
                f"route {route.name!r}: {leading[0]} leads to the acknowledge page, but no one can "
                f"sign in there: set {', '.join(SIGN_IN)}, or SMTP_URL and MAIL_FROM, or write "
                'identity = "link" and segregation_of_duties = "off" into the route'
            )
