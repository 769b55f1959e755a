"""The way to the mailboxes, and whether mail can be sent just now: which says nothing of any one mailbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from reviews.errors import FarSideError, in_words
from reviews.ports.reports import CodeNotMailed, untold

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.clock import Clock
    from reviews.model import Review
    from reviews.ports.reports import Report

LOOKS_APART = timedelta(seconds=2)  # at the mail server
COUNTS_FOR = timedelta(minutes=10)


class CodeMail(Protocol):
    """Mails codes. Each call may raise a `FarSideError`."""

    def send(self, address: str, code: str, review: Review | None) -> None:
        """Mail the code to answer for a review; without one, that for all that the address may see."""
        ...

    def greet(self) -> None:
        """Do all that comes before a mail has a recipient, and send nothing."""
        ...


@dataclass(frozen=True, kw_only=True)
class Contact:
    """When the mail server was last looked at, and why it takes no mail; empty where it does."""

    at: datetime
    trouble: str = ""


class WatchedMail:
    """Mails codes after the answer, and remembers whether the mail server takes mail at all.

    A mailbox that refuses mail is a line in the log and nothing else: what the pages say must not depend on
    the address that somebody typed.
    """

    def __init__(self, mail: CodeMail, clock: Clock, report: Callable[[Report], None] = untold) -> None:
        self._mail, self._clock, self._report = mail, clock, report
        self._last: Contact | None = None

    @property
    def last(self) -> Contact | None:
        """The last contact, while it says anything about now."""
        last = self._last
        return last if last and self._clock() < last.at + COUNTS_FOR else None

    @property
    def is_down(self) -> bool:
        return self.last is not None and self.last.trouble != ""

    def send(self, address: str, code: str, review: Review | None) -> None:
        """Mail a code, after the same look at the server that an address without a mail gets.

        What becomes of the mail is no part of the last contact: how long it took, or that it failed, would
        show on the pages and in `/healthz` whose address was typed.
        """
        self.look()
        if self.is_down:
            return
        try:
            self._mail.send(address, code, review)
        except FarSideError as error:
            self._report(CodeNotMailed(reason=in_words(error)))

    def look(self) -> None:
        """Ask the server whether it takes mail, unless that was just done."""
        last = self._last
        if last is not None and last.at <= self._clock() < last.at + LOOKS_APART:
            return
        try:
            self._mail.greet()
        except FarSideError as error:
            self._last = Contact(at=self._clock(), trouble=in_words(error))
            self._report(CodeNotMailed(reason=in_words(error)))
        else:
            self._last = Contact(at=self._clock())
