"""What the product asks of the world around it, and the rules that whoever provides it must keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime, timedelta
    from types import TracebackType

    from reviews.alarm_repositories import Alarms, Canaries
    from reviews.bulk_repositories import BulkFiles
    from reviews.card import Card
    from reviews.file_log import FileLog
    from reviews.listing import Listings
    from reviews.model import Person
    from reviews.notice import Notice
    from reviews.people_repositories import (
        Accounts,
        Codes,
        Conversations,
        DocSpaceAccounts,
        Groups,
        People,
        Quotas,
        Sessions,
        SignInLinks,
        Told,
    )
    from reviews.repositories import Cards, Events, Gates, Ledger, Reviews
    from reviews.subscription_repositories import Subscriptions
    from reviews.tree import FileState, Place
    from reviews.tree_repositories import Baselines, Files, Folders
    from reviews.untold import LogPage


class Clock(Protocol):
    """The present moment, aware of its zone, in UTC."""

    def __call__(self) -> datetime: ...


class ShowsTree(Protocol):
    """What DocSpace says of folders and of the files in them. Raises what `Portal` does."""

    def place(self, folder_id: str) -> Place:
        """Return the folders from the top down to this one, itself included; `Hidden` if it shows none."""
        ...

    def file(self, file_id: str) -> FileState | None:
        """Return the file as it is now; `None` where DocSpace does not show it: gone, or somebody's trash."""
        ...

    def files_beneath(self, folder_id: str, *, start: int) -> tuple[list[FileState], int]:
        """Return a page of the files beneath a folder at any depth, and how many there are in all.

        A folder in the archive or in a trash holds none: what was in it has left with it.
        """
        ...

    def newest_beneath(self, folder_id: str) -> tuple[list[FileState], int]:
        """Return the files that were modified last, a page of them, and how many there are in all."""
        ...


class Portal(ShowsTree, Protocol):
    """What DocSpace says. Each call may raise `TryLater`, `NotYet` or `Permanent`."""

    def log_of(self, file_id: str, *, since: datetime) -> FileLog | None:
        """Return what the file's log says since then; `None` where DocSpace does not show it."""
        ...

    def was_unlocked(self, file_id: str, *, since: datetime) -> bool:
        """Tell whether the file's log knows of an unlock since then."""
        ...

    def editors(
        self,
        file_id: str,
        *,
        after: int | None,
        since: datetime | None,
        stamped: Collection[str] = (),
    ) -> list[Person]:
        """Return everybody who edited a version later than `after`, or that one later than `since`.

        Without `after`, those of the newest version; nobody where DocSpace does not tell. `stamped` are the
        ids of those who renamed the file or threw it away: DocSpace gives versions their name, though they
        wrote nothing.
        """
        ...

    def person(self, person: Person) -> Person:
        """Return the person with name and e-mail where the portal knows them; never fails for a stranger."""
        ...

    def myself(self) -> str | None:
        """Return the id of the API key's user, by whom our own comments come; `None` if it is not told."""
        ...

    def account(self, email: str) -> Person | None:
        """Return whoever has this address in DocSpace."""
        ...


class Records(Protocol):
    """What DocSpace has written down of what happened. Raises what the portal does; newest first."""

    def undelivered(self, start: int) -> LogPage:
        """Return a page of the deliveries to us that got no 2xx; `Hidden` where the key may not see them."""
        ...

    def logged(self, folder_id: str, since: datetime, until: datetime, start: int) -> LogPage:
        """Return a page of what happened beneath a folder, also what left it.

        `Hidden` where it is not shown, and `NoLog` where none is kept.
        """
        ...


class NamesReview(Protocol):
    """Whatever is about one review at one revision: a card, a notice, the review beside one."""

    @property
    def review_id(self) -> str: ...
    @property
    def revision(self) -> int: ...


class Notifier(Protocol):
    """One channel of chat. Raises `TryLater`, `OutcomeUnknown` or `Permanent` and nothing else.

    Where it is no `Redraws`, a message can't be changed, and each `stage` of a card is a post of its own.
    """

    @property
    def apart(self) -> timedelta:
        """How long the far side wants to see between two posts to one target."""
        ...

    def post(self, target: str, card: Card) -> str:
        """Post the card and return the far side's id of the message; its `stage` where nothing is redrawn."""
        ...

    def tell(self, target: str, notice: Notice) -> str:
        """Post a notice, in the thread that it names where there are threads; return the message's id.

        Where nobody is told anything, do nothing and return any text.
        """
        ...

    def is_public(self, target: str) -> bool:
        """Tell whether people can read along there who were never let in one by one.

        Raises `FarSideError` where the far side has to be asked and does not tell.
        """
        ...

    def find(self, target: str, posted: Card | Notice, *, since: datetime) -> str | None:
        """Return the id of the card or notice if it stands there since about then; `None` if it does not.

        Raises `Permanent` where the far side can't be asked.
        """
        ...


@runtime_checkable
class Redraws(Notifier, Protocol):
    """A channel whose messages can be changed."""

    def update(self, target: str, message_id: str, card: Card) -> None:
        """Redraw a posted card. Doing it twice is the same as doing it once.

        Raises `Gone` where the message no longer stands.
        """
        ...


class UnitOfWork(Protocol):
    """One transaction. Rolls back unless `commit` was called."""

    @property
    def events(self) -> Events: ...
    @property
    def files(self) -> Files: ...
    @property
    def folders(self) -> Folders: ...
    @property
    def baselines(self) -> Baselines: ...
    @property
    def reviews(self) -> Reviews: ...
    @property
    def bulk_files(self) -> BulkFiles: ...
    @property
    def cards(self) -> Cards: ...
    @property
    def gates(self) -> Gates: ...
    @property
    def people(self) -> People: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def docspace_accounts(self) -> DocSpaceAccounts: ...
    @property
    def groups(self) -> Groups: ...
    @property
    def conversations(self) -> Conversations: ...
    @property
    def subscriptions(self) -> Subscriptions: ...
    @property
    def told(self) -> Told: ...
    @property
    def codes(self) -> Codes: ...
    @property
    def quotas(self) -> Quotas: ...
    @property
    def alarms(self) -> Alarms: ...
    @property
    def canaries(self) -> Canaries: ...
    @property
    def sign_in_links(self) -> SignInLinks: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def listings(self) -> Listings: ...
    @property
    def ledger(self) -> Ledger: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def commit(self) -> None: ...

    def now(self) -> datetime:
        """Return the time in UTC by the database's clock, which all processes share."""
        ...


class Transactions(Protocol):
    """Opens units of work; one that only reads neither waits for writers nor holds them up."""

    def __call__(self, *, reading: bool = False) -> UnitOfWork: ...
