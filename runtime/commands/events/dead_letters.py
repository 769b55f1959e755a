"""Which dead letters a command replays."""

from __future__ import annotations

import click

# PostgreSQL numbers its rows with 32 bits.
number_type = click.IntRange(1, 2**31 - 1)
all_option = click.option("--all", "replay_all", is_flag=True, help="All of them.")


def resolve_replay_target(number: int | None, *, replay_all: bool) -> int | None:
    """Return the number of the dead letter to replay, or `None` for all; exactly one must be requested."""
    if (number is None) != replay_all:
        raise click.UsageError("give the number of a dead letter, or --all")
    return number


def describe_replay(noun: str, number: int | None, count: int) -> str:
    """Describe what will run again; one that is not dead is an unusable argument."""
    if number is None:
        return f"{count} will run again"
    if count == 0:
        raise click.ClickException(f"{noun} {number} is not dead: only a dead letter can be replayed")
    return f"{noun} {number} will run again"
