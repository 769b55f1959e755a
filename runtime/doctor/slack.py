"""What Slack reports of the app: its token, its rights, each channel and group (facts on Slack, 1.2, 1.6)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notifiers.shared.json_members import get_text
from notifiers.slack.conversations import fetch_conversation
from notifiers.slack.failures import translate_errors
from reviews.errors import RemoteError, ScopeMissing
from reviews.routes.route import OPERATORS_ROUTE
from runtime.app_manifests import slack_manifest
from runtime.doctor import clocks
from runtime.doctor.findings import report_error, report_ok, report_warning
from runtime.wiring.databases import get_utc_time
from runtime.wiring.slack_client import build_slack_groups, connect_slack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk import WebClient

    from reviews.subscriptions.conversations import ConversationDetails
    from runtime.doctor.findings import Finding
    from runtime.wiring.wiring import Wiring

SLACK_TIMEOUT_SECONDS = 10  # seconds
_GRANTED = "x-oauth-scopes"
_ADD = "add the scope {scope} to the app (docspace-review slack manifest prints all scopes) and reinstall it"


def check_app(wiring: Wiring) -> Iterator[Finding]:
    """Report whether Slack accepts the token, for the right workspace, with the rights the routes use."""
    if "slack" not in wiring.channels:
        return
    config = wiring.settings
    if not wiring.uses_slack_socket:
        config.require("SLACK_SIGNING_SECRET", "clicks in Slack can't be verified")
    try:
        with translate_errors("auth.test"):
            response = _connect_client(wiring).auth_test()
    except RemoteError as error:
        yield report_error("slack", str(error), "check SLACK_BOT_TOKEN and SLACK_API_URL")
        return
    team = get_text(response.data, "team_id")
    if config.slack_team_id not in {"", team}:
        yield report_error(
            "slack", f"the token belongs to the workspace {team}", "check SLACK_TEAM_ID and SLACK_BOT_TOKEN"
        )
    else:
        yield report_ok("slack", f"Slack accepts the token, in the workspace {team}")
    headers = {name.lower(): str(value) for name, value in (response.headers or {}).items()}
    yield from clocks.compare_clocks("Slack", headers.get("date", ""), get_utc_time())
    granted = {scope.strip() for scope in headers.get(_GRANTED, "").split(",")}
    for scope in slack_manifest.list_scopes(_build_installation(wiring)):
        if scope.name in granted:
            continue
        report = report_warning if scope.optional else report_error
        yield report(
            f"slack scope {scope.name}", f"not granted: {scope.reason}", _ADD.format(scope=scope.name)
        )


def check_channels(wiring: Wiring) -> Iterator[Finding]:
    """Report for each channel whether the bot is in it, and whether a private route posts to a public one."""
    private: dict[str, bool] = {}
    for name, target in wiring.routes.all_targets:
        route = wiring.routes.find_route(name)
        if target.notifier == "slack":
            is_private = private.get(target.address, False)
            private[target.address] = is_private or (
                name != OPERATORS_ROUTE and route is not None and route.private
            )
    for address in sorted(private):
        yield _check_channel(_connect_client(wiring), address, private=private[address])


def check_groups(wiring: Wiring) -> Iterator[Finding]:
    """Report for each user group that owns something whether Slack shows its members."""
    names = sorted(wiring.routes.groups)
    if not names or "slack" not in wiring.channels:
        return
    build_slack_groups(wiring, _connect_client(wiring)).look_up(names)
    for name in names:
        if wiring.directory.list_members(name):
            yield report_ok(f"group {name}", "Slack lists its members")
        else:
            yield report_error(
                f"group {name}", "it stands for no one: Slack has no such group, or shows no members",
                "check the handle in the route, and the scopes usergroups:read and users:read.email",
            )  # fmt: skip


def _check_channel(client: WebClient, address: str, *, private: bool) -> Finding:
    subject = f"slack:{address}"
    try:
        conversation = fetch_conversation(client, address)
    except ScopeMissing as error:
        return report_warning(
            subject, f"the app may not read it ({error.scope})", _ADD.format(scope=error.scope)
        )
    except RemoteError as error:
        return report_error(subject, str(error), "check the id in the route")
    return replace(_judge_channel(subject, conversation, private=private), name=conversation.name)


def _judge_channel(subject: str, conversation: ConversationDetails, *, private: bool) -> Finding:
    if not conversation.member:
        return report_error(subject, "the bot is not in it", "type /invite @docspace-review there")
    if conversation.archived:
        return report_error(subject, "it is archived", "choose another channel in the route")
    kind = "public" if conversation.public else "private"
    if private and conversation.public:
        return report_warning(
            subject, "it is public, and the route is private: cards hide the titles",
            "make the channel private, or choose a private one",
        )  # fmt: skip
    return report_ok(subject, f"the bot is in it; it is {kind}")


def _connect_client(wiring: Wiring) -> WebClient:
    return connect_slack(wiring, timeout=SLACK_TIMEOUT_SECONDS)


def _build_installation(wiring: Wiring) -> slack_manifest.Installation:
    """Return what the rights follow from; the address under which Slack reaches us does not matter here."""
    config = wiring.settings
    return slack_manifest.Installation(
        address="",
        command=config.slack_command,
        portal=slack_manifest.get_host(config.docspace_api_host),
        routes=wiring.routes,
    )
