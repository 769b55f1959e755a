"""Whom the bot's token may be shown, and what a click may hold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.teams_bot import actions
from notifiers.teams_bot.hosts import ServiceHosts

NONE_MORE = ServiceHosts.parse("")
STAND_INS = ServiceHosts.parse("127.0.0.1, Stand-In.example:8080 ,")


@pytest.mark.parametrize(
    "address",
    [
        "https://smba.trafficmanager.net/emea/3d1e9f0a/",
        "https://SMBA.trafficmanager.net:443/teams",
        "https://smba.infra.gcc.teams.microsoft.com/teams",
        "https://europe.webchat.botframework.com/",
    ],
)
def test_microsofts_service_addresses_are_taken(address: str) -> None:
    assert NONE_MORE.is_allowed(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://smba.trafficmanager.net/",
        "https://smba.trafficmanager.net.evil.example/",
        "https://evil.example/smba.trafficmanager.net",
        "https://smba.trafficmanager.net@evil.example/",
        "https://evil.example\\@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net:8443/",
        "https://smba.trafficmanager.net/?to=evil.example",
        "https://smba.trafficmanager.net/#x",
        "https://botframework.com/",
        "https://evilbotframework.com/",
        "https://.botframework.com/",
        "https://europe..botframework.com/",
        "https://127.0.0.1/",
        "ftp://smba.trafficmanager.net/",
        "//smba.trafficmanager.net/",
        "https://smba.trafficmanager.net\n/",
        "https:// smba.trafficmanager.net/",
        "https://[::1/",
        "https://smba.trafficmanager.net:x/",
        "smba.trafficmanager.net",
        "",
    ],
)
def test_any_other_address_is_refused(address: str) -> None:
    assert not NONE_MORE.is_allowed(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:4711/emea/",
        "https://127.0.0.1/",
        "http://stand-in.example:8080/",
        "http://127.0.0.1",
    ],
)
def test_hosts_of_the_setting_are_taken_without_encryption_too(address: str) -> None:
    assert STAND_INS.is_allowed(address)


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.2/", "http://stand-in.example/", "http://stand-in.example:81/", "ws://127.0.0.1"],
)
def test_hosts_beside_those_of_the_setting_are_not(address: str) -> None:
    assert not STAND_INS.is_allowed(address)


@given(st.text())
def test_no_text_makes_the_judge_stumble(address: str) -> None:
    assert NONE_MORE.is_allowed(address) in {True, False}


@pytest.mark.parametrize("verb", [actions.ACKNOWLEDGE, actions.REQUEST_CHANGES])
def test_a_button_and_its_fallback_bring_back_the_review_and_the_revision(verb: str) -> None:
    make = {
        actions.ACKNOWLEDGE: actions.make_acknowledge_button,
        actions.REQUEST_CHANGES: actions.make_request_button,
    }[verb]
    button = make("Press", review_id="a-B_9", revision=12)

    assert (button["type"], button["verb"], button["title"]) == ("Action.Execute", verb, "Press")
    assert actions.read_data(button["data"]) == ("a-B_9", 12)
    assert button["fallback"]["type"] == "Action.Submit"
    assert actions.read_data(button["fallback"]["data"]) == ("a-B_9", 12)
    assert actions.read_verb(button["fallback"]["data"]) == verb


@pytest.mark.parametrize(
    "data",
    [
        None,
        "rev-1.1",
        [],
        {},
        {"review": None},
        {"review": {"id": "rev-1"}},
        {"review": "rev-1"},
        {"review": "rev-1."},
        {"review": "rev-1.-1"},
        {"review": "rev-1.1.2"},
        {"review": "rev-1.²"},
        {"review": "rev-1.9999999999"},
    ],
)
def test_data_that_is_not_ours_names_a_review_that_does_not_exist(data: Any) -> None:
    assert actions.read_data(data) == ("", 0)


@pytest.mark.parametrize("data", [None, [], {}, {"verb": 1}, {"verb": "approve"}, {"verb": ["acknowledge"]}])
def test_a_message_that_is_no_click_has_no_verb(data: Any) -> None:
    assert actions.read_verb(data) == ""


@pytest.mark.parametrize(("data", "note"), [({"note": "Fix 3"}, "Fix 3"), ({"note": 3}, ""), (None, "")])
def test_a_note_is_text_or_nothing(data: Any, note: str) -> None:
    assert actions.read_note(data) == note
