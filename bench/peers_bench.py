"""The receiver beside others that take deliveries: empty views, a Node-RED flow, DocSpace's own sample.

    ./dev bench peers [--rounds 3] [--seconds 10] [--requests 3000] [--rate 200]

First what each takes, as many deliveries as it can and then the same number a second. The views do nothing;
the flow makes the same check and appends the body to a file, which it does not sync; the receiver commits.

Then with an API of DocSpace that answers at once, after 50 ms and after 2 s, ten deliveries at a time as
DocSpace sends them. The sample asks the API twice before it answers. Of the product the worker runs too, and
asks the same API: the receiver has answered before.

Everything in one run, interleaved; compare rows, not runs.
"""

from __future__ import annotations

import itertools
import statistics
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.command_line import command_line, open_databases, positive_number
from bench.figures import LEFT_OUT, POSTGRESQL, SQLITE, Figure, hand_over
from bench.installation import BY_LINK, WEBHOOK_SECRET, build_settings, write_route
from bench.intake_bench import BARE_GRANIAN, BARE_GUNICORN, make_portal, receiver, signed_requests
from bench.load import LoadFigures, drive
from bench.peers.node_red import install, node_red
from bench.servers import free_port, granian, gunicorn, running_installation, running_program
from demo import COMPLIANCE, run_portal

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Iterator, Mapping

    from bench.command_line import MadeDatabases
    from bench.intake_bench import Server
    from demo import DemoPortal

NODE_RED, SAMPLE = "Node-RED flow", "DocSpace's sample"
DELAYS = {"at once": 0.0, "of 50 ms": 0.05, "of 2 s": 2.0}
BESIDE_PEERS, AT_EQUAL_LOAD = "deliveries a second, beside a flow", "the slowest of a hundred, same load"
WARM_UP, PAUSE = 200, 1.0
AT_A_TIME = 10
"""Deliveries that DocSpace sends at once; it waits for all of them (facts on DocSpace, 1.5 and 1.6)."""
SENDER_TIMEOUT = 30.0
"""Seconds after which the newest sender gives up a delivery (facts on DocSpace, 1.5); others wait for 100."""


@dataclass(frozen=True, kw_only=True)
class PeerRound:
    """One round of one server: as many as it takes, and the same number a second."""

    most: LoadFigures
    paced: LoadFigures


def measure_round(address: tuple[str, int], requests: list[bytes], arguments: Namespace) -> PeerRound:
    paced_count = int(arguments.rate * arguments.seconds)
    drive(address, requests[:WARM_UP])
    most = drive(address, requests[WARM_UP:-paced_count])
    return PeerRound(most=most, paced=drive(address, requests[-paced_count:], rate=arguments.rate))


def measure_receivers(servers: Mapping[str, Server], arguments: Namespace) -> dict[str, list[PeerRound]]:
    """Run every server once a round, so that noise on the machine meets all of them."""
    requests = signed_requests(WARM_UP + arguments.requests + int(arguments.rate * arguments.seconds))
    rounds: defaultdict[str, list[PeerRound]] = defaultdict(list)
    for _ in track(range(arguments.rounds), description="Receivers", transient=True):
        for name, server in servers.items():
            with server() as listening:
                rounds[name].append(measure_round(listening.address, requests, arguments))
    return rounds


def list_receivers(stack: ExitStack, databases: Mapping[str, MadeDatabases]) -> dict[str, Server]:
    servers: dict[str, Server] = {
        BARE_GUNICORN: lambda: gunicorn("bench.peers.bare:app"),
        BARE_GRANIAN: lambda: granian("bench.peers.bare:app"),
    }
    if missing := install():
        print(f"{LEFT_OUT} {NODE_RED}, since {missing}.")
    else:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers[NODE_RED] = lambda: node_red(folder, WEBHOOK_SECRET)
    return servers | {name: receiver(made.new) for name, made in databases.items()}


@contextmanager
def run_sample(delay: float) -> Iterator[tuple[str, int]]:
    """Run the sample beside an API that takes so long."""
    port = free_port()
    command = ["python", "-m", "bench.peers.slow_api", str(port), str(delay)]
    target = f"bench.peers.sample_handler:create_app('http://127.0.0.1:{port}', '{WEBHOOK_SECRET}')"
    with running_program(command, {}, port), gunicorn(target) as server:
        yield server.address


@contextmanager
def run_product(made: MadeDatabases, portal: DemoPortal, delay: float) -> Iterator[tuple[str, int]]:
    """Run an installation, with its worker, beside a portal whose API takes so long."""
    with ExitStack() as stack:
        portal_address = stack.enter_context(run_portal(portal))
        if delay:
            portal.faults.hang(delay, count=None)
        routes = write_route("compliance", COMPLIANCE, "console", more=BY_LINK)
        settings = build_settings(made.new(), portal, portal_address, ROUTES=routes, SWEEP_MINUTES="0")
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = urlsplit(stack.enter_context(running_installation(settings, folder)).url)
        time.sleep(PAUSE)  # the worker starts, and looks at the folder for the first time
        yield str(url.hostname), int(url.port or 0)


def drive_for(address: tuple[str, int], requests: Iterable[bytes], seconds: float) -> LoadFigures:
    """Send as DocSpace does, ten at a time, for so many seconds, and wait for the last answers."""
    end = time.monotonic() + seconds
    sent = itertools.takewhile(lambda _: time.monotonic() < end, requests)
    return drive(address, sent, connections=AT_A_TIME)


