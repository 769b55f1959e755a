"""Who a person is: in DocSpace, in a chat, in the ledger, and what is proven about them.

To add a chat whose accounts can answer, add its `Identity` and its entry in `CHATS` here, and the words for
the identity in `reviews.ledger.history`. The routing file, the ledger, permission and subscriptions read that
table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from reviews.account import AccountStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DOCSPACE = "docspace"
"""The name of DocSpace among the accounts of a person."""
ERASED = "erased"
"""What stands for a name, an address or a text that was erased; no address and no group is written so."""
NAMED_ERASED = "\u201cerased\u201d"
"""The name of a person who calls themselves so, and was not erased."""
PROVEN_BY_ROUTES = "routes"
"""Proven by the operator, through the table `[people]` of the routing file."""
PROVEN_BY_DOCSPACE = "docspace"
"""Proven by DocSpace, which was queried for the account with this address."""


class Identity(StrEnum):
    """How the identity of the person who answered was proven; the people of the demo are not proven."""

    SLACK = "slack"
    TEAMS_BOT = "teams_bot"
    OIDC = "oidc"
    MAIL_CODE = "mail_code"
    LINK = "link"
    DEMO = "demo"


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person in DocSpace; `id` is the GUID, `None` where only the name is available."""

    id: str | None
    name: str
    email: str | None = None

    def __post_init__(self) -> None:
        if self.name == ERASED and (self.id or self.email):
            object.__setattr__(self, "name", NAMED_ERASED)


@dataclass(frozen=True, kw_only=True)
class Reviewer:
    """A person as the ledger names them, under one address.

    `chat_ids` has their account's id by chat, as in `CHATS`. `proven_by` maps each member of the
    ledger to how it was proven; it is empty in older answers.
    """

    name: str
    email: str | None = None
    docspace_id: str | None = None
    chat_ids: Mapping[str, str] = field(default_factory=dict, hash=False)
    proven_by: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if self.name == ERASED and (self.email or self.docspace_id or self.chat_ids):
            object.__setattr__(self, "name", NAMED_ERASED)

    @classmethod
    def from_docspace(cls, person: Person) -> Self:
        """Return a person in DocSpace as stored JSON has people."""
        return cls(name=person.name, email=person.email, docspace_id=person.id)

    def to_stored(self) -> dict[str, Any]:
        """Return the person as JSON. Erasing goes by it: wherever it stands, it says who is meant."""
        members = {"name": self.name, "email": self.email, "docspace_id": self.docspace_id}
        return {**members, **list_id_members(self.chat_ids)}

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """Return a person from what `to_stored` returned; raise KeyError or TypeError for another value."""
        return cls(
            name=stored["name"],
            email=stored.get("email"),
            docspace_id=stored.get("docspace_id"),
            chat_ids=read_id_members(stored),
            proven_by=stored.get("proven_by", {}),
        )


def is_erased(person: Person | Reviewer) -> bool:
    """Return whether a person is only what remains of one who was erased."""
    is_anonymous = isinstance(person, Person) and person.id is None
    is_unproven = isinstance(person, Reviewer) and person.docspace_id is None and not person.chat_ids
    return person.name == ERASED and person.email is None and (is_anonymous or is_unproven)


@dataclass(frozen=True, kw_only=True)
class Chat:
    """A chat whose accounts can answer.

    `identity` is what a click in it proves. `member` is the account's member in the ledger, in stored values
    and in `--json`. `id_form` and `id_meaning` say what the routing file may give as an account.
    """

    identity: Identity
    member: str
    id_form: re.Pattern[str]
    id_meaning: str


CHATS: Mapping[str, Chat] = {
    "slack": Chat(
        identity=Identity.SLACK,
        member="slack_user",
        id_form=re.compile("[UW][A-Z0-9]{1,40}"),
        id_meaning="a member's id in Slack, as in U0123456789",
    ),
    "teams": Chat(
        identity=Identity.TEAMS_BOT,
        member="teams_user",
        id_form=re.compile(r"[^\s<>\"]{1,113}"),
        id_meaning="a user principal name or an object id in Entra",
    ),
}
"""The chats by the name that the routing file gives them."""


def list_id_members(chat_ids: Mapping[str, str]) -> dict[str, str | None]:
    """Return the ids of one person by member, `None` in each chat where no account is proven."""
    return {chat.member: chat_ids.get(name) for name, chat in CHATS.items()}


