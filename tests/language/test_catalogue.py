"""The German catalogue holds all that is said, has it translated, and is compiled as it stands."""

from __future__ import annotations

import gettext
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from reviews.language import DOMAIN
from tests.language.catalogue import MO, fields, forms, german, messages

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

ROOT = Path(__file__).parents[2]
REFRESH = "run ./dev words, and translate what is new"
FOLDERS = ("bot", "notifiers", "pages", "reviews", "webhook")
OPTIONS = ("--mapping-file", "pyproject.toml", "--keywords", "gettext_noop")


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Return the texts that the program says, as they stand in its source."""
    texts = tmp_path_factory.mktemp("words") / "texts.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract", *OPTIONS]
    subprocess.run([*command, "--output-file", texts, *FOLDERS], cwd=ROOT, check=True)
    with texts.open("rb") as file:
        return read_po(file)


def test_the_catalogue_holds_what_the_program_says_and_nothing_else(texts: Catalog) -> None:
    assert {message.id for message in texts} == {message.id for message in german()}, REFRESH


def test_the_texts_are_taken_as_dev_takes_them() -> None:
    taken = " ".join((ROOT / "dev").read_text().replace("\\\n", " ").split())

    assert " ".join(OPTIONS) in taken
    assert " ".join(FOLDERS) in taken


def test_everything_is_translated_and_nothing_is_a_guess() -> None:
    missing = [message.id for message in messages() if not all(forms(message.string))]
    guessed = [message.id for message in messages() if message.fuzzy]

    assert (missing, guessed, list(german().obsolete)) == ([], [], [])


def test_what_is_filled_in_is_the_same_in_german() -> None:
    wrong = [
        message.id
        for message in messages()
        for form, german in zip(forms(message.id), forms(message.string), strict=True)
        if fields(german) != fields(form)
    ]

    assert wrong == []


def test_a_message_begins_and_ends_as_its_translation_does() -> None:
    """A space or a line that gets lost glues two sentences together."""
    wrong = [
        message.id
        for message in messages()
        for form in forms(message.string)
        if [form[:1].isspace(), form[-1:].isspace()]
        != [forms(message.id)[0][:1].isspace(), forms(message.id)[0][-1:].isspace()]
    ]

    assert wrong == []


def test_what_is_read_is_what_the_catalogue_compiles_to() -> None:
    with MO.open("rb") as file:
        compiled = _translated(read_mo(file))

    assert compiled == _translated(german()), REFRESH


def test_python_finds_the_catalogue_where_it_is_kept() -> None:
    translations = gettext.translation(DOMAIN, MO.parents[2], ["de"])

    assert translations.gettext("Acknowledge review") == "Prüfung bestätigen"


def _translated(catalogue: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {forms(message.id): forms(message.string) for message in catalogue if message.id}
