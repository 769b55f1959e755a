"""The command `docspace-review`.

Exit 0: done; 1: the thing checked does not hold; 2: unusable arguments or settings.
"""

from __future__ import annotations

import signal
import sys
import threading

import click
import sqlalchemy as sa

from runtime import logs, settings
from runtime.commands.ledger import ledger
from runtime.commands.listings import deliveries, events, reviews
from runtime.commands.routes import routes
from runtime.commands.shared import wired
from runtime.demo import run_demo
from runtime.serve import serve as serve_until_stopped
from runtime.settings import UnusableSettings
from runtime.web import application
from runtime.wiring import Wiring
from runtime.worker import Worker, worker_name
from store.migrate import migrate as migrate_database


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Every change in a critical DocSpace folder becomes a card, and one click becomes a record."""


@cli.command()
def serve() -> None:
    """Run the web application and the worker in one process."""
    config = settings.load()
    wiring = Wiring(config)
    application(wiring)
    migrate_database(wiring.engine)
    wiring.engine.dispose()
    click.echo(f"docspace-review listens on http://{config.host}:{config.port}")
    serve_until_stopped(config.host, config.port)


@cli.command()
def demo() -> None:
    """Run everything here with a stand-in portal and the console as chat: no account, no key."""
    run_demo(command=sys.argv[0])


@cli.command()
def worker() -> None:
    """Run the worker alone, beside the web processes."""
    logs.configure(settings.load().log_level)
    working = Worker(wired(), name=worker_name())
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    working.start()
    stopped.wait()
    working.stop()


@cli.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    migrate_database(Wiring(settings.load()).engine)
    click.echo("the database is up to date")


for command in (events, reviews, deliveries, ledger, routes):
    cli.add_command(command)


def main() -> None:
    """Run the command line; whatever is unusable is one line on standard error."""
    logs.configure()
    try:
        cli.main(prog_name="docspace-review", standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        _fail(error.format_message())
    except UnusableSettings as error:
        _fail(str(error))
    except sa.exc.OperationalError as error:
        _fail(f"DATABASE_URL: the database is not available ({str(error.orig).splitlines()[0]})")


def _fail(message: str) -> None:
    click.echo(f"docspace-review: {' '.join(message.split())}", err=True)
    sys.exit(2)
