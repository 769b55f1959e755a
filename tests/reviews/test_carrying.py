"""Where nothing material has changed, a route may let the acknowledgement count on: no one is asked again."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from demo import ALICE, COMPLIANCE, StoredContent
from demo.office_files import Paragraph, make_docx
from reviews.cards.card_drawing import draw_card
from reviews.cards.card_state import CardLook, choose_look
from reviews.errors import Refused
from reviews.identity import Reviewer
from reviews.kinds import Decision, ReviewState
from reviews.routes.route import Unchanged
from runtime.commands.printing.review_json import build_review_json
from runtime.ledger_verification.ledger_check import check_ledger
from store.schema import reviews
from tests.documents.packages import OPEN_XML, build_docx, relate, write_paragraph
from tests.documents.pdf_files import build_page, write_text
from tests.reviews.comparing_desk import FIRST, SECOND, THIRD, write
from tests.reviews.desk import build_answer_request
from tests.reviews.portal_desk import DANA
from tests.reviews.stand_ins import BACK_AT, ILZE, make_stand_in, put_stand_ins

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.reviews.comparing_desk import ComparingDesk

CORE = "docProps/core.xml"
SHOWN_STATUS = (
    '<w:sdt><w:sdtPr><w:dataBinding w:xpath="/cp:coreProperties/cp:contentStatus"/></w:sdtPr>'
    f"<w:sdtContent>{write_paragraph('Draft, not binding')}</w:sdtContent></w:sdt>"
)
_CORE_START = f'<cp:coreProperties xmlns:cp="{OPEN_XML}/package/2006/metadata/core-properties">'


def write_status(status: str) -> str:
    return f"{_CORE_START}<cp:contentStatus>{status}</cp:contentStatus></cp:coreProperties>"


def write_saved(revision: int) -> str:
    return f"{_CORE_START}<cp:revision>{revision}</cp:revision></cp:coreProperties>"


STILL_COUNTS = (
    "Same content. The acknowledgement of version 1 by Dana Ozola still counts: no one is asked again."
)


def carry(comparing_desk: ComparingDesk, **more: Any) -> None:
    comparing_desk.follow(unchanged=Unchanged.CARRY, **more)


def acknowledge_first(comparing_desk: ComparingDesk) -> Review:
    review = comparing_desk.upload(FIRST)
    comparing_desk.compare_due()
    comparing_desk.acknowledge(review)
    return review


def save_again(comparing_desk: ComparingDesk, review: Review, text: str = FIRST) -> Review:
    saved = comparing_desk.save(review, text)
    comparing_desk.compare_due()
    return comparing_desk.review(saved)


def test_the_same_content_closes_its_review_and_an_entry_names_both_states(
    comparing_desk: ComparingDesk,
) -> None:
    carry(comparing_desk)
    first = acknowledge_first(comparing_desk)

    again = save_again(comparing_desk, first)

    assert again.state is ReviewState.CARRIED
    entry = comparing_desk.desk.entries()[-1]
    assert (entry["type"], entry["review_id"], entry["reason"]) == ("review:carried", again.id, "identical")
    assert (entry["acknowledged_in"], [each["name"] for each in entry["acknowledged_by"]]) == (
        first.id,
        ["Dana Ozola"],
    )
    assert (entry["from"]["version"], entry["to"]["version"]) == (1, 2)
    assert entry["from"]["sha256"] == entry["to"]["sha256"]
    assert check_ledger(comparing_desk.desk.engine).intact


def test_its_card_says_which_acknowledgement_counts_and_has_no_answer_buttons(
    comparing_desk: ComparingDesk,
) -> None:
    carry(comparing_desk)
    card = draw_card(save_again(comparing_desk, acknowledge_first(comparing_desk)))

    assert (card.status, card.changes) == ("Carried over", STILL_COUNTS)
    assert choose_look(card) is CardLook.DONE
    assert [action.value for action in card.actions] == ["open", "more"]
    assert card.due_at is None


def test_by_default_the_same_content_is_asked_about(comparing_desk: ComparingDesk) -> None:
    assert save_again(comparing_desk, acknowledge_first(comparing_desk)).state is ReviewState.OPEN


def test_other_text_is_asked_about(comparing_desk: ComparingDesk) -> None:
    carry(comparing_desk)

    assert save_again(comparing_desk, acknowledge_first(comparing_desk), SECOND).state is ReviewState.OPEN


def test_content_that_was_never_acknowledged_is_asked_about(comparing_desk: ComparingDesk) -> None:
    carry(comparing_desk)
    review = comparing_desk.upload(FIRST)
    comparing_desk.compare_due()

    assert save_again(comparing_desk, review).state is ReviewState.OPEN


def test_what_was_carried_over_is_carried_on(comparing_desk: ComparingDesk) -> None:
    carry(comparing_desk)
    first = acknowledge_first(comparing_desk)
    second = save_again(comparing_desk, first)

    third = save_again(comparing_desk, second)

    assert third.state is ReviewState.CARRIED
    assert third.carried is not None
    assert (third.carried.review_id, third.carried.version) == (first.id, 1)
    assert check_ledger(comparing_desk.desk.engine).intact


def test_what_a_stand_in_acknowledged_still_counts_after_they_stood_in(comparing_desk: ComparingDesk) -> None:
    carry(comparing_desk)
    first, desk = comparing_desk.upload(FIRST), comparing_desk.desk
    comparing_desk.compare_due()
    put_stand_ins(desk, comparing_desk.review(first), make_stand_in(absent=first.owners[0]))
    desk.answers.record_answer(build_answer_request(comparing_desk.review(first), reviewer=ILZE))
    desk.clock.now = BACK_AT

    again = save_again(comparing_desk, first)

    assert (again.state, again.stand_ins) == (ReviewState.CARRIED, ())
    assert check_ledger(desk.engine).intact


def test_a_change_after_it_opens_a_review_of_its_own(comparing_desk: ComparingDesk) -> None:
    carry(comparing_desk)
    carried = save_again(comparing_desk, acknowledge_first(comparing_desk))

    changed = save_again(comparing_desk, carried, SECOND)

    assert (changed.state, changed.version_from) == (ReviewState.OPEN, 2)
    assert changed.changes is not None
    assert changed.changes.counts["replaced"] == 1
    assert comparing_desk.review(carried).superseded_by == changed.id
    assert check_ledger(comparing_desk.desk.engine).intact


def test_a_document_that_was_renamed_too_is_asked_about(comparing_desk: ComparingDesk) -> None:
    carry(comparing_desk)
    first, portal = acknowledge_first(comparing_desk), comparing_desk.portal

    def rename_and_save() -> None:
        portal.rename(int(first.file_id), "Other.txt", by=ALICE.id)
        portal.save(int(first.file_id), by=ALICE.id, content=write(FIRST))

    saved = comparing_desk.change(rename_and_save)
    comparing_desk.compare_due()

    assert comparing_desk.review(saved).state is ReviewState.OPEN


def test_an_answer_that_comes_first_is_not_replaced(comparing_desk: ComparingDesk) -> None:
    carry(comparing_desk)
    saved = comparing_desk.save(acknowledge_first(comparing_desk), FIRST)
    comparing_desk.acknowledge(saved)

    comparing_desk.compare_due()

    answered = comparing_desk.review(saved)
    assert (answered.state, answered.carried) == (ReviewState.ACKNOWLEDGED, None)
    assert check_ledger(comparing_desk.desk.engine).intact


def test_an_answer_that_comes_later_is_refused_with_the_reason(comparing_desk: ComparingDesk) -> None:
    carry(comparing_desk)
    carried = save_again(comparing_desk, acknowledge_first(comparing_desk))

    with pytest.raises(Refused, match="needs no answer any more"):
        comparing_desk.desk.answers.record_answer(build_answer_request(carried))


def test_it_is_carried_once_by_two_workers(comparing_desk: ComparingDesk) -> None:
    carry(comparing_desk)
    saved = comparing_desk.save(acknowledge_first(comparing_desk), FIRST)
    [number] = comparing_desk.take()
    comparing_desk.do_meanwhile(lambda: comparing_desk.compare(number))

    comparing_desk.compare(number)

    entries = [each for each in comparing_desk.desk.entries() if each["type"] == "review:carried"]
    assert [each["review_id"] for each in entries] == [saved.id]


def test_bytes_that_replaced_what_was_acknowledged_before_they_were_read_are_asked_about(
    comparing_desk: ComparingDesk,
) -> None:
    carry(comparing_desk)
    second = comparing_desk.save(acknowledge_first(comparing_desk), SECOND, force=True)
    comparing_desk.portal.save(int(second.file_id), by=ALICE.id, content=write(THIRD), force_save=True)
    comparing_desk.compare_due()
    comparing_desk.acknowledge(second)
    assert comparing_desk.review(second).answers[-1].not_read == "saved_again"

    third = save_again(comparing_desk, second, THIRD)

    assert third.state is ReviewState.OPEN
    assert comparing_desk.get_outcome(third) == ("withheld", "earlier_replaced")


def test_a_person_who_acknowledged_and_then_saved_is_asked_about(comparing_desk: ComparingDesk) -> None:
    carry(comparing_desk)
    first = acknowledge_first(comparing_desk)
    saved = comparing_desk.change(
        lambda: comparing_desk.portal.save(int(first.file_id), by=DANA.id, content=write(FIRST))
    )
    comparing_desk.compare_due()

    assert comparing_desk.review(saved).state is ReviewState.OPEN


def test_a_request_for_changes_in_between_is_not_closed(comparing_desk: ComparingDesk) -> None:
    carry(comparing_desk)
    second = save_again(comparing_desk, acknowledge_first(comparing_desk), SECOND)
    comparing_desk.desk.answers.record_answer(
        build_answer_request(second, decision=Decision.REQUEST_CHANGES, note="Clause 9 is missing.")
    )

    assert save_again(comparing_desk, second, FIRST).state is ReviewState.OPEN


def test_an_acknowledgement_of_a_person_who_is_no_deputy_any_more_does_not_count(
    comparing_desk: ComparingDesk,
) -> None:
    [route] = comparing_desk.comparing.routes.all
    first = comparing_desk.upload(FIRST)
    comparing_desk.compare_due()
    comparing_desk.desk.answers.record_answer(
        build_answer_request(first, reviewer=Reviewer(name="Dep", email=route.deputies[0]))
    )
    carry(comparing_desk, deputies=())

    assert save_again(comparing_desk, first).state is ReviewState.OPEN


@pytest.mark.parametrize("values", [{"owners": ["other@example.com"]}, {"required": 2}])
def test_other_owners_or_more_of_them_are_asked(
    comparing_desk: ComparingDesk, values: dict[str, Any]
) -> None:
    carry(comparing_desk)
    saved = comparing_desk.save(acknowledge_first(comparing_desk), FIRST)
    with comparing_desk.desk.engine.begin() as connection:
        connection.execute(sa.update(reviews).where(reviews.c.id == saved.id).values(values))

    comparing_desk.compare_due()

    assert comparing_desk.review(saved).state is ReviewState.OPEN


def format_text(content: bytes, look: str) -> bytes:
    """Return a Word document with all of its text in this look."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(buffer, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(b"<w:r>", f"<w:r><w:rPr>{look}</w:rPr>".encode()))
    return buffer.getvalue()


