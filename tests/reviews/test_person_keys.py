"""Keys recognize the people whom answers recognize, and contain nothing that can be read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reviews.identity import Reviewer
from reviews.people.answerers import is_same_person
from reviews.people.person_keys import KEY_LENGTH, list_person_keys

VALUES = st.sampled_from(["ann@example.com", "ANN@example.com", "bob@example.com", "U1", "straße", "\ud800"])
IDS = st.dictionaries(st.sampled_from(["slack", "teams"]), VALUES, max_size=2)
PEOPLE = st.builds(
    Reviewer, name=st.just("Ann"), email=VALUES | st.none(), docspace_id=VALUES | st.none(), chat_ids=IDS
)


@given(reviewer=PEOPLE, aliases=st.lists(PEOPLE, max_size=3))
def test_a_key_in_common_is_the_same_person(reviewer: Reviewer, aliases: list[Reviewer]) -> None:
    in_common = set(list_person_keys([reviewer])) & set(list_person_keys(aliases))

    assert bool(in_common) is is_same_person(reviewer, aliases)


@given(aliases=st.lists(PEOPLE))
def test_keys_are_digests_of_one_length(aliases: list[Reviewer]) -> None:
    keys = list_person_keys(aliases)

    assert keys == sorted(set(keys))
    assert all(len(key) == KEY_LENGTH and set(key) <= set("0123456789abcdef") for key in keys)
