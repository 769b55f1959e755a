from __future__ import annotations

import json

import pytest

from demo.wire_format import SUBSCRIBED, TRIGGERS, encode, make_trigger_mask, signature, trigger_names
from tests.demo import captures

CAPTURES = [
    pytest.param(captures.CLASSIC, captures.CLASSIC_SECRET, captures.CLASSIC_SIGNATURE, id="classic"),
    pytest.param(captures.V1, captures.V1_SECRET, captures.V1_SIGNATURE, id="v1"),
]


@pytest.mark.parametrize(("body", "secret", "published"), CAPTURES)
def test_a_published_capture_has_its_published_signature(body: bytes, secret: str, published: str) -> None:
    assert signature(secret, body) == published


@pytest.mark.parametrize(("body", "secret", "published"), CAPTURES)
def test_one_changed_byte_of_a_capture_changes_the_signature(
    body: bytes, secret: str, published: str
) -> None:
    assert signature(secret, body.replace(b"file", b"File", 1)) != published


@pytest.mark.parametrize(("body", "secret", "published"), CAPTURES)
def test_a_parsed_capture_encodes_to_the_same_bytes(body: bytes, secret: str, published: str) -> None:
    encoded = encode(json.loads(body))

    assert encoded == body
    assert signature(secret, encoded) == published


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        ("<&>'\"+`", rb'"\u003C\u0026\u003E\u0027\u0022\u002B\u0060"'),
        ("Политика", rb'"\u041F\u043E\u043B\u0438\u0442\u0438\u043A\u0430"'),
        ("\U0001f512", rb'"\uD83D\uDD12"'),
        ("a\\b\n\x01\x7f", rb'"a\\b\n\u0001\u007F"'),
        ("plain/text?=~", b'"plain/text?=~"'),
    ],
)
def test_text_is_escaped_as_the_server_escapes_it(text: str, encoded: bytes) -> None:
    assert encode(text) == encoded
    assert json.loads(encoded) == text


def test_members_keep_their_order_and_there_is_no_white_space() -> None:
    assert encode({"b": [1, True, None], "a": {}}) == b'{"b":[1,true,null],"a":{}}'


def test_the_trigger_bits_are_the_documented_ones() -> None:
    assert TRIGGERS["file.created"] == 128
    assert TRIGGERS["file.updated"] == 512
    assert TRIGGERS["folder.moved"] == 2097152
    assert TRIGGERS["folder.downloaded"] == 2**35
    assert len(TRIGGERS) == 36


def test_the_recommended_subscription_has_the_documented_mask() -> None:
    assert make_trigger_mask(SUBSCRIBED) == 9516875648


def test_a_mask_of_everything_is_zero_and_shows_as_a_star() -> None:
    assert make_trigger_mask(["*"]) == 0
    assert trigger_names(0) == ["*"]
    assert trigger_names(make_trigger_mask(["file.updated", "file.created"])) == [
        "file.created",
        "file.updated",
    ]
