"""Mailing of codes, and whether the mail server works, which must reveal nothing about any mailbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from reviews.errors import RemoteError, describe_error
from reviews.ports.reports import CodeNotMailed, ignore_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.clock import Clock
    from reviews.model import Review
    from reviews.ports.reports import Report

CHECK_INTERVAL = timedelta(seconds=2)  # at the mail server
CHECK_VALID_FOR = timedelta(minutes=10)


class CodeMailer(Protocol):
    """Mails codes. Each call may raise a `RemoteError`."""

    def send(self, address: str, code: str, review: Review | None) -> None:
        """Mail the code to answer a review; without one, the code for everything the address may see."""
        ...

    def check_server(self) -> None:
        """Do everything that precedes a mail's recipient, and send nothing."""
        ...


@dataclass(frozen=True, kw_only=True)
class MailServerCheck:
    """When the mail server was last checked, and why it accepts no mail; empty if it does."""

    at: datetime
    error: str = ""


class MonitoredCodeMailer:
    """Mails codes after the response, and remembers whether the mail server accepts mail at all.

    A mailbox that refuses mail is a line in the log and nothing else: what the pages say must not depend on
    the typed address.
    """

    def __init__(
        self, mail: CodeMailer, clock: Clock, report: Callable[[Report], None] = ignore_report
    ) -> None:
        self._mail, self._clock, self._report = mail, clock, report
        self._last: MailServerCheck | None = None

    @property
    def last_check(self) -> MailServerCheck | None:
        """The last contact, while it is recent enough to be valid."""
        last = self._last
        return last if last and self._clock() < last.at + CHECK_VALID_FOR else None

    @property
    def is_down(self) -> bool:
        return self.last_check is not None and self.last_check.error != ""

    def send(self, address: str, code: str, review: Review | None) -> None:
        """Mail a code, after the same check of the server that an address without a mail gets.

        The outcome of the mail is no part of the last contact: its duration or failure would reveal on the
        pages and in `/healthz` whose address was typed.
        """
        self.check_server()
        if self.is_down:
            return
        try:
            self._mail.send(address, code, review)
        except RemoteError as error:
            self._report(CodeNotMailed(reason=describe_error(error)))

    def check_server(self) -> None:
        """Check whether the server accepts mail, unless that was just done."""
        last = self._last
        if last is not None and last.at <= self._clock() < last.at + CHECK_INTERVAL:
            return
        try:
            self._mail.check_server()
        except RemoteError as error:
            self._last = MailServerCheck(at=self._clock(), error=describe_error(error))
            self._report(CodeNotMailed(reason=describe_error(error)))
        else:
            self._last = MailServerCheck(at=self._clock())
