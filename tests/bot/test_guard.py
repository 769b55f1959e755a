"""What is stopped before it reaches Bolt, and what is read of a request."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from bot.slack.guard import is_well_formed, read, team_of

TIMESTAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"
GOOD = "v0=" + "a1" * 32


def test_a_timestamp_and_a_signature_of_their_form_are_well_formed() -> None:
    assert is_well_formed(Headers({TIMESTAMP: "1760000000", SIGNATURE: GOOD}))


@pytest.mark.parametrize(
    ("timestamp", "signature"),
    [
        ("", GOOD),
        ("soon", GOOD),
        ("-5", GOOD),
        ("1.5", GOOD),
        ("٣", GOOD),
        ("1" * 13, GOOD),
        ("1760000000", ""),
        ("1760000000", "v0="),
        ("1760000000", GOOD.upper()),
        ("1760000000", GOOD + "a"),
        ("1760000000", GOOD[:-1]),
        ("1760000000", "v0=" + "é" * 64),
        ("1760000000", "v1" + GOOD[2:]),
    ],
)
def test_another_form_is_none(timestamp: str, signature: str) -> None:
    assert not is_well_formed(Headers({TIMESTAMP: timestamp, SIGNATURE: signature}))


def test_absent_headers_are_none() -> None:
    assert not is_well_formed(Headers())


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b'{"a": 1}', "application/json; charset=utf-8", {"a": 1}),
        (b"team_id=T1&text=", "application/x-www-form-urlencoded", {"team_id": "T1", "text": ""}),
        (
            urlencode({"payload": json.dumps({"a": 1})}).encode(),
            "application/x-www-form-urlencoded",
            {"a": 1},
        ),
        (b"", "", {}),
        (b"[]", "application/json", None),
        (b"{", "application/json", None),
        (b"\xff", "application/json", None),
        (b"\xff", "application/x-www-form-urlencoded", None),
        (b"payload=nothing", "application/x-www-form-urlencoded", None),
        (b"payload=[]", "application/x-www-form-urlencoded", None),
        (b"[" * 100_000, "application/json", None),
    ],
)
def test_both_encodings_are_read_and_nothing_else(
    body: bytes, kind: str, said: dict[str, Any] | None
) -> None:
    assert read(body, kind) == said


@given(body=st.binary(max_size=100), kind=st.sampled_from(["application/json", "text/plain", ""]))
def test_any_bytes_are_read_or_refused(body: bytes, kind: str) -> None:
    found = read(body, kind)

    assert found is None or isinstance(found, dict)


@pytest.mark.parametrize(
    ("said", "team"),
    [
        ({"team_id": "T1"}, "T1"),
        ({"team": {"id": "T2"}}, "T2"),
        ({"team_id": "T1", "team": {"id": "T2"}}, "T1"),
        ({"view": {"app_installed_team_id": "T1"}, "team": {"id": "T2"}}, "T1"),
        ({"view": {"app_installed_team_id": None}, "team": {"id": "T2"}}, "T2"),
        ({"team": None}, None),
        ({"team": {}}, None),
        ({"team": "T3"}, None),
        ({}, None),
    ],
)
def test_the_workspace_is_found_where_it_stands(said: dict[str, Any], team: str | None) -> None:
    assert team_of(said) == team
