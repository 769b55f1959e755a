"""Codes that are mailed to prove an address: to whom, how often, how long they count, how often one may try.

Nobody who asks learns whether an address may answer: what is said, and about how long it takes, is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from reviews.errors import FarSideError, OutcomeUnknown, ReviewError
from reviews.listing import Wanted, waits_for
from reviews.model import Identity
from reviews.routing import is_group

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from reviews.identification import Identification
    from reviews.model import Review
    from reviews.ports import Clock, Transactions
    from reviews.proven_person import ProvenPerson
    from reviews.routing import Routes

DIGITS = 8
GOOD_FOR = timedelta(minutes=10)
MOST_TRIES = 5
MOST_AN_HOUR = 4  # mails to one address
APART = timedelta(seconds=20)  # between two of them
GREETINGS_APART = timedelta(seconds=2)  # of the mail server, for the sake of addresses that get no mail
KEPT = timedelta(days=1)
_HOUR = timedelta(hours=1)


class WrongCode(ReviewError):
    """No code that counts: another one, too old, used, or tried too often. Which of these nobody is told."""


@dataclass(frozen=True, kw_only=True)
class MailedCode:
    """A code as it is written down; `browser` is the only one that may use it."""

    id: str
    browser: str
    email: str
    digest: str
    sent_at: datetime
    good_until: datetime


class CodeMail(Protocol):
    """The way to a mailbox. Each call may raise a `FarSideError`."""

    def send(self, address: str, code: str, review: Review | None) -> None:
        """Mail the code to answer for a review; without one, that for all that the address may see."""
        ...

    def greet(self) -> None:
        """Do what sending takes, but send nothing."""
        ...


@dataclass(frozen=True, kw_only=True)
class Codes:
    """Mails codes and takes them. `digest` makes what is kept of a code, `fits` compares; both are slow."""

    transactions: Transactions
    routes: Routes
    clock: Clock
    identification: Identification
    mail: CodeMail
    below: Callable[[int], int]
    new_id: Callable[[], str]
    digest: Callable[[str], str]
    fits: Callable[[str, str], bool]

    def send(self, review: Review, typed: str, *, browser: str) -> None:
        """Mail a code if the address is an owner's or a deputy's and had not too many of late.

        Raises `FarSideError` where no mail can be sent, whosever the address is.
        """
        route = self.routes.named(review.route)
        entries = (*review.owners, *(route.owners if route else ()), *(route.deputies if route else ()))
        self._send(self._spelt(entries, typed), review, browser=browser)

    def send_to_anybody(self, typed: str, *, browser: str) -> None:
        """Mail a code to any owner or deputy of a route, and to whom an open review was handed over."""
        entries = [who for route in self.routes.all for who in (*route.owners, *route.deputies)]
        address = self._spelt(entries, typed) or self._spelt(self._handed_over(typed), typed)
        self._send(address, None, browser=browser)

    def _send(self, address: str | None, review: Review | None, *, browser: str) -> None:
        code = f"{self.below(10**DIGITS):0{DIGITS}}"
        now = self.clock()
        kept = MailedCode(
            id=self.new_id(),
            browser=browser,
            email=address or "",
            digest=self.digest(code),
            sent_at=now,
            good_until=now + GOOD_FOR,
        )
        if address is None or not self._kept(kept):
            self._pretend(now)
            return
        try:
            self.mail.send(address, code, review)
        except OutcomeUnknown:
            return  # it may arrive, and whoever waits in vain asks again
        except FarSideError:
            self._drop(kept)
            raise

    def prove(self, typed: str, *, browser: str) -> ProvenPerson:
        """Take the code of the newest mail that this browser asked for, once; raise `WrongCode`."""
        digits = "".join(character for character in typed if character in "0123456789")
        with self.transactions() as work:
            code = work.codes.newest_of(browser)
            counts = code is not None and work.codes.attempt(code.id, most=MOST_TRIES, now=self.clock())
            work.commit()
        if code is None or not counts:
            self.digest(digits)  # which takes as long as to compare
            raise WrongCode
        if not self.fits(code.digest, digits):
            raise WrongCode
        with self.transactions() as work:
            spent = work.codes.spend(code.id)
            person = work.people.by_email(code.email)
            work.commit()
        if not spent:
            raise WrongCode
        return self.identification.from_address(
            code.email,
            name=person.name if person else code.email,
            identity=Identity.MAIL_CODE,
            proof={"address": code.email, "mailed_at": code.sent_at.isoformat(timespec="seconds")},
        )

    def _spelt(self, entries: Sequence[str], typed: str) -> str | None:
        """Return the address as it is spelt there: two that look alike must not share a mailbox."""
        with self.transactions(reading=True) as work:
            groups = work.groups.members([entry for entry in entries if is_group(entry)])
        members = (member for group in groups.values() for member in group if "@" in member)
        people = (*(entry for entry in entries if not is_group(entry)), *members)
        return next((address for address in people if address.casefold() == typed.casefold()), None)

    def _handed_over(self, typed: str) -> Sequence[str]:
        """Return the owners of an open review that waits for this address, if there is any."""
        with self.transactions(reading=True) as work:
            page = work.listings.page(Wanted(waiting=True, marks=((waits_for(typed),),)), 1)
        return [owner for entry in page.entries for owner in entry.review.owners]

    def _pretend(self, now: datetime) -> None:
        """Take as long as a mail takes; only now and then, since each mail holds up a thread of the web."""
        with self.transactions() as work:
            held_up = work.gates.wait("code:greetings", now, apart=GREETINGS_APART)
            work.commit()
        if not held_up:
            self.mail.greet()

    def _kept(self, code: MailedCode) -> bool:
        """Write the code down before it is mailed; `False` where the address had enough for now."""
        with self.transactions() as work:
            name = f"code:{code.email.casefold()}"
            if work.gates.wait(name, code.sent_at, apart=APART):
                return False
            if work.codes.mailed(code.email, since=code.sent_at - _HOUR) >= MOST_AN_HOUR:
                return False
            work.codes.add(code)
            work.commit()
        return True

    def _drop(self, code: MailedCode) -> None:
        with self.transactions() as work:
            work.codes.drop(code.id)
            work.commit()
