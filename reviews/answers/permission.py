"""Who may do what with a review: a `Permit`, or `Refused` with a sentence for the person who tried."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.account import AccountStatus
from reviews.answers.campaign_permission import refuse_duty_of_campaign, require_campaign_person
from reviews.answers.erased_people import require_all_people
from reviews.answers.late_refusals import (
    refuse_carried,
    refuse_closed,
    refuse_ended_campaign,
    refuse_represented,
    refuse_second_answer,
    refuse_superseded,
)
from reviews.answers.own_change_refusals import refuse_own_change, refuse_own_files, refuse_unknown_account
from reviews.campaign import has_ended
from reviews.errors import RefusalReason, Refused
from reviews.identity import Identity
from reviews.kinds import Decision, ReviewState
from reviews.language import _, join_with_and, ngettext
from reviews.people.answerers import (
    count_own_files,
    is_contributor,
    is_named_by_entry,
    is_same_person,
    is_segregated,
    list_members,
    may_have_contributed,
    name_people,
)
from reviews.people.docspace_accounts import has_account, recognize
from reviews.people.stand_ins import find_answer_for
from reviews.privacy.redaction import hide_title
from reviews.quorum import list_missing_owners, list_required_owners, list_valid_answers
from reviews.routes.route import MayAcknowledge, Route, SegregationOfDuties, is_group
from reviews.stored_enums import WrittenByNewer, require_known
from reviews.wording.subject import count_subject, name_subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviews.absences.authority import Authority
    from reviews.identity import Reviewer
    from reviews.model import Answer, Review
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.review_request import ReviewRequest


@dataclass(frozen=True, kw_only=True)
class Permit:
    """A person as the ledger names them, and the entry in the review's owners that lets them act.

    `stand_in_for` is the address of the owner or deputy who is away and in whose place they act. `own_change`
    says that they answer for their own change, on a route that only warns of that. `aliases` are all that the
    person is recognized by.
    """

    reviewer: Reviewer
    owner_entry: str | None = None
    stand_in_for: str | None = None
    own_change: bool = False
    aliases: tuple[Reviewer, ...] = ()


def require_review(work: UnitOfWork, review_request: ReviewRequest, *, lock: bool = False) -> Review:
    """Return the review; refuse a card in a place to which this review was never sent.

    With `lock`, no other transaction can change the review until this one ends, nor end its campaign.
    """
    review = work.reviews.get(review_request.review_id, lock=lock)
    if review is None:
        raise refuse_untracked()
    if lock and review.campaign is not None:
        work.campaigns.hold(review.campaign.id)
    if review_request.place is not None and review_request.place not in {
        (card.notifier, card.target) for card in review.cards
    }:
        raise refuse_untracked()
    try:
        require_known_review(review)
    except WrittenByNewer as error:
        raise Refused(
            RefusalReason.UNKNOWN,
            _(
                "Nothing was recorded: this app is being updated, and its newer version has written this "
                "review. Try again in a few minutes."
            ),
        ) from error
    return review


def require_known_review(review: Review) -> None:
    """Raise `WrittenByNewer` for a review that this release may show but not change."""
    decisions = (answer.decision for answer in review.answers)
    require_known(f"review {review.id}", (review.state, review.kind, *decisions))


def require_running_campaign(work: UnitOfWork, review: Review) -> None:
    """Raise `Refused` for a review whose campaign has ended: no act changes it any more."""
    if review.campaign is not None and has_ended(work.campaigns.get(review.campaign.id)):
        raise refuse_ended_campaign()


def refuse_untracked() -> Refused:
    return Refused(
        RefusalReason.UNKNOWN,
        _(
            "This review is no longer tracked here. Nothing was recorded; "
            "look for a newer card of the same document."
        ),
    )


def permit_answer(authority: Authority, review_request: ReviewRequest, decision: Decision) -> Permit:
    """Return under which name and for which owner the answer counts, or raise `Refused`.

    Raise `AccountLookupNeeded` if DocSpace has to be queried first for the person's account.
    """
    work, review, route = authority.work, authority.review, authority.route
    aliases = recognize(work, review_request.person)
    if review.campaign is not None:
        person, entry = require_campaign_person(review, route, review_request, aliases, decision)
        return Permit(reviewer=person, owner_entry=entry, aliases=tuple(aliases))
    if review_request.person.identity is not Identity.LINK:
        permit = _permit_answerer(authority, review_request, aliases, decision=decision)
    else:
        permit = _permit_link_holder(review, route, aliases)
    own_file_count = count_own_files(work, review, aliases) if review.bulk else 0
    changed_own = own_file_count > 0 or (review.bulk is None and is_contributor(review, aliases))
    warned = route is not None and route.segregation_of_duties is SegregationOfDuties.WARN
    if warned:
        changed_own = changed_own or may_have_contributed(work, review, aliases)
    if is_segregated(route):
        if changed_own:
            others = name_people(work, _list_other_answerers(authority, aliases))
            if own_file_count:
                raise refuse_own_files(review, own_file_count, others)
            raise refuse_own_change(others)
        if not has_account(work, review_request.person, now=authority.at):
            raise refuse_unknown_account(review_request.person)
    return replace(permit, own_change=changed_own and warned, aliases=tuple(aliases))


def permit_separation(authority: Authority, review_request: ReviewRequest) -> Permit:
    """Permit a file to be reviewed separately: to all who may answer, also for their own files."""
    aliases = recognize(authority.work, review_request.person)
    if review_request.person.identity is Identity.LINK:
        return _permit_link_holder(authority.review, authority.route, aliases)
    if may_answer_for_channel(authority.route, review_request):
        return _permit_missing_owner(authority, aliases) or Permit(reviewer=aliases[0])
    return _permit_responsible(authority, review_request, aliases)


def permit_reassignment(authority: Authority, review_request: ReviewRequest) -> Permit:
    """Permit to reassign or snooze the review: to those responsible, also for their own change."""
    if review_request.person.identity is Identity.LINK:
        raise Refused(RefusalReason.UNPROVEN, _("This link does not prove who you are."))
    aliases = recognize(authority.work, review_request.person)
    return _permit_responsible(authority, review_request, aliases)


def _permit_link_holder(review: Review, route: Route | None, aliases: Sequence[Reviewer]) -> Permit:
    if route is None or not route.link_suffices:
        sentence = _("This link does not prove who you are. Sign in first.")
        raise Refused(RefusalReason.UNPROVEN, sentence)
    return Permit(reviewer=aliases[0], owner_entry=next(iter(list_missing_owners(review)), None))


def find_newest_answer(answers: Iterable[Answer], aliases: Sequence[Reviewer]) -> Answer | None:
    """Return the newest of these answers that this person gave."""
    return next(
        (answer for answer in reversed(tuple(answers)) if is_same_person(answer.reviewer, aliases)), None
    )


def _permit_answerer(
    authority: Authority,
    review_request: ReviewRequest,
    aliases: Sequence[Reviewer],
    *,
    decision: Decision,
) -> Permit:
    work, review = authority.work, authority.review
    earlier = find_newest_answer(list_valid_answers(review), aliases)
    if earlier is not None:
        return _permit_another_answer(authority, aliases, previous_answer=earlier)
    if may_answer_for_channel(authority.route, review_request):
        permit = _permit_missing_owner(authority, aliases) or Permit(reviewer=aliases[0])
    else:
        permit = _permit_responsible(authority, review_request, aliases)
    all_must_answer = (
        review.required is None and decision is Decision.ACKNOWLEDGE and list_required_owners(review)
    )
    if all_must_answer and permit.owner_entry is None:
        represented = find_answer_for(list_valid_answers(review), aliases)
        if represented is not None:
            raise refuse_represented(represented)
        missing = authority.missing_owners or authority.list_answerers() or authority.vacant_owners
        owners = join_with_and(name_people(work, missing))
        sentence = _(
            "Each owner has to review this: {owners}. To answer for one of them, reassign the review "
            "to yourself."
        )
        raise Refused(RefusalReason.NOT_ALLOWED, sentence.format(owners=owners))
    return permit


def may_answer_for_channel(route: Route | None, review_request: ReviewRequest) -> bool:
    """Return whether a person may answer as a member of the channel, where the route allows that.

    A click on a card comes from that card's own channel. Guests and members of other workspaces count only if
    the route includes them.
    """
    if route is None or route.may_acknowledge is not MayAcknowledge.CHANNEL or review_request.place is None:
        return False
    return review_request.person.status is AccountStatus.MEMBER or (
        route.guests and review_request.person.status in {AccountStatus.GUEST, AccountStatus.OUTSIDE}
    )


def _permit_another_answer(
    authority: Authority, aliases: Sequence[Reviewer], *, previous_answer: Answer
) -> Permit:
    """Permit a person who has answered to answer for another owner, or raise `Refused`.

    Where all owners have to answer, one person may be two owners, or all members of a group. No one else
    could then complete the review. For an absent owner someone else can: no one answers for two people.
    """
    review = authority.review
    missing = () if review.required is not None else authority.missing_owners
    members = list_members(authority.work, missing)
    own_identifiers = {
        each.casefold() for alias in aliases for each in (alias.email, *alias.chat_ids.values()) if each
    }
    open_entries = [
        entry
        for entry in missing
        if not is_group(entry)
        or {each.casefold() for each in members.get(entry.casefold(), ())} <= own_identifiers
    ]
    permit = _find_owner_permit(open_entries, aliases, members)
    if permit is None:
        raise refuse_second_answer(hide_title(review, authority.route), previous_answer)
    return permit


def _permit_responsible(
    authority: Authority, review_request: ReviewRequest, aliases: Sequence[Reviewer]
) -> Permit:
    """Return the person under the address that makes them owner or deputy, or raise `Refused`."""
    permit = _permit_missing_owner(authority, aliases)
    if permit is not None:
        return permit
    members = list_members(authority.work, authority.entries)
    for alias in aliases:
        if any(is_named_by_entry(alias, entry, members) for entry in authority.entries):
            return Permit(reviewer=alias)
    represented = authority.find_represented(authority.entries, aliases)
    if represented is not None:
        alias, absent = represented
        return Permit(reviewer=alias, stand_in_for=absent)
    others = name_people(authority.work, authority.list_answerers())
    hint = [_("These people may: {owners}.").format(owners=join_with_and(others))] if others else []
    reason, sentence = _explain_refusal(authority.route, review_request)
    raise Refused(reason, " ".join((sentence, *hint)))


def _explain_refusal(route: Route | None, review_request: ReviewRequest) -> tuple[RefusalReason, str]:
    channel_answers = route is not None and route.may_acknowledge is MayAcknowledge.CHANNEL
    if channel_answers and review_request.place is not None:
        sentence = _("Guests and members of other workspaces can't answer for this channel.")
        return RefusalReason.NOT_ALLOWED, sentence
    if channel_answers:
        sentence = _(
            "Members of the channel answer on the card there. Everywhere else, only the owners of this "
            "folder and their deputies may answer."
        )
        return RefusalReason.NOT_ALLOWED, sentence
    if not review_request.person.addresses:
        sentence = _(
            "Your account shows no e-mail address, so this app doesn't know whether you may review this."
        )
        return RefusalReason.UNPROVEN, sentence
    return RefusalReason.NOT_ALLOWED, _("Only the owners of this folder and their deputies may answer.")


def _permit_missing_owner(authority: Authority, aliases: Sequence[Reviewer]) -> Permit | None:
    """Return the person with a missing owner's entry that is theirs, their group's, or of one who is away.

    Their own address comes before a group, for which another member could still answer, and their own part
    before that of an owner for whom they stand in. Last is that of an owner whom the route names no more.
    """
    open_entries = sorted(authority.missing_owners, key=is_group)
    members = list_members(authority.work, open_entries)
    permit = _find_owner_permit(open_entries, aliases, members)
    if permit is not None:
        return permit
    represented = authority.find_represented(open_entries, aliases)
    if represented is not None:
        alias, absent = represented
        return Permit(reviewer=alias, owner_entry=absent, stand_in_for=absent)
    return _permit_successor(authority, aliases)


def _permit_successor(authority: Authority, aliases: Sequence[Reviewer]) -> Permit | None:
    """Return an owner or deputy of the route with the entry of an owner whom it names no more.

    Only where each owner has to answer: else all who are named now may answer anyway.
    """
    vacant = authority.vacant_owners if authority.review.required is None else ()
    members = list_members(authority.work, authority.entries) if vacant else {}
    named = (
        alias
        for alias in aliases
        for entry in authority.entries
        if vacant and is_named_by_entry(alias, entry, members)
    )
    return next((Permit(reviewer=alias, owner_entry=vacant[0]) for alias in named), None)


def _find_owner_permit(
    entries: Iterable[str], aliases: Sequence[Reviewer], members: Mapping[str, frozenset[str]]
) -> Permit | None:
    """Return the person with the first of these owners' entries that names them."""
    return next(
        (
            Permit(reviewer=alias, owner_entry=entry)
            for entry in entries
            for alias in aliases
            if is_named_by_entry(alias, entry, members)
        ),
        None,
    )


