"""Codes mailed to prove an address: recipients, quotas, validity and number of tries.

Everything that depends on the address happens after the response, and is the same whether the address may
answer or not, until the mail itself. So neither a page's text nor its response time reveals who may answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Protocol

from reviews.errors import ReviewError
from reviews.identity import Identity
from reviews.language import get_language, use_language
from reviews.ports.people import MailedCode
from reviews.ports.quotas import DEFAULT_CODE_QUOTAS, CodeQuotas, Quota, make_quota_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.clock import Clock
    from reviews.identity import ProvenPerson
    from reviews.model import Review
    from reviews.people.code_mail import MonitoredCodeMailer
    from reviews.people.code_recipients import CodeRecipients
    from reviews.people.identification import Identification
    from reviews.people.stored_proofs import CodeDigests
    from reviews.ports.unit_of_work import Transactions, UnitOfWork

CODE_DIGITS = 8
CODE_VALID_FOR = timedelta(minutes=10)
MAX_TRIES = 5
CODE_RETENTION = timedelta(hours=1)
_RETRY_AFTER = timedelta(minutes=1)


class WrongCode(ReviewError):
    """No valid code: another one, too old, used, or tried too often. The error doesn't say which."""


class WaitNeeded(ReviewError):
    """It may be tried again after `wait`, whatever the address."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"not before {wait} have passed")
        self.wait = wait


class TooManyCodes(WaitNeeded):
    """This browser or network has requested too many codes."""


class TooManyGuesses(WaitNeeded):
    """This browser or network has tried too many codes."""


class MailUnavailable(WaitNeeded):
    """The mail server accepts no mail from us at the moment."""


class TooBusy(WaitNeeded):
    """Codes are requested faster than they are mailed."""


class CodeRequestMethod(StrEnum):
    """Where a code is requested. Each way has its own quotas, so none uses up those of another."""

    LINK = "link"
    """Through the signed link of a review."""
    SIGN_IN = "sign_in"
    """At a page that is open to everyone, where any address can be typed."""
    FAMILIAR = "familiar"
    """In a browser in which this address was proven before."""


@dataclass(frozen=True, kw_only=True)
class CodeRequester:
    """A browser, by the id in its session, and the network address that it sends from."""

    browser: str
    network: str
    method: CodeRequestMethod


class JobQueue(Protocol):
    """Runs jobs after the response, those of one queue in order, and again where one fails."""

    def __call__(self, queue_name: str, job: Callable[[], object], /) -> bool:
        """Accept a job; `False` where too many wait in its queue."""
        ...


@dataclass(frozen=True, kw_only=True)
class MailedCodes:
    """Mails and verifies codes. `digests` makes and compares what is stored of them, slowly."""

    transactions: Transactions
    recipients: CodeRecipients
    clock: Clock
    identification: Identification
    mail: MonitoredCodeMailer
    run_later: JobQueue
    random_below: Callable[[int], int]
    new_id: Callable[[], str]
    digests: CodeDigests
    limits: CodeQuotas = DEFAULT_CODE_QUOTAS

    def request_code(self, typed_address: str, review: Review | None, requester: CodeRequester) -> None:
        """Have a code mailed after the response, if the address may answer and is within its quota.

        Raises `TooManyCodes`, `MailUnavailable` or `TooBusy`, and none of them because of the address.
        """
        if self.mail.is_down:
            self.run_later(f"mail {requester.method}", self.mail.check_server)
            raise MailUnavailable(_RETRY_AFTER)
        with self.transactions() as work:
            wait = self._count_use(
                work, "asked", requester, self.limits.requests_per_browser, self.limits.requests_per_network
            )
            if wait:
                raise TooManyCodes(wait)
            work.commit()
        if not self.run_later(
            f"code {requester.method}",
            partial(self._make_code, typed_address, review, requester, get_language()),
        ):
            raise TooBusy(_RETRY_AFTER)

    def _count_use(
        self,
        work: UnitOfWork,
        action: str,
        requester: CodeRequester,
        browser_quota: Quota,
        network_quota: Quota,
    ) -> timedelta:
        """Count one use for the browser, then the network; return how long to wait if a quota is used up."""
        now, method = self.clock(), requester.method
        browser = make_quota_key(action, "browser", requester.browser)
        network = make_quota_key(action, "network", method, requester.network)
        wait = work.quotas.take(browser, browser_quota, now=now)
        return wait or work.quotas.take(network, network_quota, now=now)

    def _make_code(
        self, typed_address: str, review: Review | None, requester: CodeRequester, language: str
    ) -> None:
        """Store a code, and mail it if the address may answer and is within its quota.

        A code is stored in either case, so that a guess takes as long for any address. If mailing is over the
        quota and the browser already waits for a code, that code stays. One transaction: a failed job can be
        repeated.
        """
        address = self.recipients.find(typed_address, review)
        code = f"{self.random_below(10**CODE_DIGITS):0{CODE_DIGITS}}"
        mailed_code = self._build_row(code, requester.browser, address or "")
        with self.transactions() as work:
            if not self._count_mail(work, address, typed_address, requester.method):
                newest = work.codes.find_newest(requester.browser)
                if newest is not None and mailed_code.sent_at < newest.good_until:
                    return
                # No code matches this row any more, and none was mailed.
                mailed_code, address = replace(mailed_code, email=""), None
            work.codes.add(mailed_code)
            work.commit()
        # In a line of its own: the duration of a mail must not affect when the next code is stored.
        self.run_later(f"mail {requester.method}", partial(self._mail_code, address, code, review, language))

    def _build_row(self, code: str, browser: str, email: str) -> MailedCode:
        now = self.clock()
        row = MailedCode(
            id=self.new_id(),
            browser=browser,
            email=email,
            digest="",
            sent_at=now,
            good_until=now + CODE_VALID_FOR,
        )
        return replace(row, digest=self.digests.make(row, code))

    def _count_mail(
        self, work: UnitOfWork, address: str | None, typed_address: str, method: CodeRequestMethod
    ) -> bool:
        """Count one mail for an address in this way; `False` where it had too many.

        An address that may not answer counts too, but apart: a link to one review uses up nothing of the
        owners of another.
        """
        key_parts = ("recipient", address.casefold()) if address else ("stranger", typed_address.casefold())
        limits = {"apart": self.limits.mail_interval, "mailed": self.limits.mails_per_address}
        now = self.clock()
        return not any(
            work.quotas.take(make_quota_key(name, method, *key_parts), quota, now=now)
            for name, quota in limits.items()
        )

    def _mail_code(self, address: str | None, code: str, review: Review | None, language: str) -> None:
        if address is None:
            self.mail.check_server()  # so that an outage looks the same for every typed address
            return
        with use_language(language):
            self.mail.send(address, code, review)

    def verify_code(self, typed_code: str, requester: CodeRequester) -> ProvenPerson:
        """Verify the code of the newest mail that this browser requested, once.

        Raises `TooManyGuesses` and `WrongCode`. A guess is counted before any hash is computed for it.
        """
        digits = "".join(character for character in typed_code if character in "0123456789")
        code = self._count_guess(digits, requester)
        if code is None or not self.digests.is_match(code, digits):
            raise WrongCode
        with self.transactions() as work:
            spent = work.codes.spend(code.id)
            person = work.people.find_by_email(code.email)
            work.commit()
        if not spent or not code.email:
            raise WrongCode
        return self.identification.identify_address(
            code.email,
            name=person.name if person else code.email,
            identity=Identity.MAIL_CODE,
            proof={"address": code.email, "mailed_at": code.sent_at.isoformat(timespec="seconds")},
        )

    def _count_guess(self, digits: str, requester: CodeRequester) -> MailedCode | None:
        """Count a guess and return the code to compare with; `None` where it can't fit any."""
        with self.transactions() as work:
            wait = self._count_use(
                work, "guessed", requester, self.limits.guesses_per_browser, self.limits.guesses_per_network
            )
            if wait:
                raise TooManyGuesses(wait)
            code = work.codes.find_newest(requester.browser)
            may_fit = code is not None and len(digits) == CODE_DIGITS
            is_counted = (
                code and may_fit and work.codes.count_attempt(code.id, max_tries=MAX_TRIES, now=self.clock())
            )
            work.commit()
        return code if is_counted else None
