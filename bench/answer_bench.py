"""How much memory an answer of DocSpace takes whose title is far too long.

    ./dev bench answer [--mib 31]

The answer comes from a socket, and is read as a worker reads it, up to the state of the file. Compare it with
the size of the title.
"""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace

from bench.command_line import command_line, positive_number
from bench.figures import Figure, hand_over
from docspace.client import Client
from docspace.http import Http
from docspace.limits import MAX_ANSWER_BYTES
from reviews.errors import TryLater
from tests.edge.loopback import Loopback, Reply, Request
from webhook.enrichment import Enrichment

MIB = 2**20


def peak(size: int) -> tuple[float, str]:
    """Return the most memory, in MiB, that reading a title of so many bytes takes, and what came of it."""
    title = "\u0416" * (size // 2)
    body = json.dumps({"response": {"id": 7, "title": title}}, ensure_ascii=False).encode()
    del title

    def answer(_request: Request) -> Reply:
        return Reply(200, body)

    with Loopback(answer) as far:
        portal = Enrichment(Client(Http(far.root, "sk-1")))
        tracemalloc.start()
        try:
            file = portal.get_file("7")
            came = f"a title of {len(file.title)} characters" if file else "no file"
        except TryLater as error:
            came = str(error)
        most = tracemalloc.get_traced_memory()[1] / MIB
        tracemalloc.stop()
    return most, came


def main() -> None:
    parser = command_line("answer", __doc__, databases=False)
    parser.add_argument("--mib", type=positive_number, default=31, help="the largest answer, in MiB")
    arguments = parser.parse_args()
    taken = []
    for each in (arguments.mib * MIB, MAX_ANSWER_BYTES - MIB, 1000):
        most, came = peak(each)
        taken.append(most)
        print(f"a title of {each / MIB:8.3f} MiB takes {most:6.1f} MiB: {came}")
    figure = Figure(row="memory of an answer that is too long", value=taken[0], unit="MiB")
    hand_over(arguments, [replace(figure, beside="its title", reference=arguments.mib)])


if __name__ == "__main__":
    main()
