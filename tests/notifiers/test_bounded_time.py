"""An answer has to be there within a time, however steadily a remote service goes on with it."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from notifiers.shared.bounded_http import BoundedSession
from tests.edge.dripping_sender import ANSWERS, DrippingSender
from tests.edge.loopback import Loopback, Reply, Request

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 0.1


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_that_drips_is_none(answer: str) -> None:
    session = BoundedSession(max_seconds=SECONDS)

    with DrippingSender(answer) as far, session, pytest.raises(requests.ReadTimeout):
        session.get(f"http://{far.place}/", timeout=60)


@pytest.mark.parametrize("answer", ["headers", "a body of a length"])
def test_nor_is_one_that_comes_through_tls(answer: str, tmp_path: Path) -> None:
    session = BoundedSession(max_seconds=SECONDS)
    tls, file = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), certify_loopback(tmp_path)
    tls.load_cert_chain(file)

    with DrippingSender(answer, tls) as far, session, pytest.raises(requests.ReadTimeout):
        session.get(f"https://{far.place}/", timeout=60, verify=str(file))


def test_a_proxy_that_drips_opens_no_tunnel() -> None:
    session = BoundedSession(max_seconds=SECONDS)

    with DrippingSender("headers") as far, session, pytest.raises(requests.RequestException):
        session.get("https://far.example", timeout=60, proxies={"https": f"http://{far.place}"})


def test_a_connection_that_is_used_again_has_the_time_again() -> None:
    seen: list[str] = []

    def answer(request: Request) -> Reply:
        seen.append(request.path)
        return Reply(200, b"x" * 100_000)

    with Loopback(answer) as far, BoundedSession() as session:
        bodies = [session.get(f"{far.root}/{number}", timeout=60).content for number in range(3)]

    assert bodies == [b"x" * 100_000] * 3
    assert seen == ["/0", "/1", "/2"]


def test_a_silence_is_still_over_at_the_timeout_of_the_call() -> None:
    def hang(_request: Request) -> Reply:
        far.hang(60)
        return Reply(200, b"")

    with Loopback(hang) as far, BoundedSession() as session:
        with pytest.raises(requests.ReadTimeout):
            session.get(far.root, timeout=SECONDS)
        far.let_go()


def certify_loopback(folder: Path) -> Path:
    """Return a file with a key, and a certificate of it for 127.0.0.1."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "loopback.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return file
