"""Checks of the answers about Slack: tokens, rights and channels, by asking Slack."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.slack.socket_mode.failures import SWITCHED_OFF, NoConnection
from bot.slack.socket_mode.tickets import request_ticket, require_one_app
from notifiers.shared.json_members import get_text
from notifiers.slack.channel_search import find_channel_id
from notifiers.slack.conversations import fetch_conversation
from notifiers.slack.failures import ACCESS_REFUSED, translate_errors
from reviews.errors import RemoteError, ScopeMissing
from reviews.text import clean_text
from runtime.app_manifests import slack_manifest
from runtime.settings.settings import UnusableSettings
from runtime.setup.answer_settings import build_wiring, explain_unusable, name_answers
from runtime.setup.check_results import CheckResult, has_problem, report_limit, report_problem, report_works
from runtime.wiring.slack_client import connect_app, connect_slack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_sdk import WebClient

    from reviews.routes.route import Routes
    from runtime.setup.answers import Answers

TIMEOUT_SECONDS = 10
PREFIX = "slack:"
_CHANNEL_ID = re.compile("[CDG][A-Z0-9]{8,20}")
_SIGNING_SECRET = re.compile("[0-9a-f]{32}")
_BOT_TOKEN_PLACE = "in the app at api.slack.com, OAuth & Permissions, Bot User OAuth Token"  # noqa: S105 - a place
_APP_TOKENS = "in the app at api.slack.com, Basic Information, App-Level Tokens, with connections:write"
_SECRET_PLACE = "in the app at api.slack.com, Basic Information, Signing Secret"  # noqa: S105 - a place


@dataclass(frozen=True, kw_only=True)
class SlackReport:
    """The results, the workspace of the token, and the ids of channels by their targets in `notify`."""

    results: list[CheckResult]
    team_id: str = ""
    channels: Mapping[str, str] = field(default_factory=dict)


def check_slack(answers: Answers, routes: Routes | None) -> SlackReport:
    """Check what Slack says of all answers about it; `routes` decide which rights the app needs."""
    results = check_way_of_clicks(answers)
    if not answers.slack_bot_token:
        missing = report_problem("slack_bot_token", f"is missing: it is {_BOT_TOKEN_PLACE}")
        return SlackReport(results=[missing, *results])
    bot, team_id = check_bot_token(answers, routes)
    results = [*bot, *results]
    if has_problem(bot):
        return SlackReport(results=results)
    channels = {}
    for target in answers.notify:
        if target.startswith(PREFIX) and target.removeprefix(PREFIX)[:1] not in {"", "@"}:
            result, channel = check_channel(answers, target)
            results.append(result)
            channels[target] = channel
    return SlackReport(results=results, team_id=team_id, channels=channels)


def check_bot_token(answers: Answers, routes: Routes | None) -> tuple[list[CheckResult], str]:
    """Return what Slack says of the bot's token, and its workspace."""
    if not answers.slack_bot_token.startswith("xoxb-"):
        return [report_problem("slack_bot_token", f"does not begin with xoxb-: it is {_BOT_TOKEN_PLACE}")], ""
    try:
        with translate_errors("auth.test"):
            response = _connect(answers).auth_test()
    except UnusableSettings as error:
        return [report_problem("slack_bot_token", explain_unusable(error))], ""
    except RemoteError as error:
        return [report_problem("slack_bot_token", _explain(error, _BOT_TOKEN_PLACE))], ""
    headers = {name.lower(): str(value) for name, value in (response.headers or {}).items()}
    granted = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}
    team = clean_text(get_text(response.data, "team"))
    results = [report_works("slack_bot_token", f"Slack accepts the token, in the workspace {team}")]
    missing = [] if routes is None else _list_missing_scopes(answers, routes, granted)
    if missing:
        results.append(
            report_limit(
                "slack_bot_token",
                f"the app lacks {', '.join(missing)}: add them (OAuth & Permissions), and reinstall the app",
            )
        )
    return results, get_text(response.data, "team_id")


def _list_missing_scopes(answers: Answers, routes: Routes, granted: set[str]) -> list[str]:
    scopes = slack_manifest.list_scopes(build_installation(answers, routes))
    return [scope.name for scope in scopes if scope.name not in granted and not scope.optional]


def build_installation(answers: Answers, routes: Routes) -> slack_manifest.Installation:
    """Return what the app's manifest follows from; with Socket Mode it has no address."""
    return slack_manifest.Installation(
        address="" if answers.uses_slack_socket else answers.public_url,
        command=build_wiring(answers).settings.slack_command,
        portal=slack_manifest.get_host(answers.portal),
        routes=routes,
    )


