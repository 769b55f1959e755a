"""The sample of a pack, which others can draw again with `sha256sum`."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from reviews.pack.sample import draw_sample
from tests.pack.packed import make_packed_review

if TYPE_CHECKING:
    from reviews.pack.report import PackedReview

SEED = "Prüfung 2026, drawn by Ilze"
REVIEWS = [make_packed_review(id=f"rev-{number}") for number in range(40)]


def list_ids(reviews: tuple[PackedReview, ...]) -> list[str]:
    return [review.id for review in reviews]


def test_the_sample_is_what_sha256sum_and_sort_select() -> None:
    command = (
        'for id in "$@"; do hash="$(printf "%s\\n%s" "$SEED" "$id" | sha256sum)"; echo "$hash $id"; done'
        " | sort | head -n 5 | sed 's/.* //'"
    )
    ids = [review.id for review in REVIEWS]
    environment = {"SEED": SEED, "LC_ALL": "C", "PATH": "/usr/bin:/bin"}
    ran = subprocess.run(
        ["/bin/sh", "-c", command, "sh", *ids], env=environment, capture_output=True, text=True, check=True
    )

    assert list_ids(draw_sample(REVIEWS, seed=SEED, size=5)) == ran.stdout.split()


def test_the_sample_does_not_depend_on_the_order_of_the_reviews_and_a_larger_one_goes_on() -> None:
    five = draw_sample(REVIEWS, seed=SEED, size=5)

    assert draw_sample(reversed(REVIEWS), seed=SEED, size=5) == five
    assert draw_sample(REVIEWS, seed=SEED, size=9)[:5] == five


def test_another_seed_draws_another_sample() -> None:
    assert draw_sample(REVIEWS, seed=SEED, size=5) != draw_sample(REVIEWS, seed=f"{SEED}.", size=5)


def test_a_sample_larger_than_the_population_is_all_of_it() -> None:
    drawn = draw_sample(REVIEWS, seed=SEED, size=1000)

    assert sorted(list_ids(drawn)) == sorted(review.id for review in REVIEWS)
    assert draw_sample([], seed=SEED, size=5) == draw_sample(REVIEWS, seed=SEED, size=0) == ()