def replace_document(comparing_desk: ComparingDesk, title: str, before: bytes, after: bytes) -> Review:
    """Acknowledge a document, and save another one in its place; return the review of that."""
    portal = comparing_desk.portal
    earlier, later = StoredContent(before), StoredContent(after)
    first = comparing_desk.change(lambda: portal.upload(title, COMPLIANCE, by=ALICE.id, content=earlier))
    comparing_desk.compare_due()
    comparing_desk.acknowledge(first)
    saved = comparing_desk.change(lambda: portal.save(int(first.file_id), by=ALICE.id, content=later))
    comparing_desk.compare_due()
    return comparing_desk.review(saved)


def test_other_emphasis_of_the_same_text_is_carried(comparing_desk: ComparingDesk) -> None:
    carry(comparing_desk)
    document = make_docx([Paragraph("The fee is EUR 100.")])

    saved = replace_document(comparing_desk, "Fee.docx", document, format_text(document, "<w:b/>"))

    assert (saved.state, comparing_desk.get_outcome(saved)) == (
        ReviewState.CARRIED,
        ("same_text", "emphasis"),
    )
    assert comparing_desk.desk.entries()[-1]["reason"] == "emphasis"
    assert check_ledger(comparing_desk.desk.engine).intact


@pytest.mark.parametrize("look", ["<w:strike/>", '<w:color w:val="FFFFFF"/>', '<w:sz w:val="2"/>'])
def test_formatting_that_can_carry_meaning_is_asked_about(comparing_desk: ComparingDesk, look: str) -> None:
    carry(comparing_desk)
    document = make_docx([Paragraph("The fee is EUR 100.")])

    saved = replace_document(comparing_desk, "Fee.docx", document, format_text(document, look))

    assert (saved.state, comparing_desk.get_outcome(saved)) == (ReviewState.OPEN, ("same_text", "formatting"))


