"""Timestamps by an authority (RFC 3161): read, and verified with the certificates that are trusted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from rfc3161_client import (
    PKIStatus,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from reviews.text import clean_text, shorten_text
from runtime.settings.settings import UnusableSettings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rfc3161_client import SignedData, TimeStampResponse

    from runtime.settings.settings import Settings

MAX_RESPONSE_BYTES = 64 * 1024
"""An answer with a chain of RSA certificates has some 6,000."""
MAX_CERTIFICATES_BYTES = 1024 * 1024
_SHA256 = "2.16.840.1.101.3.4.2.1"
_UNREADABLE_CERTIFICATE = (
    ValueError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
_MALFORMED = (*_UNREADABLE_CERTIFICATE, KeyError, TypeError)
"""What the libraries raise where the DER is not that of a timestamp: the last two for odd names."""
MAX_WORDS_LENGTH = 200
"""Characters of what an authority says of an error, or calls itself."""
_NO_ANSWER = "it is not an answer as RFC 3161 has it"


class InvalidTimestamp(Exception):
    """A timestamp does not hold; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Timestamp:
    """What a timestamp says: when the text existed, to the second, and who says so.

    `authority` is the subject of the certificate that signed it, empty where it is not in the answer.
    """

    time: datetime
    authority: str


def read_timestamp(
    response: bytes, text: bytes, *, roots: Sequence[x509.Certificate] = (), nonce: int | None = None
) -> Timestamp:
    """Return what an answer in DER says of a text, or raise `InvalidTimestamp`.

    Its signature is verified if there are `roots`. Certificates have to be valid at the time that it states,
    and may have expired since (RFC 3161, 4, item 3). With a `nonce`, it has to be that of the request.
    """
    if not isinstance(response, bytes):  # SQLite may hold a text in a column of bytes
        raise InvalidTimestamp(_NO_ANSWER)
    imprint = sha256(text).digest()
    try:
        decoded = decode_timestamp_response(response)
        _require_granted(decoded)
        _require_imprint(decoded, imprint, nonce)
        certificate = _find_signer(decoded.signed_data, roots)
        timestamp = Timestamp(
            time=decoded.tst_info.gen_time,
            authority=_describe(certificate) if certificate else "",
        )
        if roots:
            VerifierBuilder(roots=list(roots)).build().verify_message(decoded, text)
    except VerificationError as error:
        reason = _explain_verification(str(error))
        raise InvalidTimestamp(f"its signature does not hold by the certificates given: {reason}") from None
    except _MALFORMED:
        raise InvalidTimestamp(_NO_ANSWER) from None
    return timestamp


def load_certificates(settings: Settings) -> tuple[x509.Certificate, ...]:
    """Return the certificates of `TSA_CERTIFICATES`, none without it; raise `UnusableSettings`."""
    path = settings.tsa_certificates
    if not path:
        return ()
    try:
        with Path(path).open("rb") as file:
            return parse_certificates(file.read(MAX_CERTIFICATES_BYTES + 1))
    except OSError as error:
        raise UnusableSettings(f"TSA_CERTIFICATES: can't read {path}: {error.strerror}") from None
    except ValueError as error:
        raise UnusableSettings(f"TSA_CERTIFICATES: {path}: {error}") from None


def parse_certificates(pem: bytes) -> tuple[x509.Certificate, ...]:
    """Return the certificates in PEM, at least one; raise `ValueError` with the reason."""
    if len(pem) > MAX_CERTIFICATES_BYTES:
        raise ValueError(f"it is longer than {MAX_CERTIFICATES_BYTES} bytes")
    try:
        certificates = x509.load_pem_x509_certificates(pem)
    except _UNREADABLE_CERTIFICATE:
        raise ValueError("it has no certificate in PEM, or one that can't be read") from None
    return tuple(dict.fromkeys(certificates))


def _require_granted(response: TimeStampResponse) -> None:
    """Refuse any other status, as the library does: no authority has to modify what we ask for."""
    if response.status != PKIStatus.GRANTED:
        try:
            name = PKIStatus(response.status).name.lower().replace("_", " ")
        except ValueError:
            name = f"status {response.status}"
        words = ": ".join((name, *map(clean_text, response.status_string)))
        raise InvalidTimestamp(f"its status is {shorten_text(words, MAX_WORDS_LENGTH)}")


def _describe(certificate: x509.Certificate) -> str:
    return shorten_text(clean_text(certificate.subject.rfc4514_string()), MAX_WORDS_LENGTH)


def _require_imprint(response: TimeStampResponse, imprint: bytes, nonce: int | None) -> None:
    """Refuse an answer for another text or another request."""
    answered = response.tst_info.message_imprint
    if answered.hash_algorithm.dotted_string != _SHA256:
        raise InvalidTimestamp("it is not one over SHA-256")
    if answered.message != imprint:
        raise InvalidTimestamp("it is one of another text")
    if nonce is not None and response.tst_info.nonce != nonce:
        raise InvalidTimestamp("it answers another request: the nonce is another one")


def _find_signer(signed: SignedData, roots: Sequence[x509.Certificate]) -> x509.Certificate | None:
    """Return the certificate by which it was signed, where the answer or a root is it.

    A signer is named by issuer and serial number (RFC 5652, 5.3), and what the answer has of certificates is
    not signed. So of several with the same ones none may lend its name.
    """
    certificates = {*map(x509.load_der_x509_certificate, signed.certificates), *roots}
    names = {(signer.issuer, signer.serial_number) for signer in signed.signer_infos}
    signers = [each for each in certificates if (each.issuer, each.serial_number) in names]
    if len(signers) > 1:
        raise InvalidTimestamp("several of its certificates may be the signer's")
    return signers[0] if signers else None


def _explain_verification(message: str) -> str:
    """Return what OpenSSL says of a certificate, or of the signature, and otherwise the whole message."""
    reason = re.search(r'Verify error: ([^"]+)"', message) or re.search(r'reason: "([^"]+)"', message)
    return clean_text(reason[1] if reason else message)
