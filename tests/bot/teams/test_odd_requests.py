"""Genuine requests of unexpected forms: answered or refused, never an error of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from notifiers.teams_bot.actions import ACKNOWLEDGE, REQUEST_CHANGES
from tests.bot.odd import variants
from tests.bot.teams.teams_installation import CHANNEL, DANA, TEAM, TeamsInstallation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MEMBERS = ["type", "id", "name", "action", "from", "recipient", "replyToId", "text", "entities", "value"]
MEMBERS += ["membersAdded", "membersRemoved", "channelData", "conversation"]


def about(installation: TeamsInstallation) -> dict[str, Any]:
    """What every activity says."""
    return {
        "id": "f:1",
        "channelId": "msteams",
        "serviceUrl": installation.teams.service_url,
        "from": {"id": DANA, "aadObjectId": "oid-dana"},
        "recipient": {"id": installation.teams.bot_id},
        "conversation": {
            "id": f"{CHANNEL};messageid=1",
            "conversationType": "channel",
            "tenantId": installation.teams.tenant_id,
        },
        "channelData": {"tenant": {"id": installation.teams.tenant_id}, "team": {"id": TEAM}},
    }


def click() -> dict[str, Any]:
    action = {"type": "Action.Execute", "verb": ACKNOWLEDGE, "data": {"review": "rev-1.1"}}
    value = {"action": action, "trigger": "manual"}
    return {"type": "invoke", "name": "adaptiveCard/action", "replyToId": "1", "value": value}


def note() -> dict[str, Any]:
    action = {"verb": REQUEST_CHANGES, "data": {"review": "rev-1.1", "note": "wrong"}}
    return {**click(), "value": {"action": action, "trigger": "manual"}}


def submitted() -> dict[str, Any]:
    value = {"verb": ACKNOWLEDGE, "review": "rev-1.1", "note": "x"}
    return {"type": "message", "replyToId": "1", "value": value}


def typed() -> dict[str, Any]:
    mention = {"type": "mention", "text": "<at>Bot</at>", "mentioned": {"id": "28:bot"}}
    return {"type": "message", "text": "<at>Bot</at> recent 3", "entities": [mention]}


def installed() -> dict[str, Any]:
    return {"type": "installationUpdate", "action": "add"}


def removed() -> dict[str, Any]:
    return {"type": "conversationUpdate", "membersRemoved": [{"id": "28:bot"}]}


@pytest.mark.parametrize("made", [click, note, submitted, typed, installed, removed])
def test_whatever_a_member_is_nothing_of_ours_fails(installation: TeamsInstallation, made: Any) -> None:
    installation.card()

    assert_none_fails(installation, variants(about(installation) | made(), "\ud800\0", part=made()))


@pytest.mark.parametrize("made", [click, typed, installed, removed])
def test_whatever_a_member_of_all_is_nothing_of_ours_fails(
    installation: TeamsInstallation, made: Any
) -> None:
    installation.card()

    assert_none_fails(
        installation, variants(about(installation) | made(), "\ud800\0", part=about(installation))
    )


def assert_none_fails(installation: TeamsInstallation, activities: Iterator[dict[str, Any]]) -> None:
    with capture_logs() as logs:
        for activity in activities:
            assert send(installation, activity) in {200, 400, 401}, activity

    assert [entry for entry in logs if entry["log_level"] == "error"] == []


def anything() -> st.SearchStrategy[Any]:
    names = st.sampled_from(
        [*MEMBERS, "verb", "data", "review", "note", "trigger", "tenant", "team", "eventType"]
    )
    words = st.sampled_from(
        ["message", "invoke", ACKNOWLEDGE, "rev-1.1", "automatic", "show \ud800", "a|b\0"]
    )
    leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | words
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4)
    )


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    activity=st.dictionaries(st.sampled_from(MEMBERS), anything()),
    made=st.sampled_from([click, submitted, typed]),
)
def test_whatever_is_said_nothing_of_ours_fails(
    installation: TeamsInstallation, activity: dict[str, Any], made: Any
) -> None:
    with capture_logs() as logs:
        status = send(installation, about(installation) | made() | activity)

    assert status in {200, 400, 401}
    assert [entry for entry in logs if entry["log_level"] == "error"] == []


def send(installation: TeamsInstallation, activity: Mapping[str, Any]) -> int:
    return installation.side.activity(activity).status
