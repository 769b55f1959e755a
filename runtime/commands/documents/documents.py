"""The command `documents`: the text of files of this machine, and how two of them differ."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from documents import isolation
from documents.comparison.parts import DocumentComparison
from documents.encoding import decode_text
from documents.errors import COMPARED_STATES, Reason, State, UnreadDocument
from documents.isolation import File
from documents.limits import MAX_FILE_BYTES
from reviews.text import clean_text
from reviews.wording.comparison_sentences import explain_comparison
from reviews.wording.place_phrases import describe_place
from runtime.commands.documents.comparison_texts import build_comparison_json, print_comparison
from runtime.commands.printing.json_output import json_option, print_json
from runtime.documents.isolated_comparer import build_part, build_place, build_summary

if TYPE_CHECKING:
    from documents.passages import DocumentText

_file_type = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=_file_type)
@json_option
def text(*, file: Path, as_json: bool) -> None:
    """Print the text of a FILE: a document, workbook, presentation or form."""
    document = _read_file(file)
    try:
        content = decode_text(isolation.read_text(document).content)
    except UnreadDocument as error:
        _print_unread(error.state, error.reason, as_json=as_json)
        click.get_current_context().exit(1)
    except isolation.ReaderStopped as error:
        raise click.ClickException(f"{error}: try again") from error
    if as_json:
        print_json(_build_text_json(document, content))
        return
    for passage in content.passages:
        click.echo(f"[{clean_text(describe_place(build_place(passage.place)))}] {passage.text}")


@click.command()
@click.argument("before", type=_file_type)
@click.argument("after", type=_file_type)
@json_option
def compare(*, before: Path, after: Path, as_json: bool) -> None:
    """Print how the text of a file differs BEFORE and AFTER a change; what matters most comes first."""
    files = _read_file(before), _read_file(after)
    try:
        outcome = isolation.compare_documents(*files)
    except isolation.ReaderStopped as error:
        raise click.ClickException(f"{error}: try again") from error
    comparison = outcome.comparison
    if files[0].content == files[1].content and comparison.state is State.SAME_TEXT:
        comparison = DocumentComparison(State.SAME_TEXT, Reason.IDENTICAL)
    summary = build_summary(comparison)
    parts = [build_part(part) for part in comparison.parts]
    if as_json:
        print_json({**build_comparison_json(summary, parts), "others": comparison.others})
    elif comparison.state in COMPARED_STATES:
        print_comparison(summary, parts)
    else:
        name = clean_text(files[outcome.unread].name) if outcome.unread is not None else ""
        _print_unread(comparison.state, comparison.reason, name=name)
    click.get_current_context().exit(0 if comparison.state in COMPARED_STATES else 1)


def _read_file(path: Path) -> File:
    """Return a file as a document; of a larger one than can be read, its beginning."""
    try:
        with path.open("rb") as stream:
            return File(path.name, stream.read(MAX_FILE_BYTES + 1))
    except OSError as error:
        raise click.ClickException(f"{clean_text(str(path))} can't be read: {error.strerror}") from error


def _print_unread(state: State, reason: Reason | None, *, name: str = "", as_json: bool = False) -> None:
    sentence = explain_comparison(reason or Reason.CRASHED)
    if as_json:
        print_json({"state": state, "reason": reason, "sentence": sentence})
    else:
        click.echo(f"{f'{name}: ' if name else ''}{state}: {sentence}")


def _build_text_json(document: File, content: DocumentText) -> dict[str, Any]:
    return {
        "state": State.READ,
        "reason": None,
        "format": content.format,
        "size": len(document.content),
        "sha256": hashlib.sha256(document.content).hexdigest(),
        "passages": [
            {"where": describe_place(build_place(each.place)), "text": each.text, "hidden": each.is_hidden}
            for each in content.passages
        ],
        "attachments": [{"kind": each.kind, "sha256": each.sha256} for each in content.attachments],
    }
