"""The file `README.md` of a pack: what is in the folder, and how to check it without this program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.language import _, format_date, format_number, ngettext, use_language
from reviews.pack.file_meanings import FILE_MEANINGS
from reviews.pack.file_names import (
    CAMPAIGNS,
    ENTRIES,
    FIGURES,
    KEYS,
    POPULATION,
    RECEIPTS,
    REPORT,
    SUMS,
    TIMESTAMPS,
)
from reviews.pack.proof_script import PROOF_SCRIPT
from reviews.pack.sample_command import format_sample_command
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from reviews.pack.report import PackReport


def write_readme(
    report: PackReport, *, entries: int, names: Collection[str], language: str, version: str
) -> str:
    """Return the text in a language, English if it is not supported.

    `names` are those of the other files, and `version` is that of docspace-review.
    """
    with use_language(language):
        blocks = [
            *_describe_folder(report, entries, {name.partition("/")[0] for name in (*names, SUMS)}),
            *_describe_key(),
            *_describe_whole_check(version),
            *_describe_checks(report, has_timestamps=any(name.startswith(TIMESTAMPS) for name in names)),
            *_describe_limits(),
        ]
    return "\n\n".join(blocks) + "\n"


def _describe_folder(report: PackReport, entries: int, shown: Collection[str]) -> Iterator[str]:
    since, until = format_date(report.since), format_date(report.until)
    yield "# " + _("Reviews of the route {route}").format(route=clean_text(report.route))
    count = len(report.reviews)
    yield ngettext(
        "This folder has the one review of the route that was opened from {since} and before {until}, with "
        "{entries}.",
        "This folder has the {count} reviews of the route that were opened from {since} and before {until}, "
        "with {entries}.",
        count,
    ).format(count=format_number(count), since=since, until=until, entries=_count_entries(entries))
    yield "## " + _("What is in it")
    yield "\n".join(
        [f"| {_('file')} | {_('what it is')} |", "|---|---|"]
        + [f"| `{name}` | {_(text)} |" for name, text in FILE_MEANINGS.items() if name in shown]
    )


def _count_entries(count: int) -> str:
    return ngettext("{count} entry of the ledger", "{count} entries of the ledger", count).format(
        count=format_number(count)
    )


def _describe_key() -> Iterator[str]:
    yield "## " + _("Get the key by another way")
    yield _(
        "Anyone can make a folder with a key of their own. Ask for the verifier key in person, by telephone, "
        "or take it from an earlier audit: docspace-review ledger key prints it. Compare it with `{keys}`. "
        "Below it is called VKEY."
    ).format(keys=KEYS)


def _describe_whole_check(version: str) -> Iterator[str]:
    yield "## " + _("Check all of it with docspace-review")
    yield _(
        "Offline, and without any settings. Version {version} wrote the folder; another version says which "
        "parts it can't compare."
    ).format(version=version)
    yield _format_commands("docspace-review ledger verify . --key VKEY")


def _describe_checks(report: PackReport, *, has_timestamps: bool) -> Iterator[str]:
    yield from _describe_entry_checks(has_campaigns=bool(report.campaigns))
    if has_timestamps:
        yield from _describe_timestamp_check()
    if report.sample.reviews:
        yield _("This draws the sample again by its seed:")
        yield _format_commands(format_sample_command(report.sample))


def _describe_entry_checks(*, has_campaigns: bool) -> Iterator[str]:
    yield "## " + _("Check it with other tools")
    yield _(
        "This compares the files with `{sums}`. A person who changes a file can write that anew, so it shows "
        "only that nothing was damaged on the way:"
    ).format(sums=SUMS)
    yield _format_commands(f"sha256sum -c {SUMS}")
    yield _(
        "The program below checks that the lines of `{entries}` are in the signed ledger, and that no proven "
        "entry is missing from them. Each proof in `{receipts}` is a whole C2SP tlog-proof, as other tools "
        "read it; an empty line separates them. Save the program as check.py beside this folder, not in it, "
        "and run it in the folder. It needs Python and its package cryptography:"
    ).format(entries=ENTRIES, receipts=RECEIPTS)
    yield _format_commands("python3 -m pip install cryptography", "python3 ../check.py . VKEY")
    yield f"```python\n{PROOF_SCRIPT}```"
    yield _(
        "Whether `{population}` and `{figures}` follow from these entries, only docspace-review checks: it "
        "counts again."
    ).format(population=POPULATION, figures=FIGURES)
    if has_campaigns:
        yield _(
            "The same holds for `{campaigns}`. Each of its lines with an acknowledgement names the entry "
            "(`seq` in `{entries}`) that says so, with the SHA-256 of the document: sha256sum of the "
            "document in that version gives the same."
        ).format(campaigns=CAMPAIGNS, entries=ENTRIES)


def _describe_timestamp_check() -> Iterator[str]:
    yield _(
        "A timestamp shows when a checkpoint existed. It takes the root certificates of the authority, which "
        "you get from it (root.pem). For each DAY, the first command verifies, and the second one prints "
        "the time:"
    )
    response = f"{TIMESTAMPS}/DAY.checkpoint.tsr"
    yield _format_commands(
        f"openssl ts -verify -data {TIMESTAMPS}/DAY.checkpoint -in {response} -CAfile root.pem",
        f"openssl ts -reply -in {response} -text",
    )


def _describe_limits() -> Iterator[str]:
    yield "## " + _("What it does not show")
    yield "\n".join(
        f"- {text}"
        for text in (
            _(
                "That no entry of the ledger that belongs in it was left out: a missed deadline, an answer, "
                "or a whole review. The whole ledger shows it: docspace-review ledger export writes it to a "
                "file, and docspace-review ledger verify . --export FILE compares the folder with it."
            ),
            _(
                "That `{report}` says what the entries say: no program reads it. Its figures are in "
                "`{figures}`, which ledger verify computes again."
            ).format(report=REPORT, figures=FIGURES),
            _(
                "What was brought forward into the period, and up to when the folders are complete: that is "
                "from the database as it was when the folder was written."
            ),
            _("Reviews from before the route got its name: they are under the one that it had then."),
            _("That people have read what they acknowledged."),
        )
    )
    yield _("The folder has names, addresses and notes in clear. Keep it accordingly.")


def _format_commands(*commands: str) -> str:
    lines = "\n".join(commands)
    return f"```sh\n{lines}\n```"
