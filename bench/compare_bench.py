"""What a comparison of two versions of a document costs: seconds, and memory of the process that reads.

    ./dev bench compare

Four large documents, each in two versions with about fifty changes. Both are read and compared, as a worker
does it: the start of the process and what it hands back are counted. Memory is the most that the process
has had, its interpreter included.
"""

from __future__ import annotations

import resource
import time
from multiprocessing import get_context

from rich.console import Console
from rich.table import Table

from bench.command_line import command_line
from bench.figures import Figure, hand_over
from bench.large_documents import DOCUMENTS
from documents.isolation import File, compare_documents

MOST_SECONDS = 10
MOST_MEMORY = 512  # MB: beyond it the process is ended


def measure(number: int) -> tuple[float, float, int]:
    """Return seconds, memory in MB and the number of differences of one document."""
    document = DOCUMENTS[number]
    before, after = (File(document.name, content) for content in document.build_states())
    started = time.perf_counter()
    outcome = compare_documents(before, after)
    took = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6
    return took, memory, sum(outcome.comparison.counts.values())


def main() -> None:
    arguments = command_line("compare", __doc__, databases=False).parse_args()
    table = Table("document", "size", "seconds", "MB", "differences", box=None)
    figures = []
    # Each in a process of its own: the most memory of children is that of the largest so far.
    with get_context("fork").Pool(1, maxtasksperchild=1) as processes:
        measures = processes.map(measure, range(len(DOCUMENTS)), chunksize=1)
    for document, (took, memory, count) in zip(DOCUMENTS, measures, strict=True):
        if not count:
            raise SystemExit(f"{document.name} was not compared")
        table.add_row(document.name, document.size, f"{took:.2f}", f"{memory:.0f}", str(count))
        kind = document.name.rpartition(".")[2].upper()
        row = f"{document.size} of {kind} compared"
        figures += [
            Figure(row=row, value=took, unit="s", beside="at most", reference=MOST_SECONDS),
            Figure(
                row=f"its memory, {kind}", value=memory, unit="MB", beside="at most", reference=MOST_MEMORY
            ),
        ]
    Console(width=110).print(table)
    hand_over(arguments, figures)


if __name__ == "__main__":
    main()
