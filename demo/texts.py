"""What the stand-in's documents say, by their subject and by how often they were edited.

Each edit changes a few sentences, amounts or cells, and adds a line. No two edits in a row have one length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from demo.office_files import Block, Paragraph, Rows, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_LINES: Final = 40
"""Lines that edits have added; then the older ones are taken out."""

_PEOPLE: Final = ("the compliance officer", "the deputy compliance officer", "the head of legal")
_INTERVALS: Final = ("every twelve months", "every six months", "every quarter")
_VENDORS: Final = ("Northwind Payments", "Baltic Cloud Hosting", "Meridian Couriers", "Halden Analytics")
_RISKS: Final = ("low", "medium", "high")
_CAUSES: Final = (
    "A mail with customer data went to the wrong recipient",
    "A laptop was left on a train",
    "A payment was released by one person alone",
    "An account of a former employee was still active",
)
_TOPICS: Final = (
    "the threshold for cash payments",
    "who approves new customers",
    "the interval of reviews",
    "the sanctions lists that are searched",
)


def write_policy(edits: int) -> list[Block]:
    """Return the text of a compliance policy."""
    officer, interval = _PEOPLE[edits % 3], _INTERVALS[edits // 2 % 3]
    threshold, days = 10_000 + 500 * edits, 5 + edits % 7
    return [
        Paragraph("Anti-Money Laundering Policy", 1),
        Paragraph("Purpose", 2),
        Paragraph("This policy says how the company prevents, detects and reports money laundering."),
        Paragraph("It applies to all employees, and to contractors who handle payments."),
        Paragraph("Customer due diligence", 2),
        Paragraph(f"Cash payments of EUR {threshold:,} or more need the approval of {officer}."),
        Paragraph("No business relationship begins before the beneficial owner has been identified."),
        Paragraph(f"Customers of medium risk are reviewed {interval}, those of high risk every month."),
        Paragraph("Reporting", 2),
        Paragraph(f"A suspicion is reported to {officer} on the same day."),
        Paragraph(f"The financial intelligence unit is informed within {days} working days."),
        Paragraph("Records", 2),
        Paragraph("Documents on customers and transactions are kept for five years."),
        Table(
            (
                ("Risk", "Limit a month (EUR)", "Approval"),
                ("low", f"{threshold * 5:,}", "team lead"),
                ("medium", f"{threshold * 2:,}", officer),
                ("high", f"{threshold:,}", "board"),
            )
        ),
        Paragraph("Changes", 2),
        *(Paragraph(line) for line in _list_changes(edits)),
    ]


def write_incident_log(edits: int) -> list[Block]:
    """Return a log of incidents, whose newest entry is the last."""
    closed = max(edits - 1, 0)
    rows = tuple(
        (
            f"INC-{number:03}",
            f"2026-{number % 3 + 1:02}-{number % 28 + 1:02}",
            _CAUSES[number % 4],
            "closed" if number <= closed else "open",
        )
        for number in _number_lines(edits + 3)
    )
    return [
        Paragraph("Incident log", 1),
        Paragraph(f"Each incident is reported within {24 + edits % 3 * 24} hours."),
        Paragraph(f"Losses so far: EUR {1_250 + 730 * edits:,}."),
        Table((("Number", "Date", "What happened", "State"), *rows)),
    ]


def write_letter(edits: int) -> list[Block]:
    """Return a letter to a regulator."""
    return [
        Paragraph("Letter to the regulator", 1),
        Paragraph("Dear Sir or Madam,"),
        Paragraph(f"We answer your request of 12 January 2026, reference FIU/2026/{410 + edits}."),
        Paragraph(f"{7 + edits} transactions were examined; {1 + edits // 2} of them have been reported."),
        Paragraph(f"Questions are answered by {_PEOPLE[edits % 3]}."),
        *(Paragraph(line) for line in _list_changes(edits)),
        Paragraph("Yours faithfully"),
    ]


def write_note(edits: int) -> list[Block]:
    """Return a note, which is what a document of no particular subject holds."""
    return [
        Paragraph("Note", 1),
        Paragraph(f"The budget for this is EUR {2_000 + 150 * edits:,}."),
        Paragraph(f"It is decided on by {_PEOPLE[edits % 3]} and looked at again {_INTERVALS[edits % 3]}."),
        *(Paragraph(line) for line in _list_changes(edits)),
    ]


def write_due_diligence(edits: int) -> dict[str, Rows]:
    """Return a workbook on vendors."""
    vendors = tuple(
        (
            name,
            _RISKS[(at + edits) % 3] if at == edits % 4 else _RISKS[at % 3],
            120_000 + 15_000 * at + (2_500 * edits if at == 0 else 0),
            "yes" if at < 2 + edits % 3 else "no",
        )
        for at, name in enumerate(_VENDORS)
    )
    checks = tuple((f"Check {number}", _TOPICS[number % 4], "done") for number in _number_lines(edits + 1))
    return {
        "Vendors": (("Vendor", "Risk", "Volume a year (EUR)", "Contract signed"), *vendors),
        "Checks": (("Check", "Subject", "State"), *checks),
    }


def write_plain(edits: int) -> list[str]:
    """Return the lines of a file that is neither a Word nor an Excel document."""
    return ["Content of the stand-in portal.", f"Amount: EUR {900 + 75 * edits:,}.", *_list_changes(edits)]


WORD_SUBJECTS: Final[Mapping[str, Callable[[int], list[Block]]]] = {
    "policy": write_policy,
    "incident": write_incident_log,
    "breach": write_incident_log,
    "letter": write_letter,
}
"""Documents by a word of their title."""


def _list_changes(edits: int) -> list[str]:
    return [
        f"Change {number}: {_TOPICS[number % 4]} was revised after the meeting of the committee on risk."
        for number in _number_lines(edits)
    ]


def _number_lines(count: int) -> range:
    """Return the numbers of the lines that are still there; each edit adds one or takes out many."""
    return range(count - count % MAX_LINES + 1 if count >= MAX_LINES else 1, count + 1)
