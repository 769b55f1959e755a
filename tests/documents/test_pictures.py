"""Which pictures a document shows, how often, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest

from documents.comparison.comparison import compare_documents
from documents.errors import Reason
from documents.formats import read_document
from documents.passages import AttachmentKind
from tests.documents.packages import (
    WORKBOOK_NAMESPACES,
    build_docx,
    build_opendocument,
    build_pptx,
    build_xlsx,
    relate,
    write_paragraph,
    write_rows,
)

PICTURES = (("image", "media/1.png"), ("image", "media/2.png"), ("image", "media/3.png"))


def show_in_word(*numbers: int, third: bytes = b"1") -> bytes:
    """Return a document that shows pictures by their numbers; the third has the bytes of the first."""
    body = "".join(
        f'<w:p><w:r><w:drawing><a:blip r:embed="rId{n}"/></w:drawing></w:r></w:p>' for n in numbers
    )
    media = {"word/media/1.png": b"1", "word/media/2.png": b"2", "word/media/3.png": third}
    return build_docx(write_paragraph("Fees") + body, *PICTURES, others=media)


def show_on_slide(*numbers: int) -> bytes:
    shapes = "".join(f'<p:pic><p:blipFill><a:blip r:embed="rId{n}"/></p:blipFill></p:pic>' for n in numbers)
    targets = [(kind, f"/ppt/{name}") for kind, name in PICTURES]
    return build_pptx(shapes, *targets, members={f"ppt/media/{n}.png": str(n % 3) for n in (1, 2, 3)})


def show_on_sheet(*numbers: int) -> bytes:
    pictures = "".join(f'<xdr:pic><a:blip r:embed="rId{n}"/></xdr:pic>' for n in numbers)
    return build_xlsx(
        write_rows(("100",)),
        ("drawing", "/xl/drawings/drawing1.xml"),
        members={
            "xl/drawings/drawing1.xml": f"<xdr:wsDr {WORKBOOK_NAMESPACES}>{pictures}</xdr:wsDr>",
            "xl/drawings/_rels/drawing1.xml.rels": relate(
                *((kind, f"/xl/{name}") for kind, name in PICTURES)
            ),
            **{f"xl/media/{n}.png": str(n % 3) for n in (1, 2, 3)},
        },
    )


def show_in_text(*numbers: int) -> bytes:
    frames = "".join(
        f'<text:p><draw:frame><draw:image xlink:href="Pictures/{n}.png"/></draw:frame></text:p>'
        for n in numbers
    )
    return build_opendocument(
        "text", f"<text:p>100</text:p>{frames}", members={f"Pictures/{n}.png": str(n % 3) for n in (1, 2, 3)}
    )


def list_changes(before: bytes, after: bytes) -> tuple[str, Reason | None]:
    comparison = compare_documents(read_document(before, "x"), read_document(after, "x"))
    return comparison.state.value, comparison.reason


Show: TypeAlias = Callable[..., bytes]
SHOW: list[Show] = [show_in_word, show_on_slide, show_on_sheet, show_in_text]


@pytest.mark.parametrize("show", SHOW)
@pytest.mark.parametrize("numbers", [(2, 1), (1,), (1, 2, 2), (1, 2, 1), ()])
def test_pictures_that_are_swapped_repeated_or_removed_differ(show: Show, numbers: tuple[int, ...]) -> None:
    assert list_changes(show(1, 2), show(*numbers)) == ("same_text", Reason.PICTURES)


@pytest.mark.parametrize("show", SHOW)
def test_pictures_in_the_same_order_are_the_same(show: Show) -> None:
    assert list_changes(show(1, 2, 1), show(1, 2, 1)) == ("same_text", Reason.EMPHASIS)


def test_a_picture_that_is_stored_once_more_is_the_same() -> None:
    assert list_changes(show_in_word(1, 2, 1), show_in_word(1, 2, 3)) == ("same_text", Reason.FORMATTING)
    assert list_changes(show_in_word(1, 2, 1), show_in_word(1, 2, 3, third=b"3")) == (
        "same_text", Reason.PICTURES,
    )  # fmt: skip


def test_a_picture_that_is_written_for_older_programs_too_is_one() -> None:
    def build(first: str, second: str) -> bytes:
        return build_docx(f"<w:p><w:r>{first}{second}</w:r></w:p>", *PICTURES, others=media)

    media = {f"word/media/{number}.png": str(number) for number in (1, 2, 3)}
    new = '<w:drawing><a:blip r:embed="rId1"/></w:drawing>'
    old = '<w:pict><v:imagedata r:id="rId{}"/></w:pict>'
    both = "<mc:AlternateContent><mc:Choice>{}</mc:Choice><mc:Fallback>{}</mc:Fallback></mc:AlternateContent>"
    one = build(new, "")
    assert list_changes(one, build(both.format(new, old.format(1)), "")) == ("same_text", Reason.FORMATTING)
    assert list_changes(one, build(both.format(new, old.format(2)), "")) == ("same_text", Reason.PICTURES)


def test_a_picture_that_is_missing_is_none() -> None:
    content = build_docx('<w:p><w:pict><v:imagedata r:id="rId1"/></w:pict></w:p>', ("image", "media/1.png"))
    assert read_document(content, "x").shown == ()


def test_pictures_from_elsewhere_have_their_place_too() -> None:
    def build(*ids: str) -> bytes:
        body = "".join(f'<w:p><w:drawing><a:blip r:link="{each}"/></w:drawing></w:p>' for each in ids)
        media = {"word/media/1.png": b"1"}
        return build_docx(body, PICTURES[0], external=("image", "https://a.example/2.png"), others=media)

    kinds = [each.kind for each in read_document(build("out", "rId1", "out"), "x").shown]
    assert kinds == [AttachmentKind.OBJECT, AttachmentKind.PICTURE, AttachmentKind.OBJECT]
