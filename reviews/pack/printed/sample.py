"""The sample: each review with its facts and its story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.language import _, format_number, join_first, ngettext
from reviews.pack.file_names import ENTRIES, README
from reviews.pack.printed.blocks import NO_VALUE, Column, Facts, Heading, Line, Paragraph, Story, Table
from reviews.pack.printed.cells import build_cell, build_id_line
from reviews.pack.printed.formats import format_time, name_state, show_name
from reviews.text import clean_text, omit_middle
from reviews.wording.placeholders import format_title

if TYPE_CHECKING:
    from reviews.pack.printed.blocks import Block, Cell
    from reviews.pack.report import PackedReview, PackSample, SampledReview, StoryLine

MAX_STORIES = 200
"""Of a sample that are printed; two thousand would take 2 GB of memory."""
_MAX_OWNERS = 20
_PATH_PART = 250  # of a longer path, its beginning and its end


def build_sample(sample: PackSample) -> tuple[Block, ...]:
    heading, count = Heading(text=_("Sample")), len(sample.reviews)
    if not count:
        return heading, Paragraph(text=_("No review was drawn."), is_quiet=True)
    stories = (
        _build_story(sampled, _("{number} of {count}").format(number=number, count=count))
        for number, sampled in enumerate(sample.reviews[:MAX_STORIES], start=1)
    )
    omitted = count - MAX_STORIES
    return (
        heading,
        Paragraph(text=_describe_draw(sample)),
        *([Paragraph(text=_describe_unprinted(omitted))] if omitted > 0 else []),
        *stories,
    )


def _describe_draw(sample: PackSample) -> str:
    return ngettext(
        "{count} review, drawn with the seed “{seed}”. {readme} says how to draw it again.",
        "{count} reviews, drawn with the seed “{seed}”. {readme} says how to draw them again.",
        len(sample.reviews),
    ).format(count=format_number(len(sample.reviews)), seed=clean_text(sample.seed), readme=README)


def _describe_unprinted(count: int) -> str:
    return ngettext(
        "The last of them is not printed: its entries are in {entries}.",
        "The last {count} of them are not printed: their entries are in {entries}.",
        count,
    ).format(count=format_number(count), entries=ENTRIES)


def _build_story(sampled: SampledReview, position: str) -> Story:
    return Story(
        title=f"{position}: {format_title(sampled.review.title)}",
        facts=Facts(rows=tuple(_list_facts(sampled.review))),
        table=Table(
            columns=(
                Column(heading=_("Entry"), fixed=44, align="right"),
                Column(heading=_("Time"), fixed=98),
                Column(heading=_("What happened")),
            ),
            rows=(*map(_build_row, sampled.story), *_build_omission_row(sampled.left_out)),
        ),
    )


def _build_row(line: StoryLine) -> tuple[Cell, ...]:
    texts = tuple(Line(text=text) for text in map(clean_text, line.text.splitlines()) if text)
    return build_cell(format_number(line.entry)), build_cell(format_time(line.at)), texts


def _build_omission_row(count: int) -> tuple[tuple[Cell, ...], ...]:
    if not count:
        return ()
    sentence = ngettext(
        "{count} more entry is in {entries}.", "{count} more entries are in {entries}.", count
    )
    return (
        (
            build_cell(""),
            build_cell(""),
            build_cell(sentence.format(count=format_number(count), entries=ENTRIES), style="small"),
        ),
    )


def _describe_required(count: int | None) -> str:
    if count is None:
        return _("Each owner")
    return ngettext("{count} acknowledgement", "{count} acknowledgements", count).format(
        count=format_number(count)
    )


def _list_facts(review: PackedReview) -> list[tuple[str, Cell]]:
    status = name_state(review.state)
    settled = f"{status}, {format_time(review.settled_at)}" if review.settled_at else status
    opened, due = format_time(review.opened_at), format_time(review.due_at)
    owners = join_first([show_name(name) for name in review.owners[:_MAX_OWNERS]], total=len(review.owners))
    path = omit_middle(clean_text(review.path), before=_PATH_PART, after=_PATH_PART)
    return [
        (_("Review"), (build_id_line(review.id),)),
        (
            _("Path"),
            build_cell(path or NO_VALUE),
        ),
        (_("Owner"), build_cell(owners or NO_VALUE)),
        (_("Required"), build_cell(_describe_required(review.required))),
        (
            _("Opened"),
            build_cell(_("{opened}, due {due}").format(opened=opened, due=due) if review.due_at else opened),
        ),
        (_("Status"), build_cell(settled)),
    ]
