"""Refusals of answers by people who changed the document themselves, or may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.errors import RefusalReason, Refused
from reviews.language import _, format_number, join_with_and, join_with_or
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.identity import ProvenPerson
    from reviews.model import Review


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
