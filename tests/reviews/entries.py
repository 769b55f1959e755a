"""Entries of every shape that one may have."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from reviews.ledger.hash_chain import GENESIS_HASH, Head

EMPTY = Head(seq=0, hash=GENESIS_HASH)

Entry = dict[str, Any]

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
