"""Workbook and document as an office's own program sees them; where LibreOffice is installed, as in CI."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest

from app.reviews.core_packs import SUFFIXES, Part
from tests.reviews.conftest import MEMBER, NEIGHBOUR, Archive

SOFFICE = shutil.which("soffice")
SECONDS_MAX = 300  # on a busy machine, with a profile of its own to be made first


def printed(source: Path, folder: Path) -> list[tuple[str, float, float]]:
    """Each page that the program prints: its text, width and height. Skips where it has no such program."""
    assert SOFFICE is not None
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [SOFFICE, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS_MAX)
    made = folder / f"{source.stem}.pdf"
    if not made.exists():
        pytest.skip(f"LibreOffice is here without the program that opens {source.suffix}")
    return [
        (page.get_textpage().get_text_bounded(), *page.get_size()) for page in pypdfium2.PdfDocument(made.read_bytes())
    ]


@pytest.mark.skipif(SOFFICE is None, reason="soffice is not on PATH: apt install libreoffice-{calc,writer}-nogui")
def test_an_office_program_opens_workbook_and_document_and_prints_them_on_a4(archive: Archive, tmp_path: Path) -> None:
    archive.ask()
    pack = archive.pack()
    for part, is_wide in ((Part.WORKBOOK, True), (Part.DOCUMENT, False)):
        source = archive.stored(pack, part.value, tmp_path)
        assert source.suffix == f".{SUFFIXES[part]}"
        pages = printed(source, tmp_path)
        told = "\n".join(text for text, _, _ in pages)
        assert MEMBER in told
        assert NEIGHBOUR in told
        assert "###" not in told, "a column is too narrow for its numbers or days"
        wanted = (842, 595) if is_wide else (595, 842)
        assert {(round(width), round(height)) for _, width, height in pages} == {wanted}
