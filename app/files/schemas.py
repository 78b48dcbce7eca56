"""Evidence as HTTP sees it; the rooms whose evidence it is answer with the same shape."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from app.files.core import Evidence, Uploaded
from app.kit.http import Answer

# How a request names a file that it attaches or asks for.
FileHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="上传时得到的 hash · as the upload answered")]


class FileAnswer(Answer):
    """A file as it is kept: metadata taken away, so size and kind may differ from what was sent."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "media_type": "image/jpeg",
                    "size": 184320,
                    "name": "签到表.jpg",
                }
            ]
        }
    )

    hash: str = Field(description="内容的 SHA-256；附为凭证时用它 · of the bytes kept; evidence is attached by it")
    media_type: str
    size: int = Field(description="字节 · bytes")
    name: str

    @classmethod
    def of(cls, one: Uploaded | Evidence) -> FileAnswer:
        content = one.content
        return cls(hash=content.hash, media_type=content.media_type, size=content.size, name=one.name)
