"""What keeps a person from being erased, also where it comes up while the command runs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from reviews.errors import RefusalReason, Refused
from reviews.identity import Person, Reviewer
from reviews.kinds import Decision, ReviewState
from reviews.routes.route import MayAcknowledge, SegregationOfDuties
from runtime.commands.people.people_texts import HAS_UNUSED_KEY, LACKS_KEY
from runtime.commands.people.person_erasure import ErasedCounts, Erasure
from runtime.evidence.key_presence import lacks_ledger_key, may_be_unknown_to_others
from runtime.evidence.ledger_key import NO_KEYS, LedgerKeys
from store import schema
from store.erasure.ledger_survey import survey_ledger
from store.erasure.person_search import count_waiting_changes, find_open_reviews, find_person
from store.unit_of_work import SqlUnitOfWork
from tests.erasure.command import ROUTE, erase
from tests.erasure.erasing import list_traces
from tests.erasure.interrupted import answer_for, survey_and_erase
from tests.erasure.people import insert, make_account, make_desk
from tests.reviews.desk import DANA, Desk, build_answer_request, make_review_request
from tests.reviews.samples import ALICE, BOB, OWNER, START, event, routes
from tests.runtime.command import CommandResult, run_command
from tests.runtime.key_commands import command, copy_database, load_keys, open_signed_file
from tests.runtime.signed_ledger import SignedLedger, make_all, make_key

if TYPE_CHECKING:
    from pathlib import Path

    import sqlalchemy as sa

    from reviews.model import Review
    from runtime.evidence.ledger_key import LedgerKey
    from tests.databases import SqliteDatabases

ALICES = str(ALICE.email)
AS_REVIEWER = Reviewer(name=ALICE.name, email=ALICES, docspace_id=ALICE.id)


@pytest.fixture
def signed(engine: sa.Engine) -> SignedLedger:
    """Return a ledger whose entries have MACs, with an answer."""
    ledger = SignedLedger(engine)
    answer_for(Desk(engine, partial(SqlUnitOfWork, engine)), "f1")
    ledger.cover()
    return ledger


def erase_with_key(ledger: SignedLedger, key: str, **more: Any) -> CommandResult:
    address = ledger.engine.url.render_as_string(hide_password=False)
    arguments = ["people", "erase", OWNER, "--yes"]
    return run_command(arguments, DATABASE_URL=address, ROUTES=ROUTE, LEDGER_KEY=key, **more)


def make_next_key(ledger: SignedLedger, name: str = "second") -> LedgerKey:
    return make_key(name, since=ledger.read_head())


@pytest.mark.parametrize("key", ["", make_key("strange").format()], ids=["none", "another"])
def test_without_the_ledgers_key_nothing_is_erased(signed: SignedLedger, key: str) -> None:
    done = erase_with_key(signed, key)

    assert (done.code, done.err.splitlines()) == (1, [LACKS_KEY, "Nothing was changed."])
    assert list_traces(signed.engine, OWNER) == [OWNER]


def test_with_the_ledgers_key_the_checkpoints_go_on(signed: SignedLedger) -> None:
    covered = signed.cover().size

    assert erase_with_key(signed, make_key().format()).code == 0
    assert signed.cover().size == covered + 1


def test_a_change_that_waits_keeps_a_person_whom_it_names_alone(engine: sa.Engine) -> None:
    desk = make_desk(engine)
    insert(
        engine,
        schema.people,
        {"id": "g-7", "name": "Zora Quint", "email": "zora@example.com", "seen_at": START},
    )
    desk.receive(event(file_id="f1", actor=Person(id=None, name="Zora Quint")))

    assert count_waiting_changes(engine, find_person(engine, "zora@example.com")) == 1


def test_a_key_that_begins_after_the_last_entry_has_to_have_signed(signed: SignedLedger) -> None:
    strange = make_key("strange", since=signed.read_head())

    done = erase_with_key(signed, strange.format())

    assert (done.code, done.err.splitlines()[0]) == (1, LACKS_KEY)


def test_another_key_is_refused_where_the_last_entry_has_no_mac(signed: SignedLedger) -> None:
    signed.with_keys(NO_KEYS).append()

    assert lacks_ledger_key(signed.engine, LedgerKeys(current=make_key("strange", since=signed.read_head())))
    assert not lacks_ledger_key(signed.engine, signed.keys)


def test_a_new_key_counts_beside_the_one_before_and_alone_once_it_has_signed(signed: SignedLedger) -> None:
    both = signed.keys.change(make_key("second", since=signed.read_head()))
    alone = both.retire_previous()

    assert not lacks_ledger_key(signed.engine, both)
    assert lacks_ledger_key(signed.engine, alone)
    signed.with_keys(both).cover()
    assert not lacks_ledger_key(signed.engine, alone)


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_key_that_another_has_replaced_erases_no_one(signed: SignedLedger, *, is_lost: bool) -> None:
    former = signed.keys
    both = former.change(make_key("second", since=signed.read_head()))
    alone = both.retire_previous()
    if not is_lost:
        signed.with_keys(both).cover()
    signed.with_keys(alone).cover()

    done = erase_with_key(signed, make_key().format())

    assert (done.code, done.err.splitlines()[0]) == (1, LACKS_KEY)
    assert signed.list_problems(alone) == []
    # While both sign, entries by either hold.
    exchanged = LedgerKeys(current=former.current, previous=alone.current)
    assert lacks_ledger_key(signed.engine, exchanged) is is_lost
    assert not lacks_ledger_key(signed.engine, both)


def test_a_new_key_erases_no_one_before_it_has_signed(signed: SignedLedger) -> None:
    both = signed.keys.change(make_next_key(signed))
    new, former = (each.format() for each in both.all)

    refused = erase_with_key(signed, new, LEDGER_KEY_PREVIOUS=former)
    traces = list_traces(signed.engine, OWNER)
    signed.with_keys(both).cover()
    done = erase_with_key(signed, new, LEDGER_KEY_PREVIOUS=former)

    assert (refused.code, refused.err.splitlines()) == (1, [HAS_UNUSED_KEY, "Nothing was changed."])
    assert (traces, done.code, signed.list_problems(both)) == ([OWNER], 0, [])


def test_a_new_key_in_the_file_erases_no_one_before_serve_was_restarted(
    tmp_path: Path, sqlite_databases: SqliteDatabases
) -> None:
    database = copy_database(sqlite_databases, tmp_path)
    with open_signed_file(database) as serving:
        answer_for(Desk(serving.engine, partial(SqlUnitOfWork, serving.engine)), "f1")
        covered = serving.cover().size
        assert command(database, "ledger", "key", "new").code == 0

        refused = command(database, "people", "erase", OWNER, "--yes", ROUTES=ROUTE)

        assert (refused.code, "Restart serve and the workers first." in refused.err) == (1, True)
        assert (serving.cover().size, serving.read_fault()) == (covered, None)
        serving.with_keys(load_keys(database)).cover()
        assert command(database, "people", "erase", OWNER, "--yes", ROUTES=ROUTE).code == 0


def test_a_new_key_is_unknown_to_a_process_that_writes_with_the_former_and_has_not_signed(
    engine: sa.Engine,
) -> None:
    ledger = SignedLedger(engine)
    both = ledger.keys.change(make_next_key(ledger))
    on_empty_ledger = may_be_unknown_to_others(engine, both)
    ledger.append()

    assert (on_empty_ledger, may_be_unknown_to_others(engine, both)) == (False, True)


def test_a_new_key_is_unknown_again_where_a_process_still_signs_with_the_former_alone(
    signed: SignedLedger,
) -> None:
    both = signed.keys.change(make_next_key(signed))
    restarted = signed.with_keys(both)
    restarted.cover()
    once_signed = may_be_unknown_to_others(signed.engine, both)
    signed.use_keys()
    signed.append()
    signed.cover()

    assert (once_signed, may_be_unknown_to_others(signed.engine, both)) == (False, True)


def test_in_place_of_a_lost_key_another_erases_as_soon_as_it_has_signed(signed: SignedLedger) -> None:
    after_loss = LedgerKeys(current=make_next_key(signed, "third"), previous=make_key("of later"))
    new, former = (each.format() for each in after_loss.all)

    refused = erase_with_key(signed, new, LEDGER_KEY_PREVIOUS=former)
    signed.with_keys(after_loss).cover()
    done = erase_with_key(signed, new, LEDGER_KEY_PREVIOUS=former)

    assert (refused.code, refused.err.splitlines()[0], done.code) == (1, LACKS_KEY, 0)


def test_a_first_key_may_erase_before_it_has_signed(engine: sa.Engine) -> None:
    ledger = SignedLedger(engine)
    answer_for(Desk(engine, partial(SqlUnitOfWork, engine)), "f1")

    assert not may_be_unknown_to_others(engine, ledger.keys)
    assert erase_with_key(ledger, make_key().format()).code == 0


def test_a_first_key_counts_where_nothing_was_signed(engine: sa.Engine) -> None:
    ledger = SignedLedger(engine, NO_KEYS)
    ledger.append()
    make_all(ledger.maker)

    assert not lacks_ledger_key(engine, LedgerKeys(current=make_key(since=ledger.read_head())))


def test_a_key_is_missed_also_where_the_last_entry_has_no_mac(signed: SignedLedger) -> None:
    signed.with_keys(NO_KEYS).append()

    done = erase_with_key(signed, "")

    assert (done.code, done.err.splitlines()[0]) == (1, LACKS_KEY)


def test_a_review_that_is_opened_meanwhile_keeps_its_contributor(engine: sa.Engine) -> None:
    desk = make_desk(engine, owners=(OWNER, ALICES))
    answer_for(desk, "old")

    counts = survey_and_erase(desk, ALICES, lambda: desk.open(event(file_id="new", actor=ALICE)))

    opened = desk.latest("new")
    assert (counts.complete, counts.obstacles.open_reviews) == (False, [opened.id])
    assert opened.contributors == (ALICE,)
    assert find_person(engine, ALICES).ids == {ALICE.id}
    with pytest.raises(Refused) as refused:
        desk.answers.record_answer(build_answer_request(opened, reviewer=AS_REVIEWER))
    assert refused.value.reason is RefusalReason.OWN_CHANGE


def send_back(desk: Desk) -> str:
    opened = desk.open(event(file_id="new", actor=ALICE))
    desk.answers.record_answer(
        build_answer_request(opened, decision=Decision.REQUEST_CHANGES, note="Section 4")
    )
    return opened.id


def follow_up(desk: Desk) -> Review:
    desk.clock.advance(hours=1)
    desk.portal.versions["new"] += 1
    desk.open(event(file_id="new", actor=BOB, occurred_at=desk.clock()))
    return desk.latest("new")


def test_a_review_that_was_sent_back_keeps_its_contributor_for_the_next(engine: sa.Engine) -> None:
    desk = make_desk(engine, owners=(OWNER, ALICES))
    sent_back = send_back(desk)

    done = erase(desk, ALICES, "--yes")

    assert (done.code, sent_back in done.err, "or sent back" in done.err) == (1, True, True)
    with pytest.raises(Refused) as refused:
        desk.answers.record_answer(build_answer_request(follow_up(desk), reviewer=AS_REVIEWER))
    assert refused.value.reason is RefusalReason.OWN_CHANGE


def test_a_review_that_is_sent_back_meanwhile_keeps_its_contributor(engine: sa.Engine) -> None:
    desk = make_desk(engine, owners=(OWNER, ALICES))
    answer_for(desk, "old")

    counts = survey_and_erase(desk, ALICES, lambda: send_back(desk))

    assert (counts.complete, counts.obstacles.open_reviews) == (False, [desk.latest("new").id])
    assert desk.latest("new").contributors == (ALICE,)


def test_a_review_that_was_sent_back_keeps_no_one_once_another_followed(engine: sa.Engine) -> None:
    desk = make_desk(engine, owners=(OWNER, ALICES))
    send_back(desk)
    desk.answers.record_answer(build_answer_request(follow_up(desk)))

    assert erase(desk, ALICES, "--yes").code == 0


def test_a_change_that_arrives_meanwhile_keeps_its_actor(engine: sa.Engine) -> None:
    desk = make_desk(engine)
    answer_for(desk, "old")

    counts = survey_and_erase(desk, ALICES, lambda: desk.receive(event(file_id="new", actor=ALICE)))

    assert (counts.complete, counts.obstacles.waiting_changes) == (False, 1)
    assert desk.newest_event().event.actor == ALICE


def test_a_route_that_is_held_meanwhile_keeps_its_people(engine: sa.Engine) -> None:
    desk = make_desk(engine)
    answer_for(desk, "old")
    held = routes(legal_hold=True)
    erasure = Erasure(engine=engine, routes=held, address=OWNER, clock=desk.clock, keys=NO_KEYS)
    survey = survey_ledger(engine, find_person(engine, OWNER))
    counts = ErasedCounts()

    erasure.erase(survey, counts, lambda _done, _total: None)

    assert (counts.complete, counts.obstacles.held_routes, counts.values) == (False, ["compliance"], 0)
    assert desk.latest("old").answers[0].reviewer.email == OWNER


def test_a_contributor_known_by_name_alone_keeps_an_open_review(engine: sa.Engine) -> None:
    desk = make_desk(engine)
    insert(
        engine, schema.people, {"id": "g-7", "name": "Zora Quint", "email": "z@example.com", "seen_at": START}
    )
    opened = desk.open(event(actor=Person(id=None, name="Zora Quint")))

    done = erase(desk, "z@example.com", "--yes")

    assert (done.code, opened.id in done.err) == (1, True)


def test_an_answer_by_an_account_in_a_chat_alone_keeps_an_open_review(engine: sa.Engine) -> None:
    duties = {"may_acknowledge": MayAcknowledge.CHANNEL, "segregation_of_duties": SegregationOfDuties.OFF}
    desk = make_desk(engine, **duties, required=2)
    insert(engine, schema.accounts, make_account("U7777777", "Zora Quint", "z@example.com"))
    opened = desk.open(event())
    account = Reviewer(name="Z", email=None, chat_ids={"slack": "U7777777"})
    desk.answers.record_answer(build_answer_request(opened, reviewer=account, place=("paper", "C1")))
    survey = survey_ledger(engine, find_person(engine, "z@example.com"))

    assert find_open_reviews(engine, survey.person, survey.reviews) == [opened.id]


def erase_contributor(desk: Desk) -> None:
    desk.answers.record_answer(build_answer_request(desk.open(event(file_id="f", actor=ALICE))))
    assert erase(desk, ALICES, "--yes").code == 0


def test_an_answer_stays_where_a_contributor_was_erased(engine: sa.Engine) -> None:
    desk = make_desk(engine, owners=(OWNER, ALICES))
    erase_contributor(desk)

    with pytest.raises(Refused) as refused:
        desk.answers.withdraw(make_review_request(desk.latest("f"), DANA))

    assert refused.value.reason is RefusalReason.NOT_ALLOWED
    assert "was erased" in refused.value.sentence


def test_an_answer_stays_where_who_answered_was_erased(engine: sa.Engine) -> None:
    owners = (OWNER, "second@example.com")
    desk = make_desk(engine, owners=owners, required=2)
    second = Reviewer(name="Second", email="second@example.com")
    opened = desk.open(event(file_id="f"))
    for who in (DANA, second):
        desk.answers.record_answer(build_answer_request(desk.latest("f"), reviewer=who))
    assert erase(desk, "second@example.com", "--yes").code == 0

    with pytest.raises(Refused, match="was erased"):
        desk.answers.withdraw(make_review_request(opened, DANA))


def test_an_answer_stays_where_a_contributor_to_a_file_of_many_was_erased(engine: sa.Engine) -> None:
    desk = make_desk(engine, bulk=3)
    for number in range(8):
        who = ALICE if number == 7 else BOB
        desk.intake.process(desk.receive(event(file_id=f"f{number}", actor=who, occurred_at=desk.clock())))
        desk.clock.advance(seconds=1)
    bulk = next(each for each in desk.reviews() if each.bulk)
    desk.clock.advance(hours=1)
    answered = desk.answers.record_answer(build_answer_request(bulk))
    assert erase(desk, ALICES, "--yes").code == 0

    with pytest.raises(Refused, match="was erased"):
        desk.answers.withdraw(make_review_request(answered, DANA))


def test_an_answer_is_withdrawn_where_a_contributor_to_a_file_is_called_erased(engine: sa.Engine) -> None:
    desk = make_desk(engine, bulk=3)
    someone = Person(id="g-7", name="Erased", email="someone@example.com")
    for number in range(8):
        who = someone if number == 7 else BOB
        desk.intake.process(desk.receive(event(file_id=f"f{number}", actor=who, occurred_at=desk.clock())))
        desk.clock.advance(seconds=1)
    bulk = next(each for each in desk.reviews() if each.bulk)
    answered = desk.answers.record_answer(build_answer_request(bulk))

    desk.answers.withdraw(make_review_request(answered, DANA))

    assert desk.latest(bulk.file_id).state is ReviewState.OPEN