def check_way_of_clicks(answers: Answers) -> list[CheckResult]:
    """Check that Slack's requests reach us: by HTTP with a signing secret, or through Socket Mode."""
    if answers.slack_app_token:
        return [check_app_token(answers)]
    if not answers.slack_signing_secret:
        name, place = _find_missing_way(answers)
        return [report_problem(name, f"is missing, and without it no click arrives: it is {place}")]
    if not answers.public_url:
        return [
            report_problem(
                "slack_signing_secret",
                "works only where Slack reaches public_url: set that too, or slack_app_token instead",
            )
        ]
    return [check_signing_secret(answers)]


def _find_missing_way(answers: Answers) -> tuple[str, str]:
    if answers.public_url:
        return "slack_signing_secret", _SECRET_PLACE
    return "slack_app_token", _APP_TOKENS


def check_signing_secret(answers: Answers) -> CheckResult:
    """Check the form of the secret: Slack tells no one whether it is right."""
    if _SIGNING_SECRET.fullmatch(answers.slack_signing_secret):
        return report_works("slack_signing_secret", "the signing secret has the form of Slack's")
    return report_limit(
        "slack_signing_secret", f"does not look like one of Slack's, of 32 hex digits: it is {_SECRET_PLACE}"
    )


def check_app_token(answers: Answers) -> CheckResult:
    """Request a ticket for a connection, as each worker does, open none, and compare the tokens' apps."""
    try:
        wiring = build_wiring(answers)
        ticket = request_ticket(connect_app(wiring.settings, timeout=TIMEOUT_SECONDS))
        if answers.slack_bot_token:
            require_one_app(answers.slack_app_token, connect_slack(wiring, timeout=TIMEOUT_SECONDS))
    except UnusableSettings as error:
        return report_problem("slack_app_token", explain_unusable(error))
    except NoConnection as failure:
        return report_problem("slack_app_token", name_answers(_describe_failure(failure)))
    if ticket.warning:
        _, remedy = SWITCHED_OFF
        return report_limit("slack_app_token", f"Slack says: {ticket.warning.rstrip('.')}: {remedy}")
    return report_works("slack_app_token", "Slack opens Socket Mode with it")


def _describe_failure(failure: NoConnection) -> str:
    return f"{failure.reason}: {failure.remedy}" if failure.remedy else failure.reason


def check_channel(answers: Answers, target: str) -> tuple[CheckResult, str]:
    """Check a channel by its id or name; return the target with its id, or as it was."""
    address = target.removeprefix(PREFIX)
    is_id, shown = _CHANNEL_ID.fullmatch(address) is not None, clean_text(address)
    try:
        client = _connect(answers)
        channel = address if is_id else find_channel_id(client, address)
        if not channel:
            return report_problem("notify", _describe_unknown(shown)), target
        return _check_membership(client, channel, shown), f"{PREFIX}{channel}"
    except ScopeMissing as error:
        sentence = f"the channel {shown} is not checked: the app lacks {error.scope}"
        if is_id:
            return report_limit("notify", sentence), target
        return report_problem("notify", f"{sentence}; enter its id instead of its name"), target
    except (UnusableSettings, RemoteError) as error:
        reason = _explain(error, "") if isinstance(error, RemoteError) else explain_unusable(error)
        return report_problem("notify", reason), target


def _check_membership(client: WebClient, channel: str, shown: str) -> CheckResult:
    conversation = fetch_conversation(client, channel)
    if conversation.archived:
        return report_problem("notify", f"the channel {shown} is archived: choose another one")
    if not conversation.member:
        invitation = f"the bot is not in the channel {shown}: type /invite @{slack_manifest.BOT} there"
        return report_limit("notify", invitation)
    return report_works("notify", f"the bot is in the channel {shown}")


def _describe_unknown(shown: str) -> str:
    return (
        f"the app sees no channel {shown}: check the name; into a private one, invite the bot first "
        f"(/invite @{slack_manifest.BOT})"
    )


def _connect(answers: Answers) -> WebClient:
    return connect_slack(build_wiring(answers), timeout=TIMEOUT_SECONDS)


def _explain(error: RemoteError, place: str) -> str:
    """Return the reason; the errors' own hints name settings, which are not set yet."""
    text = str(error).partition(": ")[2] or str(error)
    if text.startswith(ACCESS_REFUSED):
        return f"{text.partition(':')[0]}: it is {place}" if place else text.partition(":")[0]
    return text