@pytest.mark.parametrize(
    ("part", "before", "after", "reason"),
    [
        (CORE, write_status("Draft, not binding"), write_status("Approved"), "formatting"),
        ("customXml/item1.xml", "<a>Draft</a>", "<a>Approved</a>", "formatting"),
        ("word/charts/chart1.xml", "<a>100</a>", "<a>900</a>", "formatting"),
        (CORE, write_saved(1), write_saved(2), "emphasis"),
    ],
)
def test_the_same_text_is_carried_only_where_all_that_it_can_refer_to_is_the_same(
    comparing_desk: ComparingDesk, part: str, before: str, after: str, reason: str
) -> None:
    carry(comparing_desk)
    body = write_paragraph("Fee") if reason == "emphasis" else SHOWN_STATUS
    states = (build_docx(body, others={part: each}) for each in (before, after))

    saved = replace_document(comparing_desk, "Fee.docx", *states)

    state = ReviewState.CARRIED if reason == "emphasis" else ReviewState.OPEN
    assert (saved.state, comparing_desk.get_outcome(saved)) == (state, ("same_text", reason))


def test_the_same_words_in_another_row_are_asked_about(comparing_desk: ComparingDesk) -> None:
    carry(comparing_desk)
    head = "| Approved |\n|---|\n| x |\n| |\n", "| Approved |\n|---|\n| |\n| x |\n"

    saved = replace_document(comparing_desk, "Fee.md", *(each.encode() for each in head))

    assert (saved.state, comparing_desk.get_outcome(saved)) == (ReviewState.OPEN, ("marks_differ", None))


