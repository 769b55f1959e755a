"""The web application. Every part says what it lacks before the first request arrives."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog
from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

from bot.slack.app import build_bolt, slack_blueprint
from notifiers import slack
from pages.acknowledge import acknowledge_page
from reviews import intake
from reviews.model import ChangeEvent
from runtime import logs, settings
from runtime.health import Health
from runtime.settings import UnusableSettings
from runtime.wiring import Wiring, utc_now
from store.group_commit import GroupCommit
from webhook.views import Receiver, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.types import WSGIApplication

    from flask import Blueprint


COMMIT_SECONDS = 1.5

log = structlog.get_logger()


def create_app() -> Flask:
    """Return the application of the Procfile's web line, set up from the environment."""
    try:
        config = settings.load()
        logs.configure(config.log_level)
        return application(Wiring(config))
    except UnusableSettings as error:
        sys.exit(f"docspace-review: {error}")


def application(wiring: Wiring, *, wake: Callable[[], None] = lambda: None) -> Flask:
    """Return the application; `wake` is called when there is work for a worker in the same process."""
    app = Flask("docspace-review", static_folder=None)
    app.wsgi_app = _receiver(app.wsgi_app, wiring, wake)  # type: ignore[method-assign]
    if wiring.settings.secret_key.get_secret_value() or "console" in wiring.channels:
        app.register_blueprint(acknowledge_page(wiring.answers(wake), wiring.links))
    if "slack" in wiring.channels:
        app.register_blueprint(_slack(wiring, wake))

    health = Health(engine=wiring.engine, clock=utc_now)

    @app.get("/healthz")
    def healthz() -> tuple[Response, int]:
        parts = health.parts()
        broken = any(part["state"] == "broken" for part in parts.values())
        return jsonify(status="broken" if broken else "ok", parts=parts), 503 if broken else 200

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        return Response(f"{error.name}.\n", error.code, mimetype="text/plain")

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        # The edge of the process: the cause goes to the log, never into the answer.
        log.error("request_failed", exc_info=error)
        return Response("Something went wrong here; it was logged.\n", 500, mimetype="text/plain")

    return app


def _receiver(app: WSGIApplication, wiring: Wiring, wake: Callable[[], None]) -> Receiver:
    """Return the receiver in front of the application; events that arrive together are committed together."""
    wiring.settings.need(
        "DOCSPACE_WEBHOOK_SECRET", "the receiver can't tell DocSpace's deliveries from forged ones"
    )
    writer = GroupCommit[ChangeEvent, bool](
        lambda events: intake.receive(wiring.one_statement, events, now=utc_now()),
    )

    def receive(event: ChangeEvent) -> bool:
        try:
            new = writer.submit(event, within=COMMIT_SECONDS)
        except (sa.exc.SQLAlchemyError, TimeoutError) as error:
            raise StoreUnavailable(type(error).__name__) from error
        if new:
            wake()
        return new

    return Receiver(app, receive, wiring.settings.webhook_secrets)


def _slack(wiring: Wiring, wake: Callable[[], None]) -> Blueprint:
    config = wiring.settings
    secret = config.need("SLACK_SIGNING_SECRET", "clicks in Slack can't be told from forged ones")
    token = config.need("SLACK_BOT_TOKEN", "cards can't be posted to Slack")
    bolt = build_bolt(
        client=slack.client(token, config.slack_api_url),
        signing_secret=secret,
        command_name=config.slack_command,
        answers=wiring.answers(wake),
        transactions=wiring.transactions,
    )
    return slack_blueprint(bolt, team_id=config.slack_team_id)
