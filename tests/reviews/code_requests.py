"""What mails codes: with mailboxes in memory, jobs that wait until they are done, and counted hashes."""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING

from reviews.people.code_mail import MonitoredCodeMailer
from reviews.people.code_recipients import CodeRecipients
from reviews.people.mailed_codes import (
    CodeRequester,
    CodeRequestMethod,
    MailedCodes,
    TooManyGuesses,
    WaitNeeded,
    WrongCode,
)
from reviews.people.stored_proofs import CodeDigests
from reviews.ports.quotas import MAX_QUOTA_PERIOD, CodeQuotas, Quota
from tests.keys import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.errors import RemoteError
    from reviews.model import Review
    from tests.reviews.desk import Desk

MOST_WAITING = 3
FEW = CodeQuotas(
    requests_per_browser=Quota(5, MAX_QUOTA_PERIOD),
    requests_per_network=Quota(9, MAX_QUOTA_PERIOD),
    guesses_per_browser=Quota(7, MAX_QUOTA_PERIOD),
    guesses_per_network=Quota(9, MAX_QUOTA_PERIOD),
    mails_per_address=Quota(2, MAX_QUOTA_PERIOD),
)
"""Fewer than in earnest, and reached sooner."""


class Mailboxes:
    """Implements `reviews.people.code_mail.CodeMailer`; `server` and `box` are the errors that they raise."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, str]] = []
        self.greeted = 0
        self.server: RemoteError | None = None
        self.box: RemoteError | None = None

    def send(self, address: str, code: str, review: Review | None) -> None:  # noqa: ARG002
        if error := self.server or self.box:
            raise error
        self.mails.append((address, code))

    def check_server(self) -> None:
        self.greeted += 1
        if self.server:
            raise self.server


class Waiting:
    """Implements `reviews.people.mailed_codes.JobQueue`."""

    def __init__(self) -> None:
        self.lines: defaultdict[str, list[Callable[[], object]]] = defaultdict(list)

    def __call__(self, line: str, job: Callable[[], object], /) -> bool:
        if len(self.lines[line]) >= MOST_WAITING:
            return False
        self.lines[line].append(job)
        return True

    def do_all(self) -> None:
        while waiting := [line for line in self.lines.values() if line]:
            for line in waiting:
                line.pop(0)()


class CodeRequests:
    def __init__(self, desk: Desk, review: Review) -> None:
        self.desk, self.review = desk, review
        self.boxes, self.waiting = Mailboxes(), Waiting()
        self.hashed: list[str] = []
        numbers = itertools.count(1)
        self.codes = MailedCodes(
            transactions=desk.transactions,
            recipients=CodeRecipients(transactions=desk.transactions, routes=desk.routes),
            clock=desk.clock,
            identification=desk.identification,
            mail=MonitoredCodeMailer(self.boxes, desk.clock),
            run_later=self.waiting,
            random_below=lambda most: next(numbers) % most,
            new_id=lambda: f"code-{next(numbers)}",
            digests=CodeDigests(secret_key=SECRET_KEY, compute_hash=self._digest, verify_hash=self._fits),
            limits=FEW,
        )

    def _digest(self, code: str) -> str:
        self.hashed.append("made")
        return code

    def _fits(self, digest: str, typed: str) -> bool:
        self.hashed.append("compared")
        return digest == typed

    def ask(
        self,
        typed: str,
        browser: str,
        network: str = "192.0.2.1",
        way: CodeRequestMethod = CodeRequestMethod.LINK,
    ) -> str:
        """Ask for a code, and do what comes after the answer; return how it was refused, else nothing."""
        reply = self.answer(typed, browser, network, way)
        self.waiting.do_all()
        return reply

    def answer(
        self,
        typed: str,
        browser: str,
        network: str = "192.0.2.1",
        way: CodeRequestMethod = CodeRequestMethod.LINK,
    ) -> str:
        """Ask for a code up to the answer."""
        asker = CodeRequester(browser=browser, network=network, method=way)
        try:
            self.codes.request_code(typed, self.review if way is CodeRequestMethod.LINK else None, asker)
        except WaitNeeded as refusal:
            return type(refusal).__name__
        return ""

    def guess(
        self,
        code: str,
        browser: str,
        network: str = "192.0.2.1",
        way: CodeRequestMethod = CodeRequestMethod.LINK,
    ) -> str:
        """Return the proven address, or how the guess was refused."""
        try:
            return (
                self.codes.verify_code(
                    code, CodeRequester(browser=browser, network=network, method=way)
                ).email
                or ""
            )
        except (TooManyGuesses, WrongCode) as refusal:
            return type(refusal).__name__
