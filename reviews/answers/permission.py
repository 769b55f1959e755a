"""Who may do what with a review. Every refusal is a `Refused` with a sentence for the person who tried."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.account import Standing
from reviews.answers.late_refusals import refuse_second_answer
from reviews.answers.own_changes import (
    contributed,
    count_own_files,
    may_have_contributed,
    refuse_own_change,
    refuse_own_files,
    refuse_unknown_account,
)
from reviews.errors import RefusalReason, Refused
from reviews.identity import Identity
from reviews.kinds import Decision
from reviews.language import _, listed
from reviews.newer_rows import require_known_review
from reviews.people.answerers import (
    is_segregated,
    list_answerers,
    list_responsible,
    matches,
    members_of,
    name_people,
)
from reviews.people.docspace_accounts import has_account, recognize
from reviews.privacy.redaction import untitled
from reviews.quorum import missing, standing, waited_for
from reviews.routes.routing import MayAcknowledge, Route, SegregationOfDuties, is_group
from reviews.stored_words import WrittenByNewer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from reviews.identity import Reviewer
    from reviews.model import Answer, Review
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.wish import Wish


@dataclass(frozen=True, kw_only=True)
class Permit:
    """Somebody as the record names them, and the entry of the review's owners by which they may act."""

    reviewer: Reviewer
    owner: str | None = None
    own_change: bool = False


def known(work: UnitOfWork, wish: Wish, *, lock: bool = False) -> Review:
    """Return the review; a card that stands where this review was never sent is none of ours.

    With `lock`, nobody else changes the review until the transaction ends.
    """
    review = work.reviews.get(wish.review_id, lock=lock)
    if review is None:
        raise untracked()
    if wish.place is not None and wish.place not in {(card.notifier, card.target) for card in review.cards}:
        raise untracked()
    try:
        require_known_review(review)
    except WrittenByNewer as error:
        raise Refused(
            RefusalReason.UNKNOWN,
            _(
                "Nothing was recorded: a newer version of this app has written this review, and is just "
                "being started. Try again in a few minutes."
            ),
        ) from error
    return review


def untracked() -> Refused:
    return Refused(
        RefusalReason.UNKNOWN,
        _(
            "This review is no longer tracked here. Nothing was recorded; "
            "look for a newer card of the same document."
        ),
    )


def may_answer(
    work: UnitOfWork, review: Review, route: Route | None, wish: Wish, decision: Decision, *, now: datetime
) -> Permit:
    """Return under which name the answer is recorded, or raise `Refused`.

    Raises `AccountsToAsk` where DocSpace has to be asked first who the person is.
    """
    aliases = recognize(work, wish.person)
    if wish.identity is not Identity.LINK:
        permit = _as_owner(work, review, route, wish, aliases, decision=decision)
    else:
        permit = _as_link_holder(review, route, aliases)
    files = count_own_files(work, review, aliases) if review.bulk else 0
    own = files > 0 or (review.bulk is None and contributed(review, aliases))
    warned = route is not None and route.segregation_of_duties is SegregationOfDuties.WARN
    if warned:
        own = own or may_have_contributed(work, review, aliases)
    if is_segregated(route):
        if own:
            others = name_people(work, _others(review, route, aliases))
            raise refuse_own_files(review, files, others) if files else refuse_own_change(others)
        if not has_account(work, wish.person, now=now):
            raise refuse_unknown_account(wish.person)
    return replace(permit, own_change=own and warned)


def may_take_out(work: UnitOfWork, review: Review, route: Route | None, wish: Wish) -> Permit:
    """Return who may have a file reviewed apart: whoever may answer the review, also for their own files."""
    aliases = recognize(work, wish.person)
    if wish.identity is Identity.LINK:
        return _as_link_holder(review, route, aliases)
    if answers_for_channel(route, wish):
        return _credited(work, review, aliases) or Permit(reviewer=aliases[0])
    return _entitled(work, review, route, wish, aliases)


def may_hand_over(work: UnitOfWork, review: Review, route: Route | None, wish: Wish) -> Permit:
    """Return who may pass the duty on or put it off: whoever it is the duty of, also for their own change."""
    if wish.identity is Identity.LINK:
        raise Refused(RefusalReason.UNPROVEN, _("Holding the link does not prove who you are."))
    return _entitled(work, review, route, wish, recognize(work, wish.person))


def _as_link_holder(review: Review, route: Route | None, aliases: list[Reviewer]) -> Permit:
    if route is None or not route.link_suffices:
        sentence = _("Holding the link does not prove who you are. Sign in first.")
        raise Refused(RefusalReason.UNPROVEN, sentence)
    return Permit(reviewer=aliases[0], owner=next(iter(missing(review)), None))


def of(answers: Iterable[Answer], aliases: list[Reviewer]) -> Answer | None:
    """Return the newest of these answers that this person gave."""
    return next((given for given in reversed(tuple(answers)) if _is_by(given.reviewer, aliases)), None)


