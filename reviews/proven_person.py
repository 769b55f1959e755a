"""A person with everything that is proven about them: the only type that entry points pass on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from reviews.account import AccountStatus
from reviews.chats import list_id_members, read_id_members
from reviews.identity import Identity, Reviewer

if TYPE_CHECKING:
    from collections.abc import Mapping

PROVEN_BY_ROUTES = "routes"
"""Proven by the operator, through the table `[people]` of the routing file."""
PROVEN_BY_DOCSPACE = "docspace"
"""Proven by DocSpace, which was queried for the account with this address."""


@dataclass(frozen=True, kw_only=True)
class ProvenPerson:
    """A person as their request proves them. Only `reviews.people.identification` makes one.

    `identity` is how the request itself was proven, and `proof` what vouches for it; it contains no secret.
    `addresses` are all that are proven, the usual one first. `chat_ids` has the account's id by chat.
    `docspace_ids` maps each casefolded address to the DocSpace account that the routing file names for it.
    `proven_by` maps each address and each id to how
    it was proven: an `Identity`, or one of the constants above. `status` is the account's status in its own
    organization.
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