def attach_template(content: bytes, address: str) -> bytes:
    """Return a Word document that takes its template from an address."""
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a") as package:
        package.writestr("word/_rels/settings.xml.rels", relate(external=("attachedTemplate", address)))
    return buffer.getvalue()


def test_a_document_with_another_template_from_elsewhere_is_asked_about(
    comparing_desk: ComparingDesk,
) -> None:
    carry(comparing_desk)
    document = make_docx([Paragraph("The fee is EUR 100.")])
    before, after = (attach_template(document, f"https://{name}.example/a.dotm") for name in ("a", "b"))

    saved = replace_document(comparing_desk, "Fee.docx", before, after)

    assert (saved.state, comparing_desk.get_outcome(saved)) == (ReviewState.OPEN, ("same_text", "objects"))


def test_the_same_template_from_elsewhere_is_no_difference(comparing_desk: ComparingDesk) -> None:
    carry(comparing_desk)
    document = make_docx([Paragraph("The fee is EUR 100.")])
    states = (document, format_text(document, "<w:strike/>"))
    before, after = (attach_template(each, "https://a.example/a.dotm") for each in states)

    saved = replace_document(comparing_desk, "Fee.docx", before, after)

    assert comparing_desk.get_outcome(saved) == ("same_text", "formatting")


def test_a_pdf_with_other_bytes_is_asked_about(comparing_desk: ComparingDesk) -> None:
    carry(comparing_desk)
    text = write_text("The fee is EUR 100.")

    saved = replace_document(
        comparing_desk, "Fee.pdf", build_page(text), build_page(f"{text} 50 704 m 200 704 l S")
    )

    assert (saved.state, comparing_desk.get_outcome(saved)) == (ReviewState.OPEN, ("same_text", "appearance"))


def test_a_pdf_with_the_same_bytes_is_carried(comparing_desk: ComparingDesk) -> None:
    carry(comparing_desk)
    page = build_page(write_text("The fee is EUR 100."))

    assert replace_document(comparing_desk, "Fee.pdf", page, page).state is ReviewState.CARRIED


def test_a_forged_carry_is_found(comparing_desk: ComparingDesk) -> None:
    carry(comparing_desk)
    carried = save_again(comparing_desk, acknowledge_first(comparing_desk))
    assert build_review_json(carried)["carried"]["names"] == ["Dana Ozola"]

    with comparing_desk.desk.engine.begin() as connection:
        query = sa.select(reviews.c.carried).where(reviews.c.id == carried.id)
        [person] = connection.execute(query).scalar_one()["people"]
        forged = {
            **connection.execute(query).scalar_one(),
            "people": [{**person, "email": "eve@example.com"}],
        }
        connection.execute(sa.update(reviews).where(reviews.c.id == carried.id).values(carried=forged))

    assert not check_ledger(comparing_desk.desk.engine).intact