def _is_by(given: Reviewer, aliases: list[Reviewer]) -> bool:
    return any(
        (given.email is not None and given.email.casefold() == (alias.email or "").casefold())
        or (given.slack_user is not None and given.slack_user == alias.slack_user)
        or (given.teams_user is not None and given.teams_user == alias.teams_user)
        or (given.docspace_id is not None and given.docspace_id == alias.docspace_id)
        for alias in aliases
    )


def _as_owner(
    work: UnitOfWork,
    review: Review,
    route: Route | None,
    wish: Wish,
    aliases: list[Reviewer],
    *,
    decision: Decision,
) -> Permit:
    given = of(standing(review), aliases)
    if given is not None:
        return _answering_again(work, review, route, aliases, given=given)
    if answers_for_channel(route, wish):
        permit = _credited(work, review, aliases) or Permit(reviewer=aliases[0])
    else:
        permit = _entitled(work, review, route, wish, aliases)
    everybody = review.required is None and decision is Decision.ACKNOWLEDGE and waited_for(review)
    if everybody and permit.owner is None:
        owners = listed(name_people(work, missing(review)))
        sentence = _("Each owner has to review this: {owners}. To stand in for one, take the review over.")
        raise Refused(RefusalReason.NOT_ALLOWED, sentence.format(owners=owners))
    return permit


def answers_for_channel(route: Route | None, wish: Wish) -> bool:
    """Tell whether a person may answer as a member of the channel, where the route lets its channel answer.

    A click on a card comes from that card's own channel. Guests and members of other workspaces count only
    where the route says so.
    """
    if route is None or route.may_acknowledge is not MayAcknowledge.CHANNEL or wish.place is None:
        return False
    return wish.person.standing is Standing.MEMBER or (
        route.guests and wish.person.standing in {Standing.GUEST, Standing.OUTSIDE}
    )


def _answering_again(
    work: UnitOfWork, review: Review, route: Route | None, aliases: list[Reviewer], *, given: Answer
) -> Permit:
    """Return the part of a review that is left to somebody who has answered, or raise `Refused`.

    Where all owners have to answer, one person may be two of them, or all of a group, and nobody else could
    end it.
    """
    left = [] if review.required is not None else missing(review)
    members = members_of(work, left)
    mine = {each.casefold() for alias in aliases for each in (alias.email, alias.slack_user) if each}
    for entry in left:
        people = {each.casefold() for each in members.get(entry.casefold(), ())}
        if is_group(entry) and not people <= mine:
            continue
        for alias in aliases:
            if matches(alias, entry, members):
                return Permit(reviewer=alias, owner=entry)
    raise refuse_second_answer(untitled(review, route), given)


def _entitled(
    work: UnitOfWork, review: Review, route: Route | None, wish: Wish, aliases: list[Reviewer]
) -> Permit:
    """Return the person under the address by which they own the review or stand in, or raise `Refused`."""
    permit = _credited(work, review, aliases)
    if permit is not None:
        return permit
    entries = list_responsible(review, route)
    members = members_of(work, entries)
    for alias in aliases:
        if any(matches(alias, entry, members) for entry in entries):
            return Permit(reviewer=alias)
    others = name_people(work, list_answerers(review, route))
    these = [_("These people may: {owners}.").format(owners=listed(others))] if others else []
    reason, sentence = _why_not_entitled(route, wish)
    raise Refused(reason, " ".join((sentence, *these)))


def _why_not_entitled(route: Route | None, wish: Wish) -> tuple[RefusalReason, str]:
    channel_answers = route is not None and route.may_acknowledge is MayAcknowledge.CHANNEL
    if channel_answers and wish.place is not None:
        sentence = _("Guests and members of other workspaces can't answer for this channel.")
        return RefusalReason.NOT_ALLOWED, sentence
    if channel_answers:
        sentence = _(
            "Members of the channel answer on the card there. Everywhere else, only the owners of this "
            "folder and their deputies may answer."
        )
        return RefusalReason.NOT_ALLOWED, sentence
    if not wish.person.addresses:
        sentence = _(
            "Your account shows no e-mail address to this app, so it can't tell whether you may review this."
        )
        return RefusalReason.UNPROVEN, sentence
    return RefusalReason.NOT_ALLOWED, _("Only the owners of this folder and their deputies may answer.")


def _credited(work: UnitOfWork, review: Review, aliases: list[Reviewer]) -> Permit | None:
    """Return the person with the owner whose answer is still missing and whom they are, or are a member of.

    Somebody's own address comes before a group, for which anybody else of it could still answer.
    """
    open_entries = sorted(missing(review), key=is_group)
    members = members_of(work, open_entries)
    for entry in open_entries:
        for alias in aliases:
            if matches(alias, entry, members):
                return Permit(reviewer=alias, owner=entry)
    return None


def _others(review: Review, route: Route | None, aliases: list[Reviewer]) -> list[str]:
    mine = {(alias.email or "").casefold() for alias in aliases}
    return [entry for entry in list_answerers(review, route) if entry.casefold() not in mine]
