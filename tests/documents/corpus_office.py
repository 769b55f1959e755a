"""Has LibreOffice write files anew: its own XML from the same document."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FORM_FIELDS = '{"ExportFormFields":{"type":"boolean","value":"true"}}'
FILTERS = {
    "csv": "csv",
    "docx": "docx:MS Word 2007 XML",
    "odp": "odp",
    "ods": "ods",
    "odt": "odt",
    "pdf": f"pdf:writer_pdf_Export:{FORM_FIELDS}",
    "pptx": "pptx:Impress MS PowerPoint 2007 XML",
    "txt": "txt:Text (encoded):UTF8",
    "xlsx": "xlsx:Calc MS Excel 2007 XML",
}
PREVIEW = "Thumbnails/thumbnail.png"


def convert_all(sources: list[Path], extension: str, *, work: Path) -> list[Path]:
    """Return what LibreOffice makes of the files, in one run of the program."""
    office = shutil.which("soffice")
    if office is None:
        raise FileNotFoundError("soffice")
    folder = work / extension
    profile = f"-env:UserInstallation={(work / 'profile').as_uri()}"
    command = [office, "--headless", profile, "--convert-to", FILTERS[extension], "--outdir", str(folder)]
    subprocess.run([*command, *map(str, sources)], check=True, capture_output=True, timeout=600)
    results = [folder / f"{source.stem}.{extension}" for source in sources]
    for result in results:
        if extension.startswith("od"):
            drop_preview(result)
    return results


def drop_preview(path: Path) -> None:
    """Take the picture of the first page out of an OpenDocument file: it is half of it."""
    with zipfile.ZipFile(path) as archive:
        members = [(info, archive.read(info)) for info in archive.infolist() if info.filename != PREVIEW]
    with zipfile.ZipFile(path, "w") as archive:
        for info, content in members:
            archive.writestr(info, content, info.compress_type)
