"""Whether somebody who wants to answer a review has changed the document themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.card import names
from reviews.errors import RefusalReason
from reviews.language import _
from reviews.model import Identity

if TYPE_CHECKING:
    from reviews.model import Review, Reviewer


def own_change(
    review: Review, aliases: list[Reviewer], identity: Identity
) -> tuple[RefusalReason, str] | None:
    """Tell a contributor, and whoever can't be told from one: nobody may pass for want of an address."""
    if any(contributed(review, alias) for alias in aliases):
        sentence = _("You changed this document yourself, so somebody else has to review it.")
        return RefusalReason.OWN_CHANGE, sentence
    hidden = tuple(who for who in review.contributors if who.id and not who.email)
    if hidden and all(alias.docspace_id is None for alias in aliases) and identity is not Identity.LINK:
        sentence = _(
            "{names} changed this document, and DocSpace does not show this app their address, "
            "so it can't tell whether that was you."
        ).format(names=names(hidden))
        return RefusalReason.OWN_CHANGE_UNCLEAR, sentence
    return None


def contributed(review: Review, reviewer: Reviewer) -> bool:
    email = (reviewer.email or "").casefold()
    return any(
        (who.id is not None and who.id == reviewer.docspace_id)
        or (email and (who.email or "").casefold() == email)
        for who in review.contributors
    )
