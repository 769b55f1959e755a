"""What in the routing file is in the way of erasing a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.erasure.erased_person import fold_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.erasure.erased_person import ErasedPerson
    from reviews.routes.route import Routes


def list_mentions(routes: Routes, person: ErasedPerson) -> list[str]:
    """Return where the routing file names the person's address, each in words that follow "it is"."""
    return list(dict.fromkeys(_iterate_mentions(routes, person)))


def _iterate_mentions(routes: Routes, person: ErasedPerson) -> Iterator[str]:
    for route in routes.all:
        for role, addresses in (("an owner", route.owners), ("a deputy", route.deputies)):
            if any(fold_text(each) == person.address for each in addresses):
                yield f"{role} of the route {route.name!r}"
        if any(fold_text(each) == person.address for each in route.ladder_people):
            yield f"in the ladder of the route {route.name!r}"
    for name, target in routes.all_targets:
        if person.is_identified_by(target.address):
            yield f"a target of the route {name!r}"
    if any(fold_text(address) == person.address for address in routes.people):
        yield "in the table [people]"
