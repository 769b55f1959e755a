"""Which watched folders are in a folder, looked for from either end."""

from __future__ import annotations

import itertools
import random
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from reviews.tree import Place
from store.beneath import select_beneath
from store.folder_paths import MAX_UPWARD_LOOKUPS, find_beneath
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START

SECOND = timedelta(seconds=1)


def test_both_ways_of_looking_find_what_the_places_of_the_folders_say(engine: sa.Engine) -> None:
    chains = grow(random.Random(7))  # noqa: S311 - no secret
    with SqlUnitOfWork(engine) as work:
        for chain in chains:
            work.folders.put(Place(folders=chain), at=START)
        # Some have moved elsewhere, which has not been taken account of; of one it has.
        for moved, above in ((chains[20], chains[3]), (chains[31], chains[5]), (chains[44], chains[9])):
            if moved[-1] not in above:
                work.folders.put(Place(folders=(*above, moved[-1])), at=START + SECOND)
        work.folders.settle(chains[31][-1][0], at=START + 2 * SECOND)
        work.commit()
    watched = [chain[-1][0] for chain in chains[::3]]
    padded = [*watched, *(f"elsewhere {number}" for number in range(MAX_UPWARD_LOOKUPS))]
    with SqlUnitOfWork(engine, reading=True) as work:
        alone = {each: work.folders.get_place_before(each) for each in padded}
        assert work.folders.get_places_before(padded) == {each: at for each, at in alone.items() if at}
        for folder_id in {chain[-1][0] for chain in chains}:
            expected = set()
            for each in watched:
                place = work.folders.get_place_before(each)
                assert place is not None
                if folder_id in place.ids and each != folder_id:
                    expected.add(place.folders[place.folder_ids.index(folder_id) + 1 :])
            few = work.folders.find_paths_down(folder_id, watched)
            many = work.folders.find_paths_down(folder_id, set(padded))

            assert (set(few), set(many)) == (expected, expected)
            assert (len(few), len(many)) == (len(expected), len(expected))


def grow(chance: random.Random) -> list[tuple[tuple[str, str], ...]]:
    """Return the chains of sixty folders, each in one of those before it."""
    chains: list[tuple[tuple[str, str], ...]] = [(("top", "Rooms"),)]
    for number in itertools.islice(itertools.count(1), 60):
        above = chance.choice(chains)
        chains.append((*above, (f"f{number}", f"Folder {number}")))
    return chains


def test_a_few_folders_are_found_beneath_another_by_looking_up(engine: sa.Engine) -> None:
    chains = grow(random.Random(11))  # noqa: S311 - no secret
    with SqlUnitOfWork(engine) as work:
        for chain in chains:
            work.folders.put(Place(folders=chain), at=START)
        work.commit()
    ids = [chain[-1][0] for chain in chains]
    with engine.connect() as connection:
        for chain in chains:
            folder_id = chain[-1][0]
            inside = {row.id for row in connection.execute(select_beneath(folder_id))}

            assert find_beneath(connection, folder_id, ids[::2]) == inside & set(ids[::2])
        assert find_beneath(connection, "unknown", ["unknown", ids[3]]) == {"unknown"}
        assert find_beneath(connection, ids[0], []) == set()


@pytest.mark.parametrize("question", ["pending", "subscribed"])
def test_what_is_asked_of_a_folder_reads_nothing_of_what_lies_beneath(
    engine: sa.Engine, question: str
) -> None:
    asked: list[str] = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    with SqlUnitOfWork(engine, reading=True) as work:
        if question == "pending":
            work.events.is_pending_beneath("room", before=7)
        else:
            work.subscriptions.list_beneath("room")

    assert [each for each in asked if "WITH RECURSIVE" in each]
    assert not [each for each in asked if "down(" in each]
