"""Mail through one server, and the meaning of its answers for the next attempt."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
import time
from copy import deepcopy
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import formatdate, make_msgid, parseaddr
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from reviews.errors import OutcomeUnknown, Permanent, RemoteError, TryLater

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

SMTP_TIMEOUT_SECONDS = 10.0
"""Limit for the whole session with the server, since a person may wait for it in a browser."""
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS = {"smtps": 465, "smtp": 587, "plain": 25}


@dataclass(frozen=True, kw_only=True)
class Server:
    """The server in `SMTP_URL`; `tls` is `smtps` (from the start), `smtp` (STARTTLS) or `plain` (none)."""

    tls: str
    host: str
    port: int
    user: str
    password: str

    @classmethod
    def parse(cls, url: str) -> Server:
        """Raise `ValueError` with what is wrong; never with the value, since that may hold a password."""
        try:
            parts = urlsplit(url.strip())
            host, port = parts.hostname or "", parts.port
            host.encode("idna")
        except ValueError:
            raise ValueError("is no address: write it as in smtps://user:password@mail.example.com") from None
        if parts.scheme not in {"smtp", "smtps"} or not host:
            raise ValueError("must look like smtps://user:password@mail.example.com, or smtp:// for STARTTLS")
        if parts.path not in {"", "/"} or parts.fragment:
            raise ValueError(
                "has something after the host: write # / ? and @ in a password as %23 %2F %3F %40"
            )
        tls = _parse_tls(parts.scheme, parts.query, host)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if bool(user) != bool(password):
            raise ValueError("needs both a user and a password, or neither")
        if not (user + password).isascii():
            raise ValueError("holds a user or a password with other characters than ASCII")
        return cls(tls=tls, host=host, port=port or _PORTS[tls], user=user, password=password)


def _parse_tls(scheme: str, query: str, host: str) -> str:
    match parse_qsl(query, keep_blank_values=True):
        case []:
            return scheme
        case [("tls", "none")] if scheme == "smtp" and host in LOCAL_HOSTS:
            return "plain"
        case [("tls", "none")]:
            raise ValueError("says tls=none, which is only for smtp:// to a server on this machine")
        case _:
            raise ValueError("has something after the ? that is not tls=none")


def _parse_address(text: str) -> Address:
    name, address = parseaddr(text)
    try:
        parsed = Address(display_name=name, addr_spec=address)
    except (MessageError, ValueError, IndexError):
        parsed = Address()
    usable = parsed.username and parsed.domain and text.isprintable()
    if not usable or not parsed.addr_spec.isascii():  # the domain is also in our greeting to the server
        raise ValueError("MAIL_FROM must be an address, as in reviews@example.com, in ASCII (xn--… for ü)")
    return parsed


class SmtpMailer:
    """Sends mail from one address. Every error is a `RemoteError` that holds no secret."""

    def __init__(self, url: str, sender: str, *, trust: ssl.SSLContext | None = None) -> None:
        """`sender` may come with a name: `Reviews <reviews@example.com>`; `trust` is for a CA of one's own.

        Raises `ValueError` with a sentence that names the setting and does not hold its value.
        """
        self._trust = trust
        try:
            self._server = Server.parse(url)
        except ValueError as error:
            raise ValueError(f"SMTP_URL {error}") from None
        self._sender = _parse_address(sender)

    @property
    def domain(self) -> str:
        """The sender's domain, for ids of messages."""
        return self._sender.domain

    def send(self, message: EmailMessage) -> None:
        """Send to the message's one recipient; missing sender, date and id are added."""
        whole = deepcopy(message)
        if "From" not in whole:
            whole["From"] = self._sender
        if "Date" not in whole:
            whole["Date"] = formatdate()
        if "Message-ID" not in whole:
            whole["Message-ID"] = make_msgid(domain=self.domain)
        with self._open_session() as session:
            session.send_message(whole)

    def greet(self) -> None:
        """Do all that comes before a mail has a recipient, and send nothing."""
        with self._open_session() as session:
            session.ehlo_or_helo_if_needed()
            code, reply = session.mail(self._sender.addr_spec)
            if code // 100 != 2:
                raise smtplib.SMTPSenderRefused(code, reply, self._sender.addr_spec)
            session.rset()

    @contextlib.contextmanager
    def _open_session(self) -> Iterator[_Talk]:
        session: _Talk | None = None
        try:
            session = self._connect()
            yield session
            with contextlib.suppress(OSError):  # what was accepted stays accepted
                session.quit()
        except smtplib.SMTPException as error:
            raise _explain_error(error) from error
        except OSError as error:
            raise TryLater(f"the mail server can't be reached ({type(error).__name__})") from error
        finally:
            if session is not None:
                session.close()

    def _connect(self) -> _Talk:
        server = self._server
        if server.tls == "smtps":
            session: _Talk = _TlsTalk(
                server.host, server.port, local_hostname=self.domain, context=self._make_tls_context()
            )
        else:
            session = _Talk(server.host, server.port, local_hostname=self.domain)
        try:
            if server.tls == "smtp":
                session.starttls(context=self._make_tls_context())
            if server.user:
                session.login(server.user, server.password)
        except BaseException:
            session.close()
            raise
        return session

    def _make_tls_context(self) -> ssl.SSLContext:
        """Return the TLS context; reading the machine's authorities takes longer than sending a mail."""
        return self._trust or ssl.create_default_context()


class _Talk(smtplib.SMTP):
    """A session with a time limit, which reports when the outcome of a mail is unknown."""

    def __init__(self, host: str, port: int, **kwargs: Any) -> None:
        self._deadline = time.monotonic() + SMTP_TIMEOUT_SECONDS
        super().__init__(host, port, timeout=SMTP_TIMEOUT_SECONDS, **kwargs)

    def getreply(self) -> tuple[int, bytes]:
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        if self.sock is not None:
            self.sock.settimeout(remaining)
        return super().getreply()

    def data(self, msg: Any) -> tuple[int, bytes]:
        try:
            return super().data(msg)
        except smtplib.SMTPResponseException:
            raise
        except OSError as error:
            raise OutcomeUnknown(
                f"the mail server did not confirm the mail ({type(error).__name__})"
            ) from error


class _TlsTalk(_Talk, smtplib.SMTP_SSL):
    pass


def _explain_error(error: smtplib.SMTPException) -> RemoteError:
    """Return the error for a reply: 4xx passes, 5xx stays (RFC 5321, 4.2.1); the server's text is left out.

    An error that the operator must fix is retried meanwhile, as with a refused key of any remote service.
    """
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return TryLater(
            "the mail server refuses user and password: check SMTP_URL; mail waits until it is fixed"
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return TryLater(
            "the mail server does not offer what is needed (STARTTLS, sign-in or UTF-8 addresses)"
        )
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = min(code for code, _ in error.recipients.values())
        return _explain_code(code, "refuses the recipient")
    if isinstance(error, smtplib.SMTPResponseException):
        return _explain_code(error.smtp_code, "refuses the mail")
    return TryLater(f"the mail server closed the connection ({type(error).__name__})")


def _explain_code(code: int, problem: str) -> RemoteError:
    if 500 <= code <= 599:
        return Permanent(f"the mail server {problem} ({code})")
    return TryLater(f"the mail server {problem} for now ({code})")