def measure_with_api(
    databases: Mapping[str, MadeDatabases], arguments: Namespace
) -> dict[tuple[str, str], list[LoadFigures]]:
    """Measure each with each API once a round; by its name and the API's."""
    portal = make_portal()
    requests = signed_requests(arguments.requests, portal)
    figures: defaultdict[tuple[str, str], list[LoadFigures]] = defaultdict(list)
    for _ in track(range(arguments.rounds), description="With an API", transient=True):
        for api, delay in DELAYS.items():
            with run_sample(delay) as address:
                figures[SAMPLE, api].append(drive_for(address, requests, arguments.seconds))
            for name, made in databases.items():
                with run_product(made, portal, delay) as address:
                    figures[name, api].append(drive_for(address, requests, arguments.seconds))
    return figures


def report_receivers(rounds: Mapping[str, list[PeerRound]], rate: float) -> None:
    heads = ("deliveries/s", "p50 ms", "p99 ms", f"at {rate:.0f}/s: p50 ms", "p99 ms", "refused")
    table = Table("", *heads, "generator, of a core", box=None)
    for name, runs in rounds.items():
        most, paced = join([run.most for run in runs]), join([run.paced for run in runs])
        table.add_row(
            name,
            f"{most.rate:,.0f}",
            *(f"{each:.1f}" for each in (most.p50, most.p99, paced.p50, paced.p99)),
            str(most.refused + paced.refused),
            f"{statistics.median(run.most.generator for run in runs):.2f}",
        )
    Console(width=120).print(table, "")


def report_with_api(figures: Mapping[tuple[str, str], list[LoadFigures]]) -> None:
    heads = ("deliveries/s", "10,000 take", "p50 ms", "p99 ms", "refused")
    table = Table("ten at a time", "API answers", *heads, f"p99 of the {SENDER_TIMEOUT:.0f} s", box=None)
    for (name, api), runs in sorted(figures.items(), key=lambda each: list(DELAYS).index(each[0][1])):
        all_runs = join(runs)
        table.add_row(
            name,
            api,
            f"{all_runs.rate:,.1f}",
            f"{10_000 / all_runs.rate / 60:,.1f} min",
            f"{all_runs.p50:,.1f}",
            f"{all_runs.p99:,.1f}",
            str(all_runs.refused),
            f"{all_runs.p99 / 1000 / SENDER_TIMEOUT:.3f}",
        )
    Console(width=120).print(table)


def join(runs: list[LoadFigures]) -> LoadFigures:
    """Return the medians of all rounds, and how many deliveries were refused in any."""
    return LoadFigures(
        rate=statistics.median(run.rate for run in runs),
        p50=statistics.median(run.p50 for run in runs),
        p99=statistics.median(run.p99 for run in runs),
        refused=sum(run.refused for run in runs),
        generator=statistics.median(run.generator for run in runs),
    )


def list_receiver_figures(rounds: Mapping[str, list[PeerRound]]) -> Iterator[Figure]:
    most = {name: join([run.most for run in runs]) for name, runs in rounds.items()}
    paced = {name: join([run.paced for run in runs]) for name, runs in rounds.items()}
    peer = NODE_RED if NODE_RED in rounds else BARE_GUNICORN
    for name in sorted(rounds.keys() & {SQLITE, POSTGRESQL}, reverse=True):
        rate = Figure(row=BESIDE_PEERS, value=most[name].rate, unit="/s", database=name)
        yield replace(rate, beside=peer, reference=most[peer].rate)
        slowest = Figure(row=AT_EQUAL_LOAD, value=paced[name].p99, unit="ms", database=name)
        yield replace(slowest, beside=peer, reference=paced[peer].p99)


def list_api_figures(figures: Mapping[tuple[str, str], list[LoadFigures]]) -> Iterator[Figure]:
    for (name, api), runs in figures.items():
        if name == SAMPLE:
            continue
        ours, sample = join(runs), join(figures[SAMPLE, api])
        rate = Figure(row=f"deliveries a second, API {api}", value=ours.rate, unit="/s", database=name)
        yield replace(rate, beside=SAMPLE, reference=sample.rate)
        wait = Figure(row=f"the sender's wait, API {api}", value=ours.p50, unit="ms", database=name)
        yield replace(wait, beside=SAMPLE, reference=sample.p50)


def main() -> None:
    parser = command_line("peers", __doc__)
    parser.add_argument("--rounds", type=positive_number, default=3, help="how often each is measured")
    parser.add_argument(
        "--seconds", type=float, default=10, help="to send for, at an even pace and with an API"
    )
    parser.add_argument("--requests", type=positive_number, default=3000, help="deliveries, each time")
    parser.add_argument("--rate", type=float, default=200, help="deliveries a second where all get the same")
    arguments = parser.parse_args()
    with open_databases(arguments) as databases, ExitStack() as stack:
        rounds = measure_receivers(list_receivers(stack, databases), arguments)
        report_receivers(rounds, arguments.rate)
        with_api = measure_with_api(databases, arguments)
        report_with_api(with_api)
    hand_over(arguments, [*list_receiver_figures(rounds), *list_api_figures(with_api)])


if __name__ == "__main__":
    main()
