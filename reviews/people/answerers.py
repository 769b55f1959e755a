"""People who may answer a review in its current state, their names, and who changed it themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.identity import Person
from reviews.kinds import ReviewState
from reviews.language import join_first
from reviews.people.stand_ins import replace_absent
from reviews.quorum import list_missing_owners, list_valid_answers
from reviews.routes.route import Route, SegregationOfDuties, is_group
from reviews.text import clean_text, shorten_text
from reviews.wording.placeholders import format_name, has_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviews.identity import ProvenPerson, Reviewer
    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork

MAX_NAMED_PEOPLE = 20
MAX_SHOWN_NAME_LENGTH = 100


def list_accountable(review: Review, route: Route | None) -> tuple[str, ...]:
    """Return the recorded owners of a review who are still accountable for it.

    Those whom its route named when it was opened are, while the route names them as an owner or deputy. Those
    to whom it was reassigned always are. Where the routing file has no such route any more, all are: someone
    has to be able to answer. So are the people of a campaign, who are asked by the campaign.
    """
    if review.campaign is not None or route is None or route.is_removed:
        return review.owners
    accountable = {each.casefold() for each in (*route.owners, *route.deputies, *review.reassigned_to)}
    return tuple(owner for owner in review.owners if owner.casefold() in accountable)


def list_awaited(review: Review, route: Route | None) -> tuple[str, ...]:
    """Return who is waited for: the missing owners, and for those whom the route names no more its owners."""
    missing, accountable = list_missing_owners(review), list_accountable(review, route)
    awaited = [owner for owner in missing if owner in accountable]
    successors = route.owners if route is not None and len(awaited) < len(missing) else ()
    return exclude_people((*awaited, *successors), _list_answered(review))


def list_candidates(review: Review, route: Route | None, *, excluded: set[str]) -> tuple[str, ...]:
    """Return the addresses of the route's people who could take a review over, without those `excluded`.

    Left out are its owners, those who have answered or may not answer, and groups, which can't take over.
    """
    if route is None:
        return ()
    owners = {owner.casefold() for owner in review.owners}
    people = (entry for entry in (*route.owners, *route.deputies) if not is_group(entry))
    return exclude_people(people, excluded | owners | list_excluded(review, route))


def find_answering_deputies(review: Review, route: Route | None) -> tuple[str, ...]:
    """Return the deputies who may answer an open review that no owner can answer; none otherwise.

    An owner who changed the document can't answer where duties are segregated. A group always counts as able
    to answer: its members are not loaded here. Stand-ins are named in place of those who are away.
    """
    if route is None or review.state is not ReviewState.OPEN:
        return ()
    excluded = list_excluded(review, route)
    owners, deputies = (
        replace_absent(review.stand_ins, entries)
        for entries in (list_accountable(review, route), route.deputies)
    )
    return () if exclude_people(owners, excluded) else exclude_people(deputies, excluded)


def is_segregated(route: Route | None) -> bool:
    """Return whether contributors can't answer for their own change; true without a route."""
    return route is None or route.segregation_of_duties is SegregationOfDuties.ENFORCE


def name_people(work: UnitOfWork, entries: Sequence[str]) -> list[str]:
    """Return people's names in DocSpace, else their addresses; both where two have the same name.

    At most `MAX_NAMED_PEOPLE` are named; the last item then says how many more there are.
    """
    listed = entries[:MAX_NAMED_PEOPLE]
    names_by_address = work.people.find_names([entry for entry in listed if not is_group(entry)])
    names = {
        entry: _shorten_name(names_by_address.get(entry.casefold(), "")) or format_name(clean_text(entry))
        for entry in listed
    }
    all_names = list(names.values())
    labels = [f"{name} ({entry})" if all_names.count(name) > 1 else name for entry, name in names.items()]
    omitted = len(entries) - len(listed)
    return [*labels[:-1], join_first(labels[-1:], total=omitted + 1)] if omitted else labels


def _shorten_name(name: str) -> str:
    return shorten_text(clean_text(name), MAX_SHOWN_NAME_LENGTH) if has_name(name) else ""


def list_excluded(review: Review, route: Route | None) -> set[str]:
    """Return the addresses of those who can't answer: who has answered already, and who may not."""
    return _list_answered(review) | list_authors(review, route)


def _list_answered(review: Review) -> set[str]:
    """Return the addresses of those who have answered, and of those for whom a stand-in has."""
    answers = list_valid_answers(review)
    people = (address for each in answers for address in (each.reviewer.email, each.stand_in_for))
    return {address.casefold() for address in people if address}


def list_authors(review: Review, route: Route | None) -> set[str]:
    """Return the addresses of those who can't answer since they changed the document."""
    if not is_segregated(route):
        return set()
    return {contributor.email.casefold() for contributor in review.contributors if contributor.email}


def exclude_people(entries: Iterable[str], excluded: set[str]) -> tuple[str, ...]:
    """Return the entries, each once, without those whose casefolded addresses are excluded."""
    return tuple({entry.casefold(): entry for entry in entries if entry.casefold() not in excluded}.values())


def is_among(work: UnitOfWork, person: ProvenPerson, entries: Sequence[str]) -> bool:
    """Return whether a person, under any of their addresses, is one of these owners or in their groups."""
    members = list_members(work, entries)
    return any(is_named_by_entry(alias, entry, members) for alias in person.aliases for entry in entries)


def list_members(work: UnitOfWork, entries: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Return the members of the groups among these entries, by casefolded name."""
    groups = [entry for entry in entries if is_group(entry)]
    return work.groups.list_members(groups) if groups else {}


def is_named_by_entry(alias: Reviewer, entry: str, members: Mapping[str, frozenset[str]]) -> bool:
    email = (alias.email or "").casefold()
    if not email:
        return False  # a guest or a stranger: an id alone proves no membership
    if is_group(entry):
        return not members.get(entry.casefold(), frozenset()).isdisjoint({email, *alias.chat_ids.values()})
    return email == entry.casefold()


def is_same_person(reviewer: Reviewer, aliases: Iterable[Reviewer]) -> bool:
    """Return whether the person who answered is this one, under any of their addresses and accounts."""
    return any(
        (reviewer.email is not None and reviewer.email.casefold() == (alias.email or "").casefold())
        or any(alias.chat_ids.get(chat) == account for chat, account in reviewer.chat_ids.items())
        or (reviewer.docspace_id is not None and reviewer.docspace_id == alias.docspace_id)
        for alias in aliases
    )


def is_contributor(review: Review, aliases: Iterable[Reviewer]) -> bool:
    """Return whether a person changed the document, under any of their accounts and addresses."""
    ids = {alias.docspace_id for alias in aliases if alias.docspace_id}
    addresses = {alias.email.casefold() for alias in aliases if alias.email}
    return any(
        person.id in ids or (person.email or "").casefold() in addresses for person in review.contributors
    )


def count_own_files(work: UnitOfWork, review: Review, aliases: Iterable[Reviewer]) -> int:
    """Return how many files of a bulk review a person changed, under any account or address."""
    people = [Person(id=alias.docspace_id, name=alias.name, email=alias.email) for alias in aliases]
    return work.bulk_files.count_contributed(review.id, people)


def may_have_contributed(work: UnitOfWork, review: Review, aliases: Iterable[Reviewer]) -> bool:
    """Return whether a person might be a contributor, with no id or address to compare."""
    hidden = any(person.id and not person.email for person in review.contributors)
    if review.bulk is not None:
        hidden = hidden or work.bulk_files.is_contributor_hidden(review.id)
    return hidden and not any(alias.docspace_id for alias in aliases)
