"""The `openssl` of this machine, with which others check what we keep, and which makes timestamps."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from pathlib import Path

    from tests.edge.authority_certificates import SigningPair

_CONFIGURATION = """
[authority]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
clock_precision_digits = {digits}
ess_cert_id_alg = sha256
tsa_name = yes
"""
_INFO_TYPE = bytes.fromhex("060b2a864886f70d0109100104")
_FIRST_ATTRIBUTE = bytes.fromhex("301a06092a864886f70d010903")
"""The attribute contentType, which stands first among those that are signed (RFC 5652, 11.1)."""
_ALGORITHM_SIZE = 12
_TIME = re.compile(rb"\x18.(\d{14})(\.\d+)?Z", re.DOTALL)


@dataclass(frozen=True)
class OpensslResult:
    code: int
    text: str


def run_openssl(*arguments: str | Path, folder: Path | None = None) -> OpensslResult:
    """Run it to its end."""
    program = shutil.which("openssl")
    assert program, "these tests need the program openssl: apt-get install openssl"
    done = subprocess.run(
        [program, *map(str, arguments)], cwd=folder, capture_output=True, check=False, timeout=60
    )
    return OpensslResult(done.returncode, (done.stdout + done.stderr).decode(errors="replace"))


def make_response(
    query: bytes,
    pair: SigningPair,
    folder: Path,
    *,
    time: datetime,
    digits: int = 0,
    more: Path | None = None,
) -> bytes:
    """Return the answer of `openssl ts -reply` to a request, dated anew; `digits` are those of a fraction.

    That program dates by the clock of the machine alone. It puts the one of `more` behind the signer's,
    and DER has the shorter certificate first.
    """
    (folder / "query.tsq").write_bytes(query)
    (folder / "serial").write_text("01\n")
    (folder / "authority.cnf").write_text(_CONFIGURATION.format(folder=folder, digits=digits))
    answer = folder / "answer.tsr"
    done = run_openssl(
        "ts", "-reply", "-config", folder / "authority.cnf", "-section", "authority",
        "-queryfile", folder / "query.tsq", "-signer", pair.certificate, "-inkey", pair.key, "-out", answer,
        *(("-chain", more) if more else ()),
    )  # fmt: skip
    assert done.code == 0, done.text
    return _date_anew(answer.read_bytes(), pair.private_key, time)


def _date_anew(response: bytes, key: ec.EllipticCurvePrivateKey, time: datetime) -> bytes:
    """Put another time of the same length into a timestamp, and sign it again."""
    type_at = response.find(_INFO_TYPE)
    if type_at < 0:  # a rejection has no timestamp
        return response
    begin, end = _read_header(response, _read_header(response, type_at + len(_INFO_TYPE))[0])
    dated = _TIME.search(response, begin, end)
    assert dated
    digits = f"{time.astimezone(UTC):%Y%m%d%H%M%S}".encode()
    anew = response[: dated.start(1)] + digits + response[dated.end(1) :]
    digest, digest_anew = (sha256(each[begin:end]).digest() for each in (response, anew))
    return _sign_again(anew.replace(digest, digest_anew), key)


def _sign_again(response: bytes, key: ec.EllipticCurvePrivateKey) -> bytes:
    """Sign the attributes in the place of the signature, by one of the same length."""
    first = response.index(_FIRST_ATTRIBUTE)
    begin = next(at for at in (first - 2, first - 3, first - 4) if _read_header(response, at)[0] == first)
    _, end = _read_header(response, begin)
    signature, last = _read_header(response, end + _ALGORITHM_SIZE)
    attributes = b"\x31" + response[begin + 1 : end]  # as a SET (RFC 5652, 5.4)
    while True:
        anew = key.sign(attributes, ec.ECDSA(hashes.SHA256()))
        if len(anew) == last - signature:
            return response[:signature] + anew + response[last:]


def _read_header(der: bytes, at: int) -> tuple[int, int]:
    """Return where the content of the element at this place begins and ends."""
    size = der[at + 1]
    if size < 0x80:
        return at + 2, at + 2 + size
    begin = at + 2 + (size & 0x7F)
    return begin, begin + int.from_bytes(der[at + 2 : begin])
