"""The web application. Every part reports a missing setting before the first request arrives."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from flask import Flask, Response, jsonify
from werkzeug.exceptions import NotFound
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import RequestRedirect

from pages.browser import MAX_FORM_BYTES
from runtime.observe import logs
from runtime.observe.health_probe import Probe
from runtime.settings import settings
from runtime.settings.settings import UnusableSettings
from runtime.web.background_jobs import BackgroundJobs
from runtime.web.chat_endpoints import create_blueprints
from runtime.web.event_writer import EventWriter
from runtime.web.front import Front, refuse_nul
from runtime.web.inbox_endpoint import add_inbox
from runtime.web.page_endpoints import add_page
from runtime.web.responses import register_error_handlers
from runtime.web.rsgi_server import RsgiServer
from runtime.wiring.pages import build_codes
from runtime.wiring.wiring import Wiring
from runtime.worker.shutdown import listen_for_server, shutdown_requested
from store.limits import WorkKind
from webhook.receiver import Receiver

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from flask import Request
    from granian.rsgi import HTTPProtocol, Scope

    from pages.demo_sign_in import DemoPerson
    from reviews.people.code_mail import MonitoredCodeMailer
    from runtime.observe.health import HealthPart


class Application(Flask):
    """The WSGI application; a server that speaks RSGI reads bodies before it takes a thread."""

    def raise_routing_exception(self, request: Request) -> NoReturn:
        """Accept one spelling of each address: a redirect would name the host that the request claims."""
        if isinstance(request.routing_exception, RequestRedirect):
            raise NotFound
        super().raise_routing_exception(request)

    receiver: Receiver | None

    def __rsgi_init__(self, _loop: asyncio.AbstractEventLoop) -> None:
        self._rsgi_server = RsgiServer(self, self.receiver)

    async def __rsgi__(self, scope: Scope, exchange: HTTPProtocol) -> None:
        await self._rsgi_server.serve(scope, exchange)


def create_app() -> Flask:
    """Return the application of the Procfile's web line, configured from the environment."""
    listen_for_server()
    try:
        config = settings.load()
        logs.prepare(config)
        app = build_application(Wiring(config, WorkKind.REQUEST))
    except UnusableSettings as error:
        sys.exit(f"docspace-review: {error}")
    return app


def build_application(
    wiring: Wiring, *, wake: Callable[[], None] = lambda: None, demo_people: Sequence[DemoPerson] = ()
) -> Flask:
    """Return the application; `wake` is called when there is work for a worker in the same process.

    `demo_people` are the people of the demo; empty everywhere else.
    """
    wiring.check_ledger_settings()
    app = Application("docspace-review", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_FORM_BYTES
    if wiring.settings.proxies:
        # The sender's address, and nothing else: the address that browsers use is a setting.
        proxies = {"x_for": wiring.settings.proxies, "x_proto": 0, "x_host": 0}
        app.wsgi_app = ProxyFix(app.wsgi_app, **proxies)  # type: ignore[method-assign]
    app.before_request(refuse_nul)
    app.receiver = _build_receiver(wiring, wake)
    app.wsgi_app = Front(app.wsgi_app, app.receiver)  # type: ignore[method-assign]
    codes = build_codes(wiring, BackgroundJobs(shutdown_requested))
    add_page(app, wiring, wake, codes)
    add_inbox(app, wiring, wake, codes, demo_people=demo_people)
    for blueprint in create_blueprints(wiring, wake):
        app.register_blueprint(blueprint)

    token = wiring.settings.get_option("METRICS_TOKEN")
    if token:
        # Its library is loaded only if metrics are on.
        from runtime.observe.metrics import create_metrics_page  # noqa: PLC0415

        app.register_blueprint(create_metrics_page(wiring.engine, token))

    health = Probe(partial(_check_health, wiring, codes.mail if codes else None))

    @app.get("/healthz")
    def healthz() -> tuple[Response, int]:
        parts = health.get_parts()
        broken = any(part["state"] == "broken" for part in parts.values())
        return jsonify(status="broken" if broken else "ok", parts=parts), 503 if broken else 200

    register_error_handlers(app)
    return app


def _check_health(wiring: Wiring, mail: MonitoredCodeMailer | None) -> dict[str, HealthPart]:
    wiring.schema.check()  # logs changes of the schema
    return wiring.build_health(mail).check_parts()


def _build_receiver(wiring: Wiring, wake: Callable[[], None]) -> Receiver | None:
    """Return the receiver, if there is one; concurrent events are committed together."""
    if not wiring.settings.has_receiver:
        return None
    wiring.settings.require("DOCSPACE_WEBHOOK_SECRET", "the receiver can't verify DocSpace's deliveries")
    writer = EventWriter(wiring, wake)
    return Receiver(writer.receive, wiring.settings.webhook_secrets, receive_async=writer.receive_async)
