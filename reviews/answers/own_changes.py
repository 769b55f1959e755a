"""Whether a person who wants to answer a review has changed the document themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.errors import RefusalReason, Refused
from reviews.identity import Person
from reviews.language import _, format_number, join_with_and, join_with_or
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviews.identity import ProvenPerson, Reviewer
    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork


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


def refuse_own_change(others: Sequence[str]) -> Refused:
    """Return the refusal for a contributor; `others` are the names of those who may answer instead."""
    sentence = _("You changed this document yourself, so someone else has to review it.")
    alternatives = join_with_or(others) if others else _("a colleague")
    return Refused(RefusalReason.OWN_CHANGE, f"{sentence} {_('Ask {others}.').format(others=alternatives)}")


def refuse_own_files(review: Review, own_count: int, others: Sequence[str]) -> Refused:
    """Return the refusal for a person who changed some or all files of a bulk review."""
    count = review.bulk.count if review.bulk else own_count
    sentence = _("You changed {own} of these {count} files yourself, so someone else has to review those.")
    alternatives = join_with_or(others) if others else _("a colleague")
    advice = _("Ask {others}.").format(others=alternatives)
    if own_count < count:
        hint = _("Have your own files reviewed separately. Then you can review the others.")
        advice = f"{hint} {_('Or ask {others}.').format(others=alternatives)}"
    return Refused(
        RefusalReason.OWN_CHANGE,
        f"{sentence.format(own=format_number(own_count), count=format_number(count))} {advice}",
    )


def refuse_unknown_account(person: ProvenPerson) -> Refused:
    """Return the refusal for a person who can't be distinguished from a contributor."""
    if not person.addresses:
        sentence = _(
            "Contributors can't review their own changes. Your account shows no address, so this app "
            "doesn't know whether you are a contributor. Ask the operator of this app to add you to "
            "its routing file, under [people]."
        )
        return Refused(RefusalReason.OWN_CHANGE_UNCLEAR, sentence)
    sentence = _(
        "Contributors can't review their own changes. This app finds no DocSpace account with the "
        "address {addresses}, so it doesn't know whether you are a contributor. Ask the operator "
        "of this app to add your DocSpace account to its routing file, under [people]."
    )
    addresses = join_with_and([clean_text(each) for each in person.addresses])
    return Refused(RefusalReason.OWN_CHANGE_UNCLEAR, sentence.format(addresses=addresses))
