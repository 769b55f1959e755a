"""Damages files at random: cut off, with bytes changed, with members of a package changed."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_VALUES = re.compile(rb'"[^"<>]*"')
_ELEMENTS = re.compile(rb"<(?!/)[^<>?]*/>|</[\w:-]+>")
_NASTY = (
    b'""',
    b'"-1"',
    b'"99999999999999999999"',
    b'"1e999"',
    b'"nan"',
    b'"rId1"',
    b'"x"',
    b'"ZZZ9999999"',
    b'"0"',
)


def damage(content: bytes, random: Random) -> bytes:
    """Return a file damaged in one way."""
    ways = [_cut, _flip]
    if content.startswith(b"PK"):
        ways += [_damage_member] * 3
    return random.choice(ways)(content, random)


def _cut(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content) + 1)]


def _flip(content: bytes, random: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(random.randint(1, 8) if content else 0):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def _damage_member(content: bytes, random: Random) -> bytes:
    """Change the XML of one member so that it stays well-formed, mostly."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        names = old.namelist()
        chosen = random.choice([name for name in names if name.endswith((".xml", ".rels"))])
        for name in names:
            member = old.read(name)
            new.writestr(name, _damage_xml(member, random) if name == chosen else member)
    return stream.getvalue()


def _damage_xml(content: bytes, random: Random) -> bytes:
    for _ in range(random.randint(1, 6)):
        pattern = random.choice((_VALUES, _VALUES, _ELEMENTS))
        matches = list(pattern.finditer(content))
        if matches:
            match = random.choice(matches)
            other = random.choice((*_NASTY, random.choice(matches)[0])) if pattern is _VALUES else b""
            content = content[: match.start()] + other + content[match.end() :]
    return content
