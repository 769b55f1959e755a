"""Witnesses cosign the growth of the ledger; each answer of theirs has its consequence."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.evidence.cosigned_checkpoints import verify_checkpoint_by_policy
from runtime.evidence.cosigning import RETRY_INTERVAL
from runtime.evidence.ledger_key import LedgerKeys, check_signature
from runtime.evidence.witness_client import WitnessClient
from store import witnesses
from store.schema import witness_round, witness_states
from tests.edge.fake_witness import FakeWitness
from tests.edge.http_sink import UNREACHABLE
from tests.edge.loopback import Dropped, Reply
from tests.reviews.samples import START
from tests.runtime.signed_ledger import make_key
from tests.runtime.witnessed_ledger import HOUR, WitnessedLedger, trust

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviews.evidence.policies import PolicyWitness
    from reviews.evidence.signed_notes import Signature
    from tests.edge.loopback import Request

SIZE_TYPE = "text/x.tlog.size"


@pytest.fixture
def signed(engine: sa.Engine) -> WitnessedLedger:
    signed = WitnessedLedger(engine)
    signed.grow(5)
    return signed


@pytest.fixture
def witness(signed: WitnessedLedger) -> Iterator[FakeWitness]:
    with FakeWitness() as fake:
        trust(fake, signed)
        signed.use_policy(fake.line)
        yield fake


def reply_with(body: str, status: int = 200, content_type: str = SIZE_TYPE) -> Callable[[Request], Reply]:
    return lambda _request: Reply(status, body.encode(), content_type=content_type)


# What is cosigned


def test_a_cosignature_is_stored_with_the_checkpoint(signed: WitnessedLedger, witness: FakeWitness) -> None:
    assert signed.cosigning.ask_due()

    state, witnessed = signed.read_state(witness.key), witnesses.read_witnessed_checkpoint(signed.engine)
    assert (state.size, state.refusal, state.failure) == (5, None, None)
    assert witnessed is not None
    assert witnessed.note == state.note
    accepted = verify_checkpoint_by_policy(
        witnessed.note, signed.policy, check_signature, keys=[signed.verifier_key]
    )
    assert accepted.checkpoint == signed.read_checkpoint()
    assert set(accepted.signers) == {signed.verifier_key, witness.key}


def test_growth_is_proven_from_the_size_that_the_witness_has(
    signed: WitnessedLedger, witness: FakeWitness
) -> None:
    for count in (1, 2, 250, 300):
        signed.grow(count)
        signed.ask_later()

    assert witness.statuses == [200] * 4
    assert [request.body.split(b"\n")[0] for request in witness.requests] == [
        b"old 0",
        b"old 6",
        b"old 8",
        b"old 258",
    ]
    assert signed.read_state(witness.key).size == 558


def test_a_witness_that_has_cosigned_the_last_checkpoint_is_not_asked(
    signed: WitnessedLedger, witness: FakeWitness
) -> None:
    signed.cosigning.ask_due()

    signed.ask_later()
    signed.cosigning.ask_due(at_once=True)

    assert len(witness.requests) == 1


def test_a_witness_is_asked_hourly_and_after_a_start_at_once(
    signed: WitnessedLedger, witness: FakeWitness
) -> None:
    signed.cosigning.ask_due()
    signed.grow()
    signed.cosigning.ask_due()
    assert len(witness.requests) == 1

    signed.cosigning.ask_due(at_once=True)
    assert len(witness.requests) == 2

    signed.grow()
    signed.ask_later()
    assert len(witness.requests) == 3


def test_a_witness_that_has_another_size_is_asked_again_with_that(
    signed: WitnessedLedger, witness: FakeWitness
) -> None:
    signed.cosigning.ask_due()
    signed.grow()
    witness.forget()
    signed.ask_later()
    signed.grow()
    signed.ask_later()

    assert witness.statuses == [200, 409, 200, 200]
    assert signed.read_state(witness.key).size == 7


def test_an_error_of_our_own_at_one_witness_does_not_stop_the_others(signed: WitnessedLedger) -> None:
    class _Client(WitnessClient):
        def ask(self, witness: PolicyWitness, *args: Any, **more: Any) -> Signature:
            if witness.name == "broken":
                raise RuntimeError("a defect")
            return super().ask(witness, *args, **more)

    with FakeWitness(name="broken") as broken, FakeWitness(name="well", seed=41) as well:
        trust(broken, signed)
        trust(well, signed)
        signed.use_policy(broken.line, well.line, quorum="quorum well\n", client=_Client(signed.clock))
        signed.cosigning.ask_due()

    assert signed.read_state(broken.key).failure == "an error of this program"
    assert signed.read_state(well.key).size == 5
    assert witnesses.read_witnessed_checkpoint(signed.engine) is not None


def test_what_another_process_had_cosigned_meanwhile_is_no_refusal(
    signed: WitnessedLedger, witness: FakeWitness
) -> None:
    def overtake(request: Request) -> Reply:
        witness.answer = None
        signed.append(3)
        signed.start_process().make()
        signed.change(sa.update(witness_round).values(taken_until=START))  # as when its time is over
        assert signed.cosigning.ask_due(at_once=True)
        return witness.reply_strictly(request)

    witness.answer = overtake

    signed.cosigning.ask_due()

    state = signed.read_state(witness.key)
    assert (state.size, state.refusal, state.failure) == (8, None, None)


def test_an_unsigned_ledger_is_shown_to_no_witness(engine: sa.Engine) -> None:
    unsigned = WitnessedLedger(engine, LedgerKeys())
    unsigned.append()
    unsigned.maker.make()
    with FakeWitness() as fake:
        unsigned.use_policy(fake.line)
        unsigned.cosigning.ask_due()

        assert fake.requests == []


def test_a_witness_without_an_address_is_not_asked(signed: WitnessedLedger) -> None:
    with FakeWitness() as fake:
        signed.use_policy(fake.line.replace(fake.url, ""))
        signed.cosigning.ask_due()

        assert fake.requests == []


def test_a_checkpoint_without_a_quorum_is_not_the_witnessed_one(signed: WitnessedLedger) -> None:
    with FakeWitness() as first, FakeWitness(name="second.example.com", seed=41) as second:
        trust(first, signed)
        trust(second, signed)
        signed.use_policy(first.line, second.line)
        signed.cosigning.ask_due()
        before = witnesses.read_witnessed_checkpoint(signed.engine)
        signed.grow()
        second.answer = reply_with("", 503)

        signed.ask_later()

        assert before is not None
        assert before.size == 5
        assert signed.read_state(first.key).size == 6
        assert witnesses.read_witnessed_checkpoint(signed.engine) == before

        second.answer = None
        signed.ask_later()

        after = witnesses.read_witnessed_checkpoint(signed.engine)
        assert after is not None
        assert after.size == 6
        assert after.note.count("\N{EM DASH}") == 3


def test_of_several_processes_one_asks_at_a_time(signed: WitnessedLedger, witness: FakeWitness) -> None:
    inside, done = threading.Event(), threading.Event()

    def wait(request: Request) -> Reply:
        inside.set()
        assert done.wait(30)
        return witness.reply_strictly(request)

    witness.answer = wait
    first = threading.Thread(target=signed.cosigning.ask_due)
    first.start()
    assert inside.wait(30)

    assert signed.cosigning.ask_due(at_once=True) is False
    done.set()
    first.join(30)
    assert signed.cosigning.ask_due(at_once=True) is True
    assert len(witness.requests) == 1


def test_a_stop_leaves_the_other_witnesses_for_later(signed: WitnessedLedger, witness: FakeWitness) -> None:
    signed.cosigning.ask_due(is_stopping=lambda: True)

    assert witness.requests == []
    assert signed.cosigning.ask_due()


# What is refused


def test_a_rewritten_ledger_is_refused(signed: WitnessedLedger, witness: FakeWitness) -> None:
    signed.cosigning.ask_due()
    signed.rewrite_and_sign(2)
    signed.append()
    signed.start_process().make()

    signed.ask_later()

    state = signed.read_state(witness.key)
    assert witness.statuses == [200, 422]
    assert state.refusal == (
        "the ledger was rewritten, its first 5 entries are not those that the witness has cosigned"
    )
    assert (state.size, state.failure) == (5, None)


def test_a_rewritten_ledger_of_the_same_size_is_refused(
    signed: WitnessedLedger, witness: FakeWitness
) -> None:
    signed.cosigning.ask_due()
    signed.rewrite_and_sign(5)

    signed.ask_later()

    assert witness.statuses == [200, 409]
    assert "rewritten" in (signed.read_state(witness.key).refusal or "")


def test_a_shorter_ledger_is_refused(signed: WitnessedLedger, witness: FakeWitness) -> None:
    signed.cosigning.ask_due()
    signed.cut_off(3)

    signed.ask_later()

    assert signed.read_state(witness.key).refusal == (
        "the witness has cosigned 5 entries, and the ledger has 3: its end was cut off, or a backup restored"
    )


def test_a_refusal_is_found_when_the_database_forgets_what_was_cosigned(
    signed: WitnessedLedger, witness: FakeWitness
) -> None:
    signed.cosigning.ask_due()
    signed.rewrite_and_sign(1)
    with signed.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM witness_states")

    signed.ask_later()

    assert witness.statuses == [200, 409, 409]
    assert "rewritten" in (signed.read_state(witness.key).refusal or "")


def test_a_refusal_stays_while_the_witness_fails_and_ends_with_a_cosignature(
    signed: WitnessedLedger, witness: FakeWitness
) -> None:
    witness.answer = reply_with("", 422)
    signed.cosigning.ask_due()
    witness.answer = reply_with("", 500)
    signed.ask_later()
    failing = signed.read_state(witness.key)
    witness.answer = None

    signed.ask_later()

    assert failing.refusal is not None
    assert failing.failure == "it answers with an error (500)"
    assert signed.read_state(witness.key).refusal is None
    assert signed.read_state(witness.key).failing_since is None


# What is no answer that counts

NO_COSIGNATURE = "its answer is no cosignature of the checkpoint: "


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (reply_with("", 400), "it can't read the request (400)"),
        (reply_with("", 403), "it does not know the ledger's key: its operator needs"),
        (reply_with("", 404), "it does not know the ledger: its operator needs"),
        (reply_with("", 429), "it is asked too often (429)"),
        (reply_with("", 500), "it answers with an error (500)"),
        (reply_with("", 204), "it answers with an error (204)"),
        (reply_with("", 409), "it answers 409 without another size"),
        (reply_with("0\n", 409), "it answers 409 without another size"),
        (reply_with("3\n", 409, "text/plain"), "it answers 409 without another size"),
        (reply_with("3", 409), "it answers 409 without another size"),
        (reply_with("03\n", 409), "it answers 409 without another size"),
        (reply_with("-3\n", 409), "it answers 409 without another size"),
        (reply_with("3\n\n", 409), "it answers 409 without another size"),
        (reply_with(f"{2**63}\n", 409), "it answers 409 without another size"),
        (reply_with(""), f"{NO_COSIGNATURE}the note has no signature"),
        (reply_with("{}"), f"{NO_COSIGNATURE}the note does not end in a newline"),
        (reply_with("\x00\n"), f"{NO_COSIGNATURE}the note has a control character"),
        (reply_with("x" * 1_100_000), "no answer (AnswerTooLarge)"),
        (lambda _request: Reply(200, b"\xff\n"), "its answer is not text"),
        (
            lambda _request: Reply(307, b"", headers={"Location": "http://127.0.0.1:1/"}),
            "it redirects (307), which is not followed",
        ),
        (
            lambda _request: Reply(307, b"", headers={"Location": "http://[::1"}),
            "no answer (SenselessAnswer)",
        ),
    ],
)
def test_an_answer_that_says_nothing_of_the_ledger_is_a_failure(
    signed: WitnessedLedger, witness: FakeWitness, answer: Callable[[Request], Reply], reason: str
) -> None:
    witness.answer = answer

    signed.cosigning.ask_due()

    state = signed.read_state(witness.key)
    assert (state.failure or "").startswith(reason)
    assert (state.refusal, state.size, state.note) == (None, 0, "")
    assert state.failing_since == signed.clock.now


def test_a_witness_whose_size_changes_with_each_answer_is_asked_twice(
    signed: WitnessedLedger, witness: FakeWitness
) -> None:
    def count(_request: Request) -> Reply:
        return Reply(409, f"{len(witness.requests)}\n".encode(), content_type=SIZE_TYPE)

    witness.answer = count

    signed.cosigning.ask_due()

    assert [request.body.split(b"\n")[0] for request in witness.requests] == [b"old 0", b"old 1"]
    assert signed.read_state(witness.key).failure == "it answers with another size each time"


@pytest.mark.parametrize("note", ["", "no note", "a\n\n\N{EM DASH} b c\n"])
def test_a_stored_note_that_was_changed_in_the_database_is_replaced(
    signed: WitnessedLedger, witness: FakeWitness, note: str
) -> None:
    signed.cosigning.ask_due()
    with signed.engine.begin() as connection:
        connection.execute(sa.update(witness_states).values(note=note))

    signed.ask_later()

    assert signed.read_state(witness.key).note.startswith(signed.read_stored().note)
    assert witness.statuses == [200, 200]


def answer_with_cosignature(witness: FakeWitness, change: Callable[[str], str]) -> Callable[[Request], Reply]:
    def answer(request: Request) -> Reply:
        text = request.body.decode().split("\n\n")[1] + "\n"
        return Reply(200, change(witness.cosign(text)).encode())

    return answer


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda line: line.replace("witness.example.com", "other.example.com"), "it is by another key"),
        (lambda line: f"{line[:-6]}{'B' if line[-6] == 'A' else 'A'}{line[-5:]}", "is not valid"),
        (lambda line: f"{line}{line[:40]}\n", "signature 2 is not"),
        (lambda line: f"more\n\n{line}", "it has an empty line"),
    ],
)
def test_a_cosignature_that_is_not_one_of_this_checkpoint_is_not_stored(
    signed: WitnessedLedger, witness: FakeWitness, change: Callable[[str], str], reason: str
) -> None:
    witness.answer = answer_with_cosignature(witness, change)

    signed.cosigning.ask_due()

    state = signed.read_state(witness.key)
    assert reason in (state.failure or "")
    assert state.note == ""


def test_a_cosignature_of_another_text_in_the_answer_is_not_stored(
    signed: WitnessedLedger, witness: FakeWitness
) -> None:
    witness.answer = lambda _request: Reply(200, witness.cosign("other\n1\n").encode())

    signed.cosigning.ask_due()

    assert "signature of witness.example.com is not valid" in (signed.read_state(witness.key).failure or "")


def test_signatures_of_other_keys_in_the_answer_are_passed_over(
    signed: WitnessedLedger, witness: FakeWitness
) -> None:
    with FakeWitness(name="second.example.com", seed=41) as second:
        witness.answer = answer_with_cosignature(witness, lambda line: f"{second.cosign('x')}{line}")
        signed.cosigning.ask_due()

    assert signed.read_state(witness.key).size == 5
    assert "second" not in signed.read_state(witness.key).note


@pytest.mark.parametrize(("ahead", "is_taken"), [(300, True), (301, False), (2**62, False)])
def test_the_time_of_a_cosignature_is_at_most_five_minutes_ahead(
    signed: WitnessedLedger, witness: FakeWitness, ahead: int, *, is_taken: bool
) -> None:
    witness.time += ahead

    signed.cosigning.ask_due()

    state = signed.read_state(witness.key)
    assert (state.size == 5) is is_taken
    assert is_taken or "more than five minutes ahead" in (state.failure or "")


def drop(_request: Request) -> Reply:
    raise Dropped


def test_a_witness_that_drops_the_connection_is_asked_again_after_ten_minutes(
    signed: WitnessedLedger, witness: FakeWitness
) -> None:
    witness.answer = drop
    signed.cosigning.ask_due()
    first = signed.read_state(witness.key)
    signed.clock.now += RETRY_INTERVAL - timedelta(seconds=1)
    signed.cosigning.ask_due()
    assert len(witness.requests) == 1

    signed.clock.now += timedelta(seconds=1)
    signed.cosigning.ask_due()

    assert len(witness.requests) == 2
    assert first.failure == "no answer (ConnectionError)"
    assert signed.read_state(witness.key).failing_since == first.failing_since


def test_an_unreachable_witness_keeps_no_other_from_being_asked(
    signed: WitnessedLedger, witness: FakeWitness
) -> None:
    dead = FakeWitness(name="dead.example.com", seed=42)
    signed.use_policy(f"{dead.line[:-1]}http://{UNREACHABLE}\n", witness.line)

    signed.cosigning.ask_due()

    assert "no answer" in (signed.read_state(dead.key).failure or "")
    assert signed.read_state(witness.key).size == 5


def test_a_witness_that_keeps_silent_is_left_after_its_time(
    signed: WitnessedLedger, witness: FakeWitness
) -> None:
    def hang(request: Request) -> Reply:
        witness.hang(60)
        return witness.reply_strictly(request)

    witness.answer = hang
    signed.use_policy(witness.line, client=WitnessClient(signed.clock, seconds=0.2))

    signed.cosigning.ask_due()
    witness.let_go()

    assert signed.read_state(witness.key).failure == "no answer (ReadTimeout)"


def test_a_witness_without_the_key_says_so(signed: WitnessedLedger, witness: FakeWitness) -> None:
    witness.accept(make_key("second").build_verifier_key(signed.origin))

    signed.cosigning.ask_due()

    assert witness.statuses == [403]
    assert "ledger key prints" in (signed.read_state(witness.key).failure or "")


def test_an_hour_is_between_two_refusals(signed: WitnessedLedger, witness: FakeWitness) -> None:
    witness.answer = reply_with("", 422)
    signed.cosigning.ask_due()
    signed.clock.now += HOUR - timedelta(seconds=1)
    signed.cosigning.ask_due()

    assert len(witness.requests) == 1
