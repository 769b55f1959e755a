"""Socket Mode: whether Slack opens a connection for the app-level token, and whether the workers have one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.doctor.findings import report_error, report_ok, report_warning
from runtime.wiring.slack_client import connect_app, connect_slack
from store.clock import read_database_time
from store.engine import read_only
from store.slack_connections import find_slack_connections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.doctor.findings import Finding
    from runtime.wiring.wiring import Wiring

SUBJECT = "slack socket mode"
_SEE_LOG = "the workers connect by themselves once that is mended; their log has slack_socket_failed"
_SWITCHED_OFF = "if nothing happens on a click: api.slack.com, your app, Socket Mode, Enable Socket Mode"


def check_token(wiring: Wiring) -> Iterator[Finding]:
    """Report whether Slack gives a ticket for a connection; it is not used."""
    if not wiring.uses_slack_socket:
        return
    # Its libraries are loaded only where Socket Mode is used.
    from bot.slack.socket_mode import tickets  # noqa: PLC0415
    from bot.slack.socket_mode.failures import NoConnection  # noqa: PLC0415

    if wiring.settings.get_option("SLACK_SIGNING_SECRET"):
        message = "it is not used: with SLACK_APP_TOKEN requests come over a connection, and not by HTTP"
        yield report_warning("setting SLACK_SIGNING_SECRET", message, "remove it, or SLACK_APP_TOKEN")
    try:
        ticket = tickets.request_ticket(connect_app(wiring.settings))
    except NoConnection as failure:
        remedy = failure.remedy or "check that this machine reaches Slack, through HTTPS_PROXY if it has to"
        yield report_error(SUBJECT, failure.reason, remedy)
        return
    if ticket.warning:
        yield report_warning(SUBJECT, f"Slack says: {ticket.warning}", _SWITCHED_OFF)
    else:
        yield report_ok(SUBJECT, "Slack accepts SLACK_APP_TOKEN")
    try:
        tickets.require_one_app(wiring.settings.get_option("SLACK_APP_TOKEN"), connect_slack(wiring))
    except NoConnection as failure:
        yield report_error(SUBJECT, failure.reason, failure.remedy)


def check_connections(wiring: Wiring) -> Iterator[Finding]:
    """Report how many workers are connected; that none runs is a finding of its own."""
    if not wiring.uses_slack_socket:
        return
    with read_only(wiring.engine).connect() as connection:
        connections = find_slack_connections(connection, read_database_time(connection))
    if connections.reason and not connections.count:
        yield report_error(SUBJECT, f"no worker is connected: {connections.reason}", _SEE_LOG)
    elif connections.reason:
        yield report_warning(SUBJECT, f"a worker is not connected: {connections.reason}", _SEE_LOG)
    elif connections.count:
        number = "one worker is" if connections.count == 1 else f"{connections.count} workers are"
        yield report_ok(SUBJECT, f"{number} connected")