def _list_other_answerers(authority: Authority, aliases: Sequence[Reviewer]) -> list[str]:
    own_addresses = {(alias.email or "").casefold() for alias in aliases}
    return [entry for entry in authority.list_answerers() if entry.casefold() not in own_addresses]


def check_withdrawal(work: UnitOfWork, review: Review, review_request: ReviewRequest) -> Answer:
    """Return the answer that this person can withdraw, or raise `Refused`."""
    require_running_campaign(work, review)
    is_empty = review.bulk is not None and not review.bulk.sample_files
    if review.superseded_by is not None or is_empty:
        raise refuse_superseded(review)
    if review.state is ReviewState.CLOSED:
        raise refuse_closed(review)
    if review_request.person.identity is Identity.LINK:
        raise Refused(RefusalReason.UNPROVEN, _("This link does not prove whose answer it was."))
    answer = find_newest_answer(list_valid_answers(review), recognize(work, review_request.person))
    if answer is None:
        sentence = _("You have no answer to {title} that you could withdraw.")
        raise Refused(RefusalReason.NOTHING_TO_WITHDRAW, sentence.format(title=name_subject(review)))
    require_all_people(work, review)
    return answer


def check_reassignment(authority: Authority, review_request: ReviewRequest) -> Permit:
    """Return who may reassign or snooze a review now, or raise `Refused`."""
    review, route = authority.review, authority.route
    if review.campaign is not None:
        require_running_campaign(authority.work, review)
        raise refuse_duty_of_campaign()
    if review.state is ReviewState.CARRIED:
        raise refuse_carried(hide_title(review, route))
    if review.state is not ReviewState.OPEN:
        sentence = ngettext(
            "{title} has been answered and can't be reassigned or snoozed any more.",
            "{title} have been answered and can't be reassigned or snoozed any more.",
            count_subject(review),
        )
        title = name_subject(hide_title(review, route))
        raise Refused(RefusalReason.ALREADY_ANSWERED, sentence.format(title=title))
    return permit_reassignment(authority, review_request)
