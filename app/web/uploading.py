"""Evidence that comes with a form: kept before the form is read, as ``POST /files`` keeps it."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.datastructures import UploadFile

from app.files import service
from app.files.core import FileTooLarge
from app.web.frame import Page


def kept(page: Page, sent: UploadFile) -> str:
    """The digest of a picture or PDF. Raises FileTooLarge and UnusableFile."""
    state = page.state
    bytes_max = state.settings.file_bytes_max
    if (sent.size or 0) > bytes_max:
        raise FileTooLarge(megabytes=bytes_max / 1024**2, field="file")
    with TemporaryDirectory(prefix="longwen-") as name:
        folder = Path(name)
        source = folder / "sent"
        with source.open("wb") as output:
            sent.file.seek(0)
            shutil.copyfileobj(sent.file, output)
        uploaded = service.upload(
            page.run,
            state.blobs,
            page.district.id,
            source,
            sent.filename,
            folder=folder,
            pixels_max=state.settings.file_pixels_max,
        )
    return uploaded.content.hash
