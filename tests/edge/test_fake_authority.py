"""The stand-in of a timestamping authority is as strict as a real one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response

from tests.edge.fake_authority import MAX_QUERY_BYTES, QUERY_TYPE, REPLY_TYPE, FakeAuthority

if TYPE_CHECKING:
    from collections.abc import Iterator

QUERY = TimestampRequestBuilder(b"text", HashAlgorithm.SHA256).build()


@pytest.fixture(scope="module")
def authority() -> Iterator[FakeAuthority]:
    with FakeAuthority() as fake:
        yield fake


def post(authority: FakeAuthority, body: bytes, content_type: str = QUERY_TYPE) -> requests.Response:
    return requests.post(authority.url, data=body, headers={"Content-Type": content_type}, timeout=30)


def test_it_echoes_the_nonce_and_has_its_own_time(authority: FakeAuthority) -> None:
    response = post(authority, QUERY.as_bytes())

    info = decode_timestamp_response(response.content).tst_info
    assert response.headers["Content-Type"] == REPLY_TYPE
    assert (info.nonce, info.gen_time) == (QUERY.nonce, authority.time.replace(microsecond=0))


def test_it_takes_only_what_says_that_it_is_a_request(authority: FakeAuthority) -> None:
    assert post(authority, QUERY.as_bytes(), "application/octet-stream").status_code == 415
    assert post(authority, b"\x30" * (MAX_QUERY_BYTES + 1)).status_code == 413
    assert requests.get(authority.url, timeout=30).status_code == 404


def test_what_is_no_request_is_rejected(authority: FakeAuthority) -> None:
    rejection = decode_timestamp_response(post(authority, b"text").content)

    assert (rejection.status, rejection.status_string) == (2, ["bad request"])
