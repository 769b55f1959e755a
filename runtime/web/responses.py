"""Responses to failures: the sentences that people read, while the cause goes to the log."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog
from flask import Response, request
from werkzeug.exceptions import HTTPException

from pages.outage_page import draw_outage_page
from store.outages import DATABASE_ERRORS

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response as WerkzeugResponse

AGAIN_SECONDS = 5
TRY_AGAIN = "The database is not available; please try again in a moment.\n"

log = structlog.get_logger()


def register_error_handlers(app: Flask) -> None:
    """Register handlers that answer failures in plain words; the cause goes to the log alone."""

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        return Response(f"{error.name}.\n", error.code, mimetype="text/plain")

    @app.errorhandler(sa.exc.SQLAlchemyError)
    def unavailable(error: sa.exc.SQLAlchemyError) -> WerkzeugResponse:
        if not isinstance(error, DATABASE_ERRORS):
            return failed(error)
        log.warning("database_unavailable", path=request.path, reason=type(error).__name__)
        response = draw_outage_page() or Response(TRY_AGAIN, mimetype="text/plain")
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        response.headers["Retry-After"] = str(AGAIN_SECONDS)
        return response

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        # The edge of the process: the cause goes to the log, never into the response.
        log.error("request_failed", exc_info=error)
        return Response("Something went wrong here; it was logged.\n", 500, mimetype="text/plain")
