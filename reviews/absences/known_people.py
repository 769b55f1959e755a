"""The people whom a calendar can say to be away: owners, deputies and those in `[people]`."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING

from reviews.routes.people_table import list_persons
from reviews.routes.route import find_zone, is_group

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo

    from reviews.routes.route import Routes


@dataclass(frozen=True, kw_only=True)
class KnownPerson:
    """A person under the address by which the routes name them; `zone` is that of their first route."""

    address: str
    addresses: frozenset[str]
    zone: tzinfo = UTC


class UnclearTitle(Exception):
    """A title may name a known person, but does not say clearly whom; the message says why, to operators."""


_SEPARATOR = re.compile(": | - | \N{EN DASH} | \\| ")
"""What ends the field of a title that can name a person; a hyphen within a name does not."""
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]{1,64}@[^\s<>()\[\],;:@\"]{1,255}")


@dataclass(frozen=True)
class KnownPeople:
    """The known people by address, and by the names that DocSpace gives them, all casefolded."""

    by_address: Mapping[str, KnownPerson]
    by_name: Mapping[str, frozenset[KnownPerson]] = field(default_factory=dict)

    def find(self, address: str | None) -> KnownPerson | None:
        return None if address is None else self.by_address.get(address.casefold())

    def find_all(self, addresses: Iterable[str]) -> list[KnownPerson]:
        """Return those who have one of the addresses, each once."""
        persons = (self.find(address) for address in addresses)
        return list(dict.fromkeys(person for person in persons if person is not None))

    def find_named(self, title: str) -> KnownPerson | None:
        """Return the person whom a title names, as its only field or the one before the first separator.

        The whole field is their address or full name. Raises `UnclearTitle` for other titles that begin with
        a known name or have a known address, and for a name of several people.
        """
        text = normalize_name(title)
        named = _SEPARATOR.split(text, maxsplit=1)[0]
        if (person := self.find(named)) is not None:
            return person
        if persons := self.by_name.get(named):
            if len(persons) > 1:
                raise UnclearTitle("several people have the name in its title")
            return next(iter(persons))
        if any(_begins_with_name(text, name) for name in self.by_name):
            raise UnclearTitle("its title begins with a name, and no separator ends that name")
        if any(self.find(address.rstrip(".")) for address in _ADDRESS.findall(text)):
            raise UnclearTitle("an address is in its title, but not alone at the beginning")
        return None


def list_known_addresses(routes: Routes) -> list[str]:
    """Return the addresses of all owners and deputies, and those in `[people]`, casefolded, each once."""
    entries = (entry for route in routes.all for entry in (*route.owners, *route.deputies))
    return list(dict.fromkeys(each.casefold() for each in (*entries, *routes.people) if not is_group(each)))


def find_known_people(routes: Routes, names: Mapping[str, str]) -> KnownPeople:
    """Return the known people; `names` are those that DocSpace gives them, by casefolded address.

    A name of one word is none that a title can name a person by: too much else begins so.
    """
    addresses = list_known_addresses(routes)
    by_address: dict[str, KnownPerson] = {}
    by_name: dict[str, set[KnownPerson]] = defaultdict(set)
    for own in list_persons(routes.people, addresses):
        first = next(address for address in addresses if address in own)
        person = KnownPerson(address=first, addresses=frozenset(own), zone=_find_zone(routes, own))
        by_address.update(dict.fromkeys(own, person))
        for name in {normalize_name(names[address]) for address in own if address in names}:
            if " " in name:
                by_name[name].add(person)
    return KnownPeople(by_address, {name: frozenset(persons) for name, persons in by_name.items()})


def normalize_name(text: str) -> str:
    """Return a name for comparison as a whole: without differences in case, spaces and composition (NFC)."""
    return unicodedata.normalize("NFC", " ".join(unicodedata.normalize("NFC", text).split()).casefold())


def _begins_with_name(text: str, name: str) -> bool:
    return text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()


def _find_zone(routes: Routes, addresses: Iterable[str]) -> tzinfo:
    own = set(addresses)
    for route in routes.all:
        if own & route.answerer_addresses:
            return find_zone(route)
    return UTC
