"""A real SMTP server on this machine that keeps what it is sent, and fails as it is told to."""

from __future__ import annotations

import asyncio
import email
import email.policy
import threading
from typing import TYPE_CHECKING, Any, Self

from aiosmtpd.smtp import SMTP, AuthResult

if TYPE_CHECKING:
    import ssl
    from email.message import EmailMessage
    from types import TracebackType

    from aiosmtpd.smtp import Envelope, LoginPassword, Session

USER, PASSWORD = "reviews", "p@ss w/rd:%?#"
HANG_UP = "hang up"
SILENCE = "silence"


class MailServer:
    """As a context manager it listens on a free port. `answers` are the replies to a command from now on.

    `HANG_UP` in place of a reply breaks the connection; `SILENCE` in place of the one to DATA lasts while
    it stands there.
    """

    def __init__(
        self, *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, auth: bool = False
    ) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.transactions = self.signed_in = 0
        self.answers: dict[str, str] = {}
        more: dict[str, Any] = {"tls_context": starttls, "require_starttls": True} if starttls else {}
        if auth:
            # Of TLS from the start aiosmtpd knows nothing, so it would not take a password there.
            more |= {
                "authenticator": self._authenticate,
                "auth_required": not tls,
                "auth_require_tls": not tls,
            }
        self._tls, self._more = tls, more
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mail-server")

    @property
    def url(self) -> str:
        """The address of a server that wants no password."""
        wants_tls = "tls_context" in self._more
        return f"smtp://localhost:{self.port}{'' if wants_tls else '?tls=none'}"

    @property
    def port(self) -> int:
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(timeout=60)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(timeout=60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> asyncio.Server:
        def talk() -> SMTP:
            return SMTP(self, hostname="localhost", loop=self._loop, **self._more)

        return await self._loop.create_server(talk, "127.0.0.1", 0, ssl=self._tls)

    async def _end(self) -> None:
        self._server.close()
        talks = asyncio.all_tasks() - {asyncio.current_task()}
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.transactions += 1
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self._answer(server, "MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self._answer(server, "RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        while self.answers.get("DATA") == SILENCE:  # noqa: ASYNC110 - set by another thread
            await asyncio.sleep(0.05)
        answer = self._answer(server, "DATA", "250 OK")
        if answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.mails.append(email.message_from_bytes(content, policy=email.policy.default))
            self.recipients += envelope.rcpt_tos
        return answer

    def _answer(self, server: SMTP, command: str, usual: str) -> str:
        answer = self.answers.get(command, usual)
        if answer == HANG_UP:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return answer

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        accepted = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        self.signed_in += accepted
        return AuthResult(success=accepted, handled=False)
