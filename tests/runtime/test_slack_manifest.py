"""The app manifest for Slack: it keeps Slack's rules, and asks for no right that nothing uses."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from reviews.kinds import StepAction
from reviews.routes.ladder import LadderStep
from reviews.routes.route import Routes
from runtime.app_manifests.slack_manifest import SCOPES, Installation, build_manifest
from runtime.cli import cli
from tests.edge.slack_manifest import complaints
from tests.edge.slack_methods import METHODS
from tests.reviews.samples import route
from tests.runtime.command import CommandResult, run_command

ROUTES = '[[route]]\nwatch = ["1"]\nowners = ["o@company.com"]\nnotify = ["slack:C1"]\n'
SETTINGS = {
    "PUBLIC_URL": "https://reviews.example.com:8443/",
    "DOCSPACE_API_HOST": "https://Acme.onlyoffice.com",
    "ROUTES": ROUTES,
}
NEEDED = ["chat:write", "commands", "users:read", "users:read.email"]


def printed(**more: str) -> CommandResult:
    """Run the command with settings that are right but for those that are given."""
    return run_command(["slack", "manifest"], cli, **{**SETTINGS, **more})


@pytest.fixture(scope="module")
def manifest() -> Any:
    done = printed(SLACK_COMMAND="/checks")
    assert (done.code, done.err) == (0, "")
    return json.loads(done.out)


def test_the_manifest_is_what_slack_takes(manifest: Any) -> None:
    assert complaints(manifest) == []


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("features", "shortcuts", []),
        ("features", "unfurl_domains", ["https://acme.onlyoffice.com"]),
        ("display_information", "name", "x" * 36),
        ("display_information", "long_description", "too short"),
        ("settings", "interactivity", {}),
        ("settings", "hosted", True),
    ],
)
def test_the_rules_refuse_what_slack_does_not_take(manifest: Any, part: str, name: str, value: Any) -> None:
    spoilt = deepcopy(manifest)
    spoilt[part][name] = value

    assert len(complaints(spoilt)) == 1


def test_everything_that_slack_sends_comes_to_one_address(manifest: Any) -> None:
    [command] = manifest["features"]["slash_commands"]
    settings = manifest["settings"]

    reached = {
        command["url"],
        *(settings[part]["request_url"] for part in ("interactivity", "event_subscriptions")),
    }
    assert reached == {"https://reviews.example.com:8443/slack/events"}
    assert (command["command"], settings["socket_mode_enabled"]) == ("/checks", False)
    assert "pending" in command["usage_hint"]


def test_an_installation_that_uses_nothing_more_asks_for_the_least(manifest: Any) -> None:
    scopes = manifest["oauth_config"]["scopes"]

    needed = [scope for scope in scopes["bot"] if scope not in scopes["bot_optional"]]
    assert set(NEEDED) <= set(needed) <= {*NEEDED, "channels:read", "groups:read"}
    assert set(scopes["bot_optional"]) <= set(scopes["bot"])
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == {
        "app_home_opened",
        "link_shared",
    }


def test_the_links_of_the_portal_are_unfurled(manifest: Any) -> None:
    assert manifest["features"]["unfurl_domains"] == ["acme.onlyoffice.com"]
    assert {"links:read", "links:write"} <= set(manifest["oauth_config"]["scopes"]["bot_optional"])


@pytest.mark.parametrize(
    "host", ["", "http://127.0.0.1:8080", "docspace", "[::1]", "https://akten.müller.de"]
)
def test_where_the_portal_has_no_domain_nothing_is_asked_for_its_links(host: str) -> None:
    manifest = json.loads(printed(DOCSPACE_API_HOST=host).out)

    assert complaints(manifest) == []
    assert "unfurl_domains" not in manifest["features"]
    assert not {"links:read", "links:write"} & set(manifest["oauth_config"]["scopes"]["bot"])
    assert "link_shared" not in manifest["settings"]["event_subscriptions"]["bot_events"]


def test_a_route_that_uses_more_asks_for_more() -> None:
    full = route(
        name="full",
        owners=("@compliance-team",),
        acknowledge_reaction="white_check_mark",
        tell_contributors=True,
    )
    installation = Installation(
        address="https://r.example", command="/r", portal="", routes=Routes([route(), full])
    )
    manifest = build_manifest(installation)

    assert complaints(manifest) == []
    assert {"reactions:read", "im:write", "usergroups:read"} <= set(manifest["oauth_config"]["scopes"]["bot"])
    assert {"reaction_added", "reaction_removed"} <= set(
        manifest["settings"]["event_subscriptions"]["bot_events"]
    )


def test_a_group_that_only_a_ladder_names_needs_its_right() -> None:
    step = LadderStep(after=50, action=StepAction.ESCALATE, to="@board")
    rules = Routes([route(ladder=(step,))])
    manifest = build_manifest(
        Installation(address="https://r.example", command="/r", portal="", routes=rules)
    )

    assert "usergroups:read" in manifest["oauth_config"]["scopes"]["bot"]


def test_every_right_says_why_and_every_call_has_its_right() -> None:
    names = {scope.name for scope in SCOPES}
    asked = {method.scope.format(kind="channels") for method in METHODS.values() if method.scope}

    assert all(scope.reason for scope in SCOPES)
    assert asked <= names


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", ""),
        ("PUBLIC_URL", "http://reviews.example.com"),
        ("SLACK_COMMAND", "reviews"),
        ("SLACK_COMMAND", "/"),
        ("SLACK_COMMAND", "/Reviews"),
        ("SLACK_COMMAND", "/my reviews"),
        ("SLACK_COMMAND", "/" + "r" * 32),
    ],
)
def test_a_setting_that_slack_could_not_use_is_named_in_one_line(name: str, value: str) -> None:
    done = printed(**{name: value})

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"docspace-review: {name}")
    assert done.err.count("\n") == 1
