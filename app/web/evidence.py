"""Evidence in plain forms: files sent along with a form, kept in it while it is tried out or put right."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.datastructures import UploadFile

from app.files import service as files
from app.files.core import FileTooLarge
from app.web.frame import Page

HASH = r"^[0-9a-f]{64}$"


class Attached(dict[str, str]):
    """By hash the names of the files that a form has brought; those that it had before come as ticked boxes."""

    @classmethod
    def before(cls, page: Page) -> Attached:
        posted = page.posted
        return cls({one: posted.get(f"name.{one}") or one[:8] for one in posted.all("evidence") if re.match(HASH, one)})

    def take(self, page: Page) -> list[str]:
        """The hashes, once what was sent now is kept too; what was kept stays here though a later one is refused.

        Raises FileTooLarge, UnusableFile, CheckingBusy and what the page's gate raises.
        """
        sent = [file for key, file in page.posted.files if key == "files" and file.filename]
        if sent:
            page.run(lambda _connection, _actor: None)  # nothing is looked at of who may not send anything
        for file in sent:
            self.update([_kept(page, file)])
        return list(self)


def _kept(page: Page, file: UploadFile) -> tuple[str, str]:
    settings = page.state.settings
    if (file.size or 0) > settings.file_bytes_max:
        raise FileTooLarge(megabytes=settings.file_bytes_max / 1024**2, field="file")
    with TemporaryDirectory(prefix="longwen-") as name:
        folder = Path(name)
        source = folder / "sent"
        with source.open("wb") as output:
            file.file.seek(0)
            shutil.copyfileobj(file.file, output)
        uploaded = files.upload(
            page.run, page.state.blobs, page.district.id, source, file.filename,
            folder=folder, pixels_max=settings.file_pixels_max,
        )  # fmt: skip
    return uploaded.content.hash, uploaded.name
