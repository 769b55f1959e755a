"""Mail to a real server: over TLS, signed in, and what its answers mean for the next attempt."""

from __future__ import annotations

import socket
import threading
from email.message import EmailMessage
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from notifiers.shared.smtp import Server, SmtpMailer
from reviews.errors import OutcomeUnknown, Permanent, RemoteError, TryLater
from tests.edge.authority import Certificate, certify
from tests.edge.smtp_server import HANG_UP, PASSWORD, USER, MailServer

if TYPE_CHECKING:
    from collections.abc import Iterator

SENDER = "Reviews <reviews@example.com>"
WHO = f"{USER}:{quote(PASSWORD, safe='')}@"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certify(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def local() -> Iterator[MailServer]:
    """Yield a relay on this machine that wants neither TLS nor a password."""
    with MailServer() as server:
        yield server


def over(server: MailServer) -> SmtpMailer:
    return SmtpMailer(f"smtp://localhost:{server.port}?tls=none", SENDER)


def hello(to: str = "dana@example.com") -> EmailMessage:
    message = EmailMessage()
    message["To"] = to
    message["Subject"] = "Größe → 4"
    message.set_content("Hello.\n")
    return message


@pytest.mark.parametrize("way", ["smtps", "smtp"])
def test_mail_goes_over_tls_with_user_and_password(certificate: Certificate, way: str) -> None:
    tls = certificate.for_server()
    server = MailServer(tls=tls, auth=True) if way == "smtps" else MailServer(starttls=tls, auth=True)
    with server:
        SmtpMailer(f"{way}://{WHO}localhost:{server.port}", SENDER, trust=certificate.for_client()).send(
            hello()
        )

    [mail] = server.mails
    assert (mail["From"], mail["To"], mail["Subject"]) == (SENDER, "dana@example.com", "Größe → 4")
    assert (server.recipients, mail.get_content().splitlines()) == (["dana@example.com"], ["Hello."])
    assert server.signed_in == 1
    assert mail["Date"]
    assert mail["Message-ID"].endswith("@example.com>")


@pytest.mark.parametrize("way", ["smtps", "smtp"])
def test_a_server_whose_certificate_no_authority_vouches_for_gets_nothing(
    certificate: Certificate, way: str
) -> None:
    tls = certificate.for_server()
    server = MailServer(tls=tls) if way == "smtps" else MailServer(starttls=tls)
    with server, pytest.raises(TryLater, match="SSLCertVerificationError"):
        SmtpMailer(f"{way}://localhost:{server.port}", SENDER).send(hello())

    assert server.mails == []


def test_a_server_without_starttls_gets_neither_mail_nor_password(local: MailServer) -> None:
    with pytest.raises(TryLater, match="does not offer"):
        SmtpMailer(f"smtp://{WHO}localhost:{local.port}", SENDER).send(hello())

    assert local.mails == []


def test_a_wrong_password_is_tried_again_and_is_told_nowhere(certificate: Certificate) -> None:
    with MailServer(starttls=certificate.for_server(), auth=True) as server:
        url = f"smtp://{USER}:hunter2@localhost:{server.port}"
        with pytest.raises(TryLater, match="check SMTP_URL") as caught:
            SmtpMailer(url, SENDER, trust=certificate.for_client()).send(hello())

    assert "hunter2" not in f"{caught.value!r}{caught.value.__cause__!r}"


@pytest.mark.parametrize(
    ("command", "answer", "meaning"),
    [
        ("MAIL", "421 busy", TryLater),
        ("RCPT", "450 greylisted", TryLater),
        ("RCPT", "550 no such user", Permanent),
        ("RCPT", HANG_UP, TryLater),
        ("DATA", "451 try again", TryLater),
        ("DATA", "552 too large", Permanent),
        ("DATA", HANG_UP, OutcomeUnknown),
    ],
)
def test_what_the_server_answers_says_whether_to_try_again(
    local: MailServer, command: str, answer: str, meaning: type[RemoteError]
) -> None:
    local.answers[command] = answer

    with pytest.raises(RemoteError) as caught:
        over(local).send(hello())

    assert type(caught.value) is meaning
    assert answer[4:] not in str(caught.value)
    assert local.mails == []


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and no server listens
        address = f"smtp://127.0.0.1:{taken.getsockname()[1]}?tls=none"
        with pytest.raises(TryLater, match="ConnectionRefusedError"):
            SmtpMailer(address, SENDER).send(hello())


def test_a_server_that_talks_nonsense_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def babble() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

        thread = threading.Thread(target=babble)
        thread.start()
        with pytest.raises(TryLater):
            SmtpMailer(f"smtp://127.0.0.1:{listening.getsockname()[1]}?tls=none", SENDER).send(hello())
        thread.join()


def test_a_greeting_takes_what_sending_takes_and_sends_nothing(local: MailServer) -> None:
    over(local).greet()
    local.answers["MAIL"] = "421 busy"
    with pytest.raises(TryLater):
        over(local).greet()

    assert (local.transactions, local.mails) == (2, [])


def test_what_the_mail_says_of_itself_is_kept(local: MailServer) -> None:
    message = hello()
    message["From"] = "others@example.org"
    message["Message-ID"] = "<review-1@example.com>"

    over(local).send(message)

    assert (local.mails[0]["From"], local.mails[0]["Message-ID"]) == (
        "others@example.org",
        "<review-1@example.com>",
    )


@pytest.mark.parametrize(
    ("url", "tls", "port"),
    [
        ("smtps://mail.example.com", "smtps", 465),
        ("smtp://mail.example.com", "smtp", 587),
        ("smtp://mail.example.com:25/", "smtp", 25),
        ("smtp://[::1]?tls=none", "plain", 25),
    ],
)
def test_an_address_says_how_the_server_is_reached(url: str, tls: str, port: int) -> None:
    server = Server.parse(url)

    assert (server.tls, server.port) == (tls, port)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com",
        "https://mail.example.com",
        "smtp://",
        "smtp://hunter2@mail.example.com",
        "smtp://:hunter2@mail.example.com",
        "smtp://user:hunter2/x@mail.example.com",
        "smtp://user:hunter2#x@mail.example.com",
        "smtp://user:hunter2@mail.example.com/path",
        "smtp://user:hunter2é@mail.example.com",
        "smtp://mail.example.com:hunter2",
        "smtp://mail.example.com:99999",
        "smtp://mail..example.com",
        "smtp://mail.example.com?tls=none",
        "smtps://localhost?tls=none",
        "smtp://localhost?tls=hunter2",
    ],
)
def test_an_address_that_is_no_use_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"^SMTP_URL ") as caught:
        SmtpMailer(url, SENDER)

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "sender", ["", "Reviews", "reviews@", "@example.com", "a@b\nBcc: c@d", "a@b, c@d", "a@münchen.example"]
)
def test_a_sender_that_is_no_address_is_refused(sender: str) -> None:
    with pytest.raises(ValueError, match="MAIL_FROM"):
        SmtpMailer("smtps://mail.example.com", sender)
