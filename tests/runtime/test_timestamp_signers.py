"""The certificates in a timestamp: which is the signer's, and such as can't be read.

What an answer has of certificates is not signed, so anyone may add some. The library gives them as a set, in
an order of its own.
"""

from __future__ import annotations

from base64 import encodebytes
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from runtime.evidence.timestamps import InvalidTimestamp, parse_certificates, read_timestamp
from tests.databases import ON_SQLITE
from tests.edge.fake_authority import (
    REPLY_TYPE,
    FakeAuthority,
    certify_authority,
    set_version,
)
from tests.edge.loopback import Reply
from tests.runtime.timestamped_ledger import TimestampedLedger

if TYPE_CHECKING:
    from pathlib import Path

    import sqlalchemy as sa
    from cryptography import x509

    from tests.edge.loopback import Request

TEXT = b"reviews.example.com\n5\n"
CERTIFICATES = certify_authority()
ROOTS = parse_certificates(CERTIFICATES.root.read_bytes())
SIGNER = parse_certificates(CERTIFICATES.valid.certificate.read_bytes())


def make_timestamp(more: Path | None = None) -> bytes:
    query = TimestampRequestBuilder(TEXT, HashAlgorithm.SHA256, cert_req=True).build()
    return FakeAuthority(more=more).timestamp(query.as_bytes())


@pytest.mark.parametrize("trusted", [(), ROOTS, (*ROOTS, *SIGNER)])
def test_a_stranger_lends_no_name_to_a_timestamp(trusted: tuple[x509.Certificate, ...]) -> None:
    forged = make_timestamp(CERTIFICATES.forged)

    assert read_timestamp(make_timestamp(), TEXT, roots=trusted).authority == "CN=TSA,O=Example"
    with pytest.raises(InvalidTimestamp, match="several of its certificates may be the signer's"):
        read_timestamp(forged, TEXT, roots=trusted)


@pytest.mark.parametrize("version", [1, 3, 6, 127])
def test_a_certificate_of_another_version_is_no_answer(version: int) -> None:
    response = set_version(make_timestamp(), version)

    for roots in (ROOTS, ()):
        with pytest.raises(InvalidTimestamp):
            read_timestamp(response, TEXT, roots=roots)


def test_a_certificate_with_a_name_of_an_odd_type_is_no_answer() -> None:
    """As a name in bits (tag 3), which X.520 has for no such attribute."""
    text, bits = b"\x0c\x03TSA", b"\x03\x03\x00SA"
    response = make_timestamp()
    assert text in response

    with pytest.raises(InvalidTimestamp, match="not an answer as RFC 3161 has it"):
        read_timestamp(response.replace(text, bits), TEXT, roots=())


def test_a_root_of_another_version_is_an_unusable_file() -> None:
    [root] = ROOTS
    damaged = set_version(root.public_bytes(Encoding.DER), 6)

    with pytest.raises(ValueError, match="or one that can't be read"):
        parse_certificates(_write_pem(damaged))


@ON_SQLITE
def test_an_answer_with_such_a_certificate_is_a_failure(engine: sa.Engine) -> None:
    signed = TimestampedLedger(engine)
    with FakeAuthority(time=signed.clock.now) as authority:

        def answer(request: Request) -> Reply:
            return Reply(200, set_version(authority.timestamp(request.body), 6), content_type=REPLY_TYPE)

        authority.answer = answer
        signed.use_authority(authority)
        signed.grow()
        authority.time = signed.clock.now

        asked = [signed.timestamping.ask_due(), signed.timestamping.ask_due()]

    assert asked == [True, False]
    assert signed.read_attempt().failure == (
        "its answer does not hold: it is not an answer as RFC 3161 has it"
    )
    assert signed.find_timestamp() is None


def _write_pem(der: bytes) -> bytes:
    return b"-----BEGIN CERTIFICATE-----\n" + encodebytes(der) + b"-----END CERTIFICATE-----\n"
