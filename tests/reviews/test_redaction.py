"""In public a private route tells that something happened, by whom and how it stands, and nothing else."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from reviews.acts import Act, ActKind
from reviews.cards.card import CardAction
from reviews.cards.card_drawing import draw_card
from reviews.cards.card_sentences import summarize
from reviews.digest_notices import DigestLine, DigestNotice
from reviews.errors import Permanent, TryLater
from reviews.identity import Reviewer
from reviews.kinds import ChangeKind, Decision
from reviews.ledger.history import describe_entry
from reviews.notice import AnswerNotice
from reviews.privacy.channel_visibility import (
    VISIBILITY_MAX_AGE,
    VISIBILITY_QUERY_INTERVAL,
    name_watched_folder,
)
from reviews.privacy.redaction import redact_card, redact_entry, redact_link, redact_review
from reviews.routes.route import Routes
from reviews.subscriptions.digests import Digests
from reviews.tree import FolderContents, Place
from reviews.wording.notice_sentences import describe_notice
from tests.reviews.desk import build_answer_request
from tests.reviews.notices import require_type
from tests.reviews.people import make_proven_person
from tests.reviews.samples import (
    ALICE,
    NOTE,
    OWNER,
    SECRET,
    START,
    WATCHED,
    answer,
    event,
    review,
    route,
    routes,
)
from tests.reviews.subscribed import READERS, deliver_change_notices, deliver_digest_notices, subscribe

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


def test_the_public_is_shown_no_title_and_no_note_and_a_permitted_reader_all(private: Desk) -> None:
    review = private.open(event(title=SECRET))
    private.deliver_all()
    private.answers.record_answer(build_answer_request(review, decision=Decision.REQUEST_CHANGES, note=NOTE))
    private.deliver_all()

    shown = [card for to, card in private.paper.posts if to == "C1"]
    shown += [card for to, _, card in private.paper.updates if to == "C1"]
    notices = [notice for to, notice in private.paper.notices if to == "C1"]
    assert [card.title for card in shown] == ["A file in Compliance"] * 2
    assert describe_notice(notices[0]) == "Dana Ozola requested changes to a file in Compliance."
    everything = f"{[asdict(card) for card in shown]} {[asdict(notice) for notice in notices]}"
    assert not [word for word in ("Globex", "Merger", "Legal") if word in everything]
    assert {card.title for to, card in private.paper.posts if to == "C2"} == {SECRET}
    unredacted = require_type(AnswerNotice, (notice for to, notice in private.paper.notices if to == "C2"))
    assert [notice.note for notice in unredacted] == [NOTE]


def test_what_the_card_shows_beside_the_title_stays(private: Desk) -> None:
    private.open(event())
    private.deliver_all()

    [public] = [card for to, card in private.paper.posts if to == "C1"]
    [other] = [card for to, card in private.paper.posts if to == "C2"]
    for fact in ("who", "version", "status", "owners", "changed_at", "actions", "stage"):
        assert getattr(public, fact) == getattr(other, fact)
    assert summarize(public) == "A file in Compliance was changed by Alice Moreau. Please review it."


def test_a_folder_is_told_with_the_number_of_its_files_alone() -> None:
    inside = FolderContents(count=2, titles=("Globex.docx", "Merger.docx"))
    card = redact_card(draw_card(review(title="Globex", contents=inside, link=None)), "Compliance")

    assert card.title == "A folder in Compliance"
    assert card.files == "2 files"
    assert CardAction.OPEN not in card.actions


def test_answers_that_stand_while_others_are_missing_keep_their_notes_to_themselves() -> None:
    waiting = review(required=2, answers=(answer(note=NOTE),))

    assert [
        answer.note for answer in redact_card(draw_card(waiting), "Compliance").other_acknowledgements
    ] == [None]


@pytest.mark.parametrize(
    ("link", "stays"),
    [
        ("https://acme.example.com/doceditor?fileid=3358285&version=8", True),
        ("https://acme.example.com/media/view/47", True),
        ("https://acme.example.com/doceditor?fileid=drive-57-|Globex.docx", False),
        ("https://acme.example.com/doceditor?fileid=3358285&title=Globex", False),
        ("https://acme.example.com/s/Globex", False),
        ("https://acme.example.com/doceditor?fileid=1&share=abc", False),
        ("https://acme.example.com/doceditor?fileid=1#Globex", False),
        ("javascript:alert(1)", False),
    ],
)
def test_a_link_stays_where_it_is_made_of_numbers(link: str, stays: bool) -> None:  # noqa: FBT001
    assert (redact_link(link) is not None) is stays


def test_a_route_that_is_not_private_is_shown_everywhere(desk: Desk) -> None:
    desk.paper.public = {"C1"}
    desk.delivery = replace(desk.delivery, routes=desk.routes)
    desk.open(event(title=SECRET))
    desk.deliver_all()

    assert {card.title for _, card in desk.paper.posts} == {SECRET}


def test_a_place_of_which_nothing_can_be_learnt_is_public(private: Desk) -> None:
    redactor = private.delivery.redactor
    private.paper.unwilling = Permanent("missing_scope")

    assert redactor.visibility.is_public(("paper", "C2"))
    assert redactor.visibility.is_public(("unknown", "C2"))


def test_what_was_learnt_is_kept_for_a_while_and_believed_for_a_day_while_nothing_is_said(
    private: Desk,
) -> None:
    visibility = private.delivery.redactor.visibility
    assert not visibility.is_public(("paper", "C2"))
    private.paper.public.add("C2")

    assert not visibility.is_public(("paper", "C2"))
    private.clock.advance(seconds=VISIBILITY_QUERY_INTERVAL / timedelta(seconds=1))
    private.paper.unwilling = TryLater("down")
    assert not visibility.is_public(("paper", "C2"))
    private.paper.unwilling = None
    assert visibility.is_public(("paper", "C2"))
    private.paper.public.discard("C2")
    private.clock.advance(seconds=VISIBILITY_MAX_AGE / timedelta(seconds=1))
    private.paper.unwilling = TryLater("down")
    assert visibility.is_public(("paper", "C2"))


def test_subscribers_above_a_private_folder_are_told_no_titles_in_public(private: Desk) -> None:
    private.paper.public.add(READERS)
    subscribe(private, int(WATCHED))
    private.open(event(title=SECRET))

    [notice] = deliver_change_notices(private)

    assert (notice.title, notice.path) == ("a file in Compliance", "")


def test_a_channel_subscribed_above_a_private_folder_is_told_no_titles_wherever_they_are(
    private: Desk,
) -> None:
    subscribe(private, 2, target="C7")
    subscribe(private, 2, target="C8", digest=True)
    subscribe(private, 2)
    subscribe(private, int(WATCHED), title="Z")
    private.open(event(title=SECRET))

    private.clock.advance(days=3)
    Digests(transactions=private.transactions, routes=private.routes).owe_due_digests(private.clock())

    [above], [within] = deliver_change_notices(private, "C7"), deliver_change_notices(private)
    [digest] = deliver_digest_notices(private, "C8")
    assert (above.title, above.path) == ("a file in Compliance", "")
    assert [(line.title, line.path) for line in digest.lines] == [("a file in Compliance", "")]
    assert within.title == SECRET


def test_a_private_route_that_is_called_otherwise_now_stays_private(private: Desk) -> None:
    old = private.open(event(title=SECRET))
    private.deliver_all()
    private.follow(Routes([route(name="renamed", private=True)]))
    private.delivery = replace(private.delivery, routes=private.routes, notifiers={"paper": private.paper})

    private.answers.record_answer(build_answer_request(old, note=NOTE))
    private.deliver_all()
    strange, own = (
        private.redact(old, make_proven_person(Reviewer(name="", email=email)))
        for email in ("eve@example.com", OWNER)
    )

    drawn = [card for to, _, card in private.paper.updates if to == "C1"]
    assert drawn
    assert SECRET not in str([asdict(card) for card in drawn])
    assert NOTE not in str([asdict(card) for card in drawn])
    assert (strange.title, own.title) == ("A file in compliance", SECRET)


def test_where_nothing_is_private_a_route_that_is_gone_is_gone(private: Desk) -> None:
    private.follow(routes())

    assert private.routes.find_route("renamed") is None


def test_of_a_digest_only_what_is_private_is_redacted(private: Desk) -> None:
    private.follow(Routes([route(private=True), route(name="open", watch=("1",))]))
    redactor = replace(private.delivery, routes=private.routes).redactor
    lines = tuple(
        DigestLine(
            title=title,
            path="Legal / Compliance",
            kind=ChangeKind.CONTENT,
            who=(Reviewer(name="Bob"),),
            at=START,
            link=None,
            route=each,
        )
        for title, each in ((SECRET, "compliance"), ("Menu.docx", "open"))
    )
    digest = DigestNotice(title="Globex", at=START, lines=lines, route="open")

    public, closed = require_type(
        DigestNotice, (redactor.redact_notice(digest, ("paper", target)) for target in ("C1", "C2"))
    )

    assert [line.title for line in public.lines] == ["a file in compliance", "Menu.docx"]
    assert "Globex" not in str(asdict(public))
    assert closed == digest


def test_the_folder_is_the_watched_one_that_the_path_leads_through_and_nothing_below(private: Desk) -> None:
    rule = route(watch=("10", "20"))
    with private.transactions() as work:
        for folder, title in (("10", "Finance"), ("20", "Finance / Deals")):
            work.folders.put(Place(folders=(("1", "Rooms"), (folder, title))), at=START)

        assert name_watched_folder(work, rule, "Finance / Globex") == "Finance"
        assert name_watched_folder(work, rule, "Finance") == "Finance"
        assert name_watched_folder(work, rule, "Financed by Globex") == "compliance"
        assert name_watched_folder(work, route(watch=("10",)), "Globex") == "Finance"
        assert name_watched_folder(work, route(watch=("99",)), "Globex") == "compliance"


def test_a_redacted_folder_is_called_after_the_watched_one() -> None:
    folder = review(title=SECRET, contents=FolderContents(count=3, titles=(SECRET,)), link=None)

    card = draw_card(redact_review(folder, "Compliance"))

    assert card.title == "A folder in Compliance"
    assert SECRET not in repr(card)


def test_what_it_was_called_and_where_it_was_is_hidden_wherever_its_name_is() -> None:
    moved = review(
        title=SECRET,
        title_before=f"Old {SECRET}",
        path_before=f"Legal / {SECRET}",
        moved_to=f"Other / {SECRET}",
        acts=(Act(kind=ActKind.RENAMED, people=(ALICE,)),),
        link=None,
    )

    for card in (redact_card(draw_card(moved), "Compliance"), draw_card(redact_review(moved, "Compliance"))):
        assert SECRET not in repr(card)
        assert card.other_acts == "renamed by Alice Moreau"


def test_a_redacted_entry_says_what_happened_and_not_to_what() -> None:
    renamed = {"type": "review:relabelled", "title": SECRET, "path": SECRET, "note": SECRET}
    renamed |= {"title_before": SECRET, "path_before": SECRET, "moved_to": SECRET}

    step = describe_entry(redact_entry(renamed, "Compliance"))

    assert step.sentence == "The document was renamed, or moved within the folder."
    assert SECRET not in repr(step)
