"""A person whom another one names: by an address, or by a name of the routing file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviews.errors import RefusalReason, Refused
from reviews.identity import Identity, ProvenPerson, join_addresses
from reviews.language import _
from reviews.people.answerers import MAX_SHOWN_NAME_LENGTH, name_people
from reviews.people.docspace_accounts import ABSENCE_VALID_FOR, AccountLookupNeeded
from reviews.text import clean_text, shorten_text

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Routes

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,64}@[^\s<>()\[\],;:\"@]{1,189}")


def find_named_person(work: UnitOfWork, routes: Routes, name: str, *, now: datetime) -> ProvenPerson:
    """Return the person with a typed address, or of the routing file with a typed name.

    Nothing is proven of them yet: they prove who they are when they answer. Raises `Refused` for a person
    whom neither the routing file nor DocSpace knows, and `AccountLookupNeeded` while only DocSpace may.
    """
    typed = clean_text(name)
    if not _ADDRESS.fullmatch(typed) or not typed.isprintable():
        typed = _find_address(work, routes, typed)
    if not _is_known(work, routes, typed, now=now):
        sentence = _("{name} is not known here. Name a person who has an account in DocSpace.")
        raise _refuse_person(sentence, typed)
    addresses = join_addresses(routes.people, (typed,))
    linked = ((each.casefold(), routes.people.get(each.casefold())) for each in addresses)
    return ProvenPerson(
        name=name_people(work, addresses[:1])[0],
        identity=Identity.LINK,
        addresses=addresses,
        docspace_ids={address: each.docspace for address, each in linked if each and each.docspace},
    )


def _find_address(work: UnitOfWork, routes: Routes, name: str) -> str:
    """Return the address of the only person of the routing file who has this name."""
    folded = name.casefold()
    names = work.people.find_names(sorted(routes.addresses))
    addresses = {
        join_addresses(routes.people, (address,))[0]
        for address, own_name in names.items()
        if clean_text(own_name).casefold() == folded
    }
    if len(addresses) == 1:
        return addresses.pop()
    if addresses:
        sentence = _("Several people are called {name}. Give the address of the one you mean.")
    else:
        sentence = _("No person called {name} is known here. Name them by their e-mail address.")
    raise _refuse_person(sentence, name)


def _is_known(work: UnitOfWork, routes: Routes, address: str, *, now: datetime) -> bool:
    if address.lower() in routes.addresses or work.people.find_by_email(address):
        return True
    answer = work.docspace_accounts.find_answers([address]).get(address.casefold())
    if answer is None or (answer.account is None and answer.asked_at <= now - ABSENCE_VALID_FOR):
        raise AccountLookupNeeded(join_addresses(routes.people, (address,)))
    return answer.account is not None


def _refuse_person(sentence: str, name: str) -> Refused:
    shown = shorten_text(name, MAX_SHOWN_NAME_LENGTH)
    return Refused(RefusalReason.NO_SUCH_PERSON, sentence.format(name=shown))
