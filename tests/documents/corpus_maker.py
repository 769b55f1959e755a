"""Makes the files of `corpus/` that the edits name: `python -m tests.documents.corpus_maker OUTDIR`.

By hand, in an environment of its own:
`pip install python-docx openpyxl python-pptx odfpy reportlab pypdf msoffcrypto-tool pillow`, and LibreOffice
with Writer, Calc and Impress on the machine. A second run writes files that say the same in other bytes.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.documents.corpus_agreement import AGREEMENT, AGREEMENT_CHANGES
from tests.documents.corpus_broken import write_broken
from tests.documents.corpus_budget import BUDGET, BUDGET_CHANGES
from tests.documents.corpus_docx import write_docx
from tests.documents.corpus_form import FORM, FORM_CHANGES, NOTICE, NOTICE_CHANGES
from tests.documents.corpus_letter import LETTER, LETTER_CHANGES
from tests.documents.corpus_odp import write_odp
from tests.documents.corpus_ods import write_ods
from tests.documents.corpus_odt import write_odt
from tests.documents.corpus_office import convert_all
from tests.documents.corpus_pdf import write_pdf
from tests.documents.corpus_plain import TEXTS, write_plain
from tests.documents.corpus_policy import POLICY, POLICY_CHANGES
from tests.documents.corpus_pptx import write_pptx
from tests.documents.corpus_training import TRAINING, TRAINING_CHANGES
from tests.documents.corpus_xlsx import write_xlsx
from tests.documents.edits import EDITS, UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "agreement": (AGREEMENT, AGREEMENT_CHANGES),
    "letter": (LETTER, LETTER_CHANGES),
    "policy": (POLICY, POLICY_CHANGES),
    "form": (FORM, FORM_CHANGES),
    "notice": (NOTICE, NOTICE_CHANGES),
    "budget": (BUDGET, BUDGET_CHANGES),
    "training": (TRAINING, TRAINING_CHANGES),
}
WRITERS: dict[str, Callable[[Any, Path], None]] = {
    "docx": write_docx,
    "odp": write_odp,
    "ods": write_ods,
    "odt": write_odt,
    "oform": write_docx,
    "pdf": write_pdf,
    "pptx": write_pptx,
    "xlsx": write_xlsx,
}
SOURCES = {"budget": "xlsx", "training": "pptx"}
"""What LibreOffice reads, where it is no DOCX."""
OFFICE = "-libreoffice"


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    names = {name for edit in EDITS for name in (edit.before, edit.after)}
    by_office = {name for name in names if OFFICE in name}
    for name in sorted(names - by_office - {*UNREADABLE}):
        write_file(folder / name)
    for name in UNREADABLE:
        write_broken(folder / name)
    with tempfile.TemporaryDirectory() as work:
        write_by_office(by_office, folder, Path(work))


def write_file(path: Path) -> None:
    """Write one file by a library: `agreement-amount.docx` is the change `amount` of the agreement."""
    kind, _, change = path.stem.partition("-")
    if kind in TEXTS:
        write_plain(kind, change, path)
    else:
        document, changes = DOCUMENTS[kind]
        WRITERS[path.suffix[1:]](changes[change](document) if change else document, path)


def write_by_office(names: set[str], folder: Path, work: Path) -> None:
    """Write the files of LibreOffice, each from the same document as a library has written it."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        wanted[name.rpartition(".")[2]].append(name)
    for extension, group in wanted.items():
        stems = [name.partition(OFFICE)[0] for name in group]
        sources = [work / f"{stem}.{SOURCES.get(stem.partition('-')[0], 'docx')}" for stem in stems]
        for source in sources:
            write_file(source)
        results = convert_all(sources, extension.replace("oform", "docx"), work=work)
        for name, result in zip(group, results, strict=True):
            shutil.move(result, folder / name)


if __name__ == "__main__":
    main()