def read_id_members(stored: Mapping[str, Any]) -> dict[str, str]:
    """Return the ids by chat, from values with the members of `list_id_members`."""
    return {name: stored[chat.member] for name, chat in CHATS.items() if stored.get(chat.member) is not None}


@dataclass(frozen=True, kw_only=True)
class LinkedAccounts:
    """The accounts that the routing file gives an address, where a look-up would not find them."""

    chat_ids: Mapping[str, str] = field(default_factory=dict)
    docspace: str = ""


def join_addresses(people: Mapping[str, LinkedAccounts], addresses: Iterable[str]) -> tuple[str, ...]:
    """Return these addresses, all that the table gives to the same accounts, and so on from those."""
    unique = drop_duplicate_addresses(addresses)
    accounts = {account for address in unique for account in _list_accounts(people, address)}
    others = (other for other in people if accounts.intersection(_list_accounts(people, other)))
    all_addresses = drop_duplicate_addresses((*unique, *others))
    return unique if all_addresses == unique else join_addresses(people, all_addresses)


def drop_duplicate_addresses(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return each address once, in its first spelling."""
    unique: dict[str, str] = {}
    for address in addresses:
        unique.setdefault(address.casefold(), address)
    return tuple(unique.values())


def _list_accounts(people: Mapping[str, LinkedAccounts], address: str) -> set[tuple[str, str]]:
    linked = people.get(address.casefold())
    accounts = {**linked.chat_ids, DOCSPACE: linked.docspace} if linked else {}
    return {(where, account.casefold()) for where, account in accounts.items() if account}


@dataclass(frozen=True, kw_only=True)
class ProvenPerson:
    """A person as their request proves them. `reviews.people.identification` makes them.

    `identity` is how the request itself was proven, and `proof` what vouches for it; it contains no secret.
    `addresses` are all that are proven, the usual one first. `chat_ids` has the account's id by chat.
    `docspace_ids` maps each casefolded address to the DocSpace account that the routing file names for it.
    `proven_by` maps each address and each id to how it was proven: an `Identity`, or one of the constants
    above. `status` is the account's status in its own organization.
    """

    name: str
    identity: Identity
    addresses: tuple[str, ...] = ()
    chat_ids: Mapping[str, str] = field(default_factory=dict)
    docspace_ids: Mapping[str, str] = field(default_factory=dict)
    proof: Mapping[str, str] = field(default_factory=dict)
    proven_by: Mapping[str, str] = field(default_factory=dict)
    status: AccountStatus = AccountStatus.MEMBER
    locale: str = ""

    @property
    def email(self) -> str | None:
        """The usual address; `None` where none is proven."""
        return next(iter(self.addresses), None)

    @property
    def aliases(self) -> tuple[Reviewer, ...]:
        """The person under each of their addresses, the usual one first."""
        return tuple(self._build_reviewer(address) for address in self.addresses or (None,))

    def to_stored(self) -> dict[str, Any]:
        """Return the person as JSON, in the members that each release reads."""
        return {
            "name": self.name,
            "identity": self.identity,
            "addresses": list(self.addresses),
            **list_id_members(self.chat_ids),
            "docspace_ids": dict(self.docspace_ids),
            "proof": dict(self.proof),
            "proven_by": dict(self.proven_by),
            "standing": self.status,
            "locale": self.locale,
        }

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """Return a person from what `to_stored` returned.

        Raises AttributeError, KeyError, TypeError or ValueError for what another release wrote.
        """
        id_members = list_id_members({})
        members = {name: value for name, value in stored.items() if name not in id_members}
        fields = {
            "identity": Identity(stored["identity"]),
            "addresses": tuple(stored["addresses"]),
            "chat_ids": read_id_members(stored),
            "docspace_ids": dict(stored["docspace_ids"]),
            "status": AccountStatus(members.pop("standing")),
        }
        return cls(**{**members, **fields})

    def with_proof(self, proof: Mapping[str, str]) -> ProvenPerson:
        return replace(self, proof=proof)

    def _build_reviewer(self, address: str | None) -> Reviewer:
        docspace_id = next(iter(self.docspace_ids.values()), None)
        members = {"email": address, "docspace_id": docspace_id, **list_id_members(self.chat_ids)}
        proofs = {
            name: self.proven_by[value]
            for name, value in members.items()
            if value and value in self.proven_by
        }
        return Reviewer(
            name=self.name,
            email=address,
            docspace_id=docspace_id,
            chat_ids=self.chat_ids,
            proven_by=proofs,
        )


UNPROVEN_PERSON = ProvenPerson(name="", identity=Identity.LINK)
"""A reader about whom nothing is proven."""
