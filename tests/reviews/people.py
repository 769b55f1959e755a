"""People as a door hands them over, for tests that begin behind the doors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.account import AccountStatus
from reviews.identity import Identity, ProvenPerson, Reviewer

if TYPE_CHECKING:
    from collections.abc import Mapping


def make_proven_person(
    who: Reviewer,
    *others: str,
    identity: Identity = Identity.SLACK,
    proof: Mapping[str, str] | None = None,
    standing: AccountStatus = AccountStatus.MEMBER,
) -> ProvenPerson:
    """Return a person who has proven the address that stands in `who`, and `others`."""
    return ProvenPerson(
        name=who.name,
        identity=identity,
        addresses=tuple(filter(None, (who.email, *others))),
        chat_ids=who.chat_ids,
        docspace_ids={(who.email or "").casefold(): who.docspace_id} if who.docspace_id else {},
        proof=proof or {},
        status=standing,
    )
