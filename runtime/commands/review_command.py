"""Commands about one review, whose id may look like an option.

Ids have letters and digits only since release 0.4; one of 64 of those that were given before begins with a
hyphen.
"""

from __future__ import annotations

import re

import click

_LOOKS_LIKE_OPTION = re.compile(r"-[A-Za-z0-9_-]{11}")  # an id of before: `secrets.token_urlsafe(9)`


class ReviewCommand(click.Command):
    """A command with a review's id, whose usage error says how to give one that begins with a hyphen."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ids = [each for each in args if _LOOKS_LIKE_OPTION.fullmatch(each)]
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if not ids:
                raise
            example = f"{ctx.command_path} -- {ids[0]}"
            message = f"An id that begins with a hyphen is given after --: {example}"
            raise click.NoSuchOption(error.option_name, f"{error.message} {message}", ctx=ctx) from None
