"""A person with everything that is proven about them: the only type that entry points pass on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from reviews.account import AccountStatus
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
    `addresses` are all that are proven, the usual one first. `docspace_ids` maps each casefolded address to
    the DocSpace account that the routing file names for it. `proven_by` maps each address and each id to how
    it was proven: an `Identity`, or one of the constants above. `standing` is the account's status in its own
    organization.
    """

    name: str
    identity: Identity
    addresses: tuple[str, ...] = ()
    slack_user: str | None = None
    teams_user: str | None = None
    docspace_ids: Mapping[str, str] = field(default_factory=dict)
    proof: Mapping[str, str] = field(default_factory=dict)
    proven_by: Mapping[str, str] = field(default_factory=dict)
    standing: AccountStatus = AccountStatus.MEMBER
    locale: str = ""

    @property
    def email(self) -> str | None:
        """The usual address; `None` where none is proven."""
        return next(iter(self.addresses), None)

    @property
    def primary_reviewer(self) -> Reviewer:
        """The person under their usual address."""
        return self.aliases[0]

    @property
    def aliases(self) -> tuple[Reviewer, ...]:
        """The person under each of their addresses, the usual one first."""
        return tuple(self._build_reviewer(address) for address in self.addresses or (None,))

    @classmethod
    def from_stored(cls, said: Mapping[str, Any]) -> Self:
        """Return a person stored with `dataclasses.asdict` and read back from JSON.

        Raises KeyError, TypeError or ValueError for what another release wrote.
        """
        addresses, docspace_ids = tuple(said["addresses"]), dict(said["docspace_ids"])
        kinds = {"identity": Identity(said["identity"]), "standing": AccountStatus(said["standing"])}
        return cls(**{**said, **kinds, "addresses": addresses, "docspace_ids": docspace_ids})

    def with_proof(self, proof: Mapping[str, str]) -> ProvenPerson:
        return replace(self, proof=proof)

    def _build_reviewer(self, address: str | None) -> Reviewer:
        members = {
            "email": address,
            "docspace_id": next(iter(self.docspace_ids.values()), None),
            "slack_user": self.slack_user,
            "teams_user": self.teams_user,
        }
        proofs = {
            name: self.proven_by[value]
            for name, value in members.items()
            if value and value in self.proven_by
        }
        return Reviewer(name=self.name, proven_by=proofs, **members)
