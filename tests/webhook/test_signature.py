"""The signature: whatever was not signed with one of the secrets, byte for byte, is refused."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from demo import signature
from tests.demo.captures import CLASSIC, CLASSIC_SECRET, CLASSIC_SIGNATURE, V1, V1_SECRET, V1_SIGNATURE
from webhook.signature import is_genuine

bodies = st.binary(max_size=300)
secrets = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=30)
without_deadline = settings(deadline=None)


@without_deadline
@given(body=bodies, secret=secrets)
def test_a_genuine_body_is_accepted_with_its_digits_in_either_case(body: bytes, secret: str) -> None:
    header = signature(secret, body)
    prefix, _, digits = header.partition("=")

    assert is_genuine(body, f"{prefix}={digits.upper()}", [secret])
    assert is_genuine(body, f"{prefix}={digits.lower()}", [secret])


@without_deadline
@given(body=st.binary(min_size=1, max_size=300), secret=secrets, data=st.data())
def test_any_one_changed_byte_of_the_body_is_refused(body: bytes, secret: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(body) - 1))
    flip = data.draw(st.integers(1, 255))
    changed = body[:place] + bytes([body[place] ^ flip]) + body[place + 1 :]

    assert not is_genuine(changed, signature(secret, body), [secret])


@without_deadline
@given(body=bodies, secret=secrets, other=secrets)
def test_another_secret_is_refused(body: bytes, secret: str, other: str) -> None:
    assume(secret != other)

    assert not is_genuine(body, signature(other, body), [secret])


@without_deadline
@given(body=bodies, secret=secrets, length=st.integers(0, 70))
def test_a_truncated_header_is_refused(body: bytes, secret: str, length: int) -> None:
    assert not is_genuine(body, signature(secret, body)[:length], [secret])


@without_deadline
@given(body=bodies, secret=secrets, header=st.none() | st.text(max_size=100))
def test_any_other_header_is_refused_and_never_stumbled_over(
    body: bytes, secret: str, header: str | None
) -> None:
    assert not is_genuine(body, header, [secret])


@pytest.mark.parametrize(
    "header", [None, "", "sha256=", "sha256=zz", "sha256=é", "sha1=" + "0" * 40, "\u017f" * 71]
)
def test_a_header_that_is_none_is_refused(header: str | None) -> None:
    assert not is_genuine(CLASSIC, header, [CLASSIC_SECRET])


@without_deadline
@given(body=bodies, current=secrets, previous=secrets)
def test_the_previous_secret_is_accepted_beside_the_current_one(
    body: bytes, current: str, previous: str
) -> None:
    assert is_genuine(body, signature(previous, body), [current, previous])
    assert is_genuine(body, signature(current, body), [current, previous])


def test_nothing_is_genuine_without_a_secret() -> None:
    assert not is_genuine(CLASSIC, CLASSIC_SIGNATURE, [])


@pytest.mark.parametrize(
    ("body", "header", "secret"),
    [(CLASSIC, CLASSIC_SIGNATURE, CLASSIC_SECRET), (V1, V1_SIGNATURE, V1_SECRET)],
    ids=["classic", "v1"],
)
def test_the_vendors_own_captures_are_genuine(body: bytes, header: str, secret: str) -> None:
    assert is_genuine(body, header, [secret])
    assert not is_genuine(body + b" ", header, [secret])
    assert not is_genuine(body, header, [secret + " "])
