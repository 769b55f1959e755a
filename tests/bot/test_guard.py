"""What is stopped before it reaches Bolt, and what is read of a request."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from slack_bolt.request.internals import parse_body
from werkzeug.datastructures import Headers

from bot.slack.request_checks import are_headers_well_formed, get_team, parse_request

TIMESTAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"
GOOD = "v0=" + "a1" * 32


def bodies() -> st.SearchStrategy[bytes]:
    """Bodies in both encodings of Slack, and anything else."""
    payloads = st.dictionaries(
        st.text(max_size=5), st.none() | st.integers() | st.text(max_size=5), max_size=3
    )
    forms = st.lists(st.tuples(st.sampled_from(["team_id", "text"]), st.text(max_size=5)), max_size=4)
    texts = payloads.map(json.dumps) | forms.map(urlencode) | st.text(max_size=20)
    return texts.map(str.encode) | st.binary(max_size=100)


def test_a_timestamp_and_a_signature_of_their_form_are_well_formed() -> None:
    assert are_headers_well_formed(Headers({TIMESTAMP: "1760000000", SIGNATURE: GOOD}))


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
    assert not are_headers_well_formed(Headers({TIMESTAMP: timestamp, SIGNATURE: signature}))


def test_absent_headers_are_none() -> None:
    assert not are_headers_well_formed(Headers())


@pytest.mark.parametrize(
    ("body", "kind", "payload"),
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
    body: bytes, kind: str, payload: dict[str, Any] | None
) -> None:
    assert parse_request(body, kind) == payload


@given(body=bodies(), kind=st.sampled_from(["application/json", "application/x-www-form-urlencoded", ""]))
def test_any_bytes_without_a_payload_are_read_as_bolt_reads_them_or_refused(body: bytes, kind: str) -> None:
    assume(b"payload" not in unquote_to_bytes(body))  # of which Bolt reads nothing if it is only a value
    try:
        expected = parse_body(body.decode(), kind)
    except ValueError:
        expected = None

    assert parse_request(body, kind) == (expected if isinstance(expected, dict) else None)


@given(payload=st.dictionaries(st.text(), st.text() | st.integers()))
def test_a_payload_is_read_as_it_was_said(payload: dict[str, Any]) -> None:
    body = urlencode({"payload": json.dumps(payload), "text": "x"}).encode()

    assert parse_request(body, "application/x-www-form-urlencoded") == payload


@pytest.mark.parametrize(
    ("payload", "team"),
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
def test_the_workspace_is_found_where_it_stands(payload: dict[str, Any], team: str | None) -> None:
    assert get_team(payload) == team
