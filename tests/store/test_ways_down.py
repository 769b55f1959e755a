"""Which watched folders are in a folder, looked for from either end."""

from __future__ import annotations

import itertools
import random
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.tree import Place
from store.unit_of_work import UnitOfWork
from store.ways_down import FEW
from tests.reviews.samples import START

if TYPE_CHECKING:
    import sqlalchemy as sa

SECOND = timedelta(seconds=1)


def test_both_ways_of_looking_find_what_the_places_of_the_folders_say(engine: sa.Engine) -> None:
    chains = grow(random.Random(7))  # noqa: S311 - no secret
    with UnitOfWork(engine) as work:
        for chain in chains:
            work.folders.put(Place(folders=chain), at=START)
        # Some have moved elsewhere, which has not been taken account of; of one it has.
        for moved, above in ((chains[20], chains[3]), (chains[31], chains[5]), (chains[44], chains[9])):
            if moved[-1] not in above:
                work.folders.put(Place(folders=(*above, moved[-1])), at=START + SECOND)
        work.folders.settle(chains[31][-1][0], at=START + 2 * SECOND)
        work.commit()
    watched = [chain[-1][0] for chain in chains[::3]]
    padded = [*watched, *(f"elsewhere {number}" for number in range(FEW))]
    with UnitOfWork(engine, reading=True) as work:
        for folder_id in {chain[-1][0] for chain in chains}:
            expected = set()
            for each in watched:
                place = work.folders.place_before(each)
                assert place is not None
                if folder_id in place.ids and each != folder_id:
                    expected.add(place.folders[place.way.index(folder_id) + 1 :])
            few = work.folders.ways_down(folder_id, watched)
            many = work.folders.ways_down(folder_id, set(padded))

            assert (set(few), set(many)) == (expected, expected)
            assert (len(few), len(many)) == (len(expected), len(expected))


def grow(chance: random.Random) -> list[tuple[tuple[str, str], ...]]:
    """Return the chains of sixty folders, each in one of those before it."""
    chains: list[tuple[tuple[str, str], ...]] = [(("top", "Rooms"),)]
    for number in itertools.islice(itertools.count(1), 60):
        above = chance.choice(chains)
        chains.append((*above, (f"f{number}", f"Folder {number}")))
    return chains
