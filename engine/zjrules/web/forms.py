"""Forms: read within bounds, in memory alone, and only when they are ours."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import PurePosixPath

from attrs import frozen
from starlette.datastructures import UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

from zjrules.project import Given
from zjrules.span import visible
from zjrules.web.failure import BAD_FORM, FOREIGN, Refused, refused

MOST_FILES = 10
MOST_FIELDS = 1_000
MOST_FIELD = 100_000
"""Bytes of one field that is no file."""
TOKEN = "token"  # noqa: S105 - the name of the field, not a secret
_MOST_NAME = 100


@frozen
class Form:
    """What was sent: the fields by name, and the files that have something in them or a name."""

    fields: Mapping[str, str]
    files: tuple[Given, ...]


class _InMemory(MultiPartParser):
    """Starlette's own parser writes what is larger than this to a temporary file; 0 is never."""

    spool_max_size = 0


async def read(request: Request) -> Form:
    """Return the form of a request. Raises Refused where it is none, or not one of our pages'."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            parser = _InMemory(
                request.headers,
                request.stream(),
                max_files=MOST_FILES,
                max_fields=MOST_FIELDS,
                max_part_size=MOST_FIELD,
            )
            items = (await parser.parse()).multi_items()
        elif kind == "application/x-www-form-urlencoded":
            items = (await FormParser(request.headers, request.stream()).parse()).multi_items()
        else:
            raise _broken()
    except MultiPartException:
        raise _broken() from None
    sent = [file for _, file in items if isinstance(file, UploadFile)]
    given = [Given(_name(f.filename or ""), await f.read()) for f in sent if f.filename or f.size]
    for file in sent:
        await file.close()
    fields = {name: text for name, text in items if isinstance(text, str)}
    if not secrets.compare_digest(fields.pop(TOKEN, "").encode(), request.state.token.encode()):
        help_ = "多半是程序重新开过，或页面开得太久：回到首页，再做一次"
        raise refused(403, FOREIGN, "这张表单已经过期", help_)
    return Form(fields, tuple(given))


def _name(name: str) -> str:
    """Return the name of a file without the folders that some browsers send, short enough to be read."""
    plain = visible(PurePosixPath(name.replace("\\", "/")).name).strip()
    path = PurePosixPath(plain)
    return f"{path.stem[:_MOST_NAME]}{path.suffix[:10]}" or "未命名"


def _broken() -> Refused:
    return refused(400, BAD_FORM, "传来的不是一张完整的表单", "回到上一页再传一次；用常用的浏览器")
