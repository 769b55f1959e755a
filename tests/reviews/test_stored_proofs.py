"""The digests of codes and links: of all that a row says, the same when it is read back, and with the key."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta, timezone
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from reviews.account import AccountStatus
from reviews.identity import Identity, ProvenPerson
from reviews.people.stored_proofs import CodeDigests, make_link_reference
from reviews.ports.people import MailedCode, SignInLink
from store.unit_of_work import SqlUnitOfWork
from tests.keys import SECRET_KEY
from tests.reviews.samples import OWNER, START

if TYPE_CHECKING:
    import sqlalchemy as sa

CODE = "12345678"
DIGESTS = CodeDigests(secret_key=SECRET_KEY, compute_hash=str, verify_hash=str.__eq__)
LATER = START + timedelta(microseconds=1)
MAILED = MailedCode(
    id="code-1", browser="b", email=OWNER, digest="", sent_at=START, good_until=START + timedelta(minutes=10)
)
DANA = ProvenPerson(
    name="Dana Ozola é\u2028",
    identity=Identity.SLACK,
    addresses=(OWNER, "dana@home.example"),
    chat_ids={"slack": "U1"},
    docspace_ids={OWNER: "d1"},
    proof={"by": "click"},
    proven_by={OWNER: Identity.SLACK, "U1": Identity.SLACK},
    locale="lv-LV",
)
LINK = SignInLink(id="link-1", person=DANA, made_at=START, good_until=START + timedelta(minutes=10))
CHANGED_CODES: dict[str, Any] = {
    "id": "code-2",
    "browser": "c",
    "email": "eve@example.com",
    "sent_at": LATER,
    "good_until": LATER,
}
CHANGED_PEOPLE: dict[str, Any] = {
    "name": "Dana",
    "identity": Identity.TEAMS_BOT,
    "addresses": (OWNER,),
    "chat_ids": {"teams": "U1"},
    "docspace_ids": {},
    "proof": {},
    "proven_by": {OWNER: "routes"},
    "status": AccountStatus.GUEST,
    "locale": "",
}
CHANGED_LINKS: dict[str, Any] = {
    "id": "link-2",
    "made_at": LATER,
    "good_until": LATER,
    **{name: replace(DANA, **{name: value}) for name, value in CHANGED_PEOPLE.items()},
}


def make_row() -> MailedCode:
    return replace(MAILED, digest=DIGESTS.make(MAILED, CODE))


def test_each_member_of_both_rows_is_among_those_that_are_changed_here() -> None:
    assert {*CHANGED_CODES, "digest"} == {each.name for each in fields(MailedCode)}
    assert {*CHANGED_LINKS, "person"} == {
        each.name for row in (SignInLink, ProvenPerson) for each in fields(row)
    }


def test_a_code_matches_its_row() -> None:
    assert DIGESTS.is_match(make_row(), CODE)


def test_another_code_does_not() -> None:
    assert not DIGESTS.is_match(make_row(), "12345679")


@pytest.mark.parametrize("member", CHANGED_CODES)
def test_a_code_does_not_match_a_row_of_which_a_member_was_changed(member: str) -> None:
    row = replace(make_row(), **{member: CHANGED_CODES[member]})

    assert not DIGESTS.is_match(row, CODE)


@pytest.mark.parametrize("secret_key", ["", f"{SECRET_KEY}x"], ids=["none", "another key"])
def test_a_code_does_not_match_a_digest_that_was_made_with_another_key(secret_key: str) -> None:
    row = replace(MAILED, digest=replace(DIGESTS, secret_key=secret_key).make(MAILED, CODE))

    assert not DIGESTS.is_match(row, CODE)


def test_what_is_hashed_shows_neither_code_nor_key() -> None:
    digest = make_row().digest

    assert len(digest) == 64
    assert CODE not in digest
    assert SECRET_KEY not in repr(DIGESTS)


@pytest.mark.parametrize("member", CHANGED_LINKS)
def test_a_link_refers_to_no_row_of_which_a_member_was_changed(member: str) -> None:
    changed = CHANGED_LINKS[member]
    name = "person" if isinstance(changed, ProvenPerson) else member

    assert make_link_reference(replace(LINK, **{name: changed})) != make_link_reference(LINK)


@pytest.mark.parametrize("hours", [-9, 0, 2])
def test_a_time_counts_whatever_zone_it_is_written_in(engine: sa.Engine, hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    sent_at, good_until = START.astimezone(zone), MAILED.good_until.astimezone(zone)
    code = replace(MAILED, sent_at=sent_at, good_until=good_until)
    link = replace(LINK, made_at=sent_at, good_until=good_until)
    with SqlUnitOfWork(engine) as work:
        work.codes.add(replace(code, digest=DIGESTS.make(code, CODE)))
        work.sign_in_links.add(link)
        work.commit()

    with SqlUnitOfWork(engine, reading=True) as work:
        stored_code, stored_link = work.codes.find_newest("b"), work.sign_in_links.get("link-1", now=START)

    assert stored_code is not None
    assert stored_link is not None
    assert DIGESTS.is_match(stored_code, CODE)
    assert make_link_reference(stored_link) == make_link_reference(link)


@pytest.mark.parametrize("microsecond", [0, 1, 100_000, 999_999])
def test_a_row_that_was_read_back_is_the_same_to_the_microsecond(engine: sa.Engine, microsecond: int) -> None:
    transactions = partial(SqlUnitOfWork, engine)
    sent_at = START.replace(microsecond=microsecond)
    code, link = replace(MAILED, sent_at=sent_at), replace(LINK, made_at=sent_at)
    with transactions() as work:
        work.codes.add(replace(code, digest=DIGESTS.make(code, CODE)))
        work.sign_in_links.add(link)
        work.commit()

    with transactions(reading=True) as work:
        stored_code, stored_link = work.codes.find_newest("b"), work.sign_in_links.get("link-1", now=START)

    assert (stored_code, stored_link) == (replace(code, digest=DIGESTS.make(code, CODE)), link)
    assert make_link_reference(link) == (stored_link and make_link_reference(stored_link))
