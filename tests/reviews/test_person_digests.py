"""Digests recognize the people whom answers recognize, and contain nothing that can be read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reviews.identity import Reviewer
from reviews.people.answerers import is_same_person
from reviews.people.person_digests import DIGEST_LENGTH, list_person_digests

VALUES = st.sampled_from(["ann@example.com", "ANN@example.com", "bob@example.com", "U1", "straße", "\ud800"])
IDS = st.dictionaries(st.sampled_from(["slack", "teams"]), VALUES, max_size=2)
PEOPLE = st.builds(
    Reviewer, name=st.just("Ann"), email=VALUES | st.none(), docspace_id=VALUES | st.none(), chat_ids=IDS
)


@given(reviewer=PEOPLE, aliases=st.lists(PEOPLE, max_size=3))
def test_a_digest_in_common_is_the_same_person(reviewer: Reviewer, aliases: list[Reviewer]) -> None:
    in_common = set(list_person_digests([reviewer])) & set(list_person_digests(aliases))

    assert bool(in_common) is is_same_person(reviewer, aliases)


@given(aliases=st.lists(PEOPLE))
def test_digests_have_one_length(aliases: list[Reviewer]) -> None:
    digests = list_person_digests(aliases)

    assert digests == sorted(set(digests))
    assert all(len(each) == DIGEST_LENGTH and set(each) <= set("0123456789abcdef") for each in digests)
