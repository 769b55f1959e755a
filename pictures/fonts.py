"""The fonts of the pictures, as CSS that needs no file beside it: they look alike on every machine."""

from __future__ import annotations

import base64
from importlib import resources

_FACE = (
    "@font-face {{ font-family: '{family}'; font-weight: {weight}; font-style: {style};"
    " src: url(data:font/ttf;base64,{data}) }}"
)
_LATO, _SOURCE = ("Lato", "font_lato", "Lato"), ("Source Sans Pro", "font_source_sans_pro", "SourceSansPro")
_FACES = (
    (*_LATO, "Regular", 400, "normal"),
    (*_LATO, "Italic", 400, "italic"),
    (*_LATO, "Bold", 700, "normal"),
    (*_LATO, "Black", 900, "normal"),
    (*_SOURCE, "Regular", 400, "normal"),
    (*_SOURCE, "It", 400, "italic"),
    (*_SOURCE, "Semibold", 600, "normal"),
)


def faces(wanted_family: str) -> str:
    """Return the faces of one family."""
    return "\n".join(
        _FACE.format(family=family, weight=weight, style=style, data=_data(package, f"{stem}-{cut}.ttf"))
        for family, package, stem, cut, weight, style in _FACES
        if family == wanted_family
    )


def _data(package: str, name: str) -> str:
    return base64.b64encode((resources.files(package) / "files" / name).read_bytes()).decode()
