"""Office files before anything of them is parsed: what kind they are, and whether their zip directory is safe to open.

The bounds stand well above what a department hands in (a workbook of 5,000 contracts unpacks to about 5 MB).
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from attrs import define, frozen

from zjrules.diag import Code, Diagnostic, Diagnostics, Label
from zjrules.inout.text import UNREADABLE
from zjrules.span import Source, Span

WRONG_CONTENT = Code("ZJ5041", "not-what-its-name-says")
DAMAGED = Code("ZJ5042", "office-file-damaged")
ENCRYPTED = Code("ZJ5043", "office-file-encrypted")
TOO_BIG = Code("ZJ5044", "office-file-too-large")
ENTITIES = Code("ZJ5045", "office-file-entities")
MISSING_EXTRA = Code("ZJ1053", "extra-not-installed")

MAX_BYTES = 40_000_000
MAX_ENTRIES = 2_000
MAX_TOTAL = 150_000_000
MAX_RATIO, RATIO_FROM = 200, 3_000_000
"""An entry that unpacks to more than RATIO_FROM bytes may be at most MAX_RATIO times what it is packed."""
MAX_ROWS = 100_000
MAX_CELLS = 500_000
MAX_ONE_TEXT = 5_000_000
"""Characters between two tags: one text of a hundred megabytes has no honest use."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK = 1 << 20
_ROW = re.compile(rb"<(?:\w+:)?row[\s>/]")
_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_ROOT = re.compile(rb"<(?:\w+:)?(?:worksheet|chartsheet|dialogsheet|macrosheet)[\s>]")
_NAMED = re.compile(rb"<(?:\w+:)?sheet\s")
_DOCTYPE = re.compile(b"<!(?:DOCTYPE|ENTITY)" + b"|" + "<!DOCTYPE".encode("utf-16-le"), re.IGNORECASE)


@frozen
class Archive:
    """An office file that may be opened: kind is xlsx, docx, xls or pdf."""

    name: str
    kind: str
    data: bytes
    formulas: bool = False
    macros: bool = False
    links: bool = False
    """Whether it refers to other workbooks."""


class _Refused(Exception):
    """Ends the look at a file that must not be opened."""

    def __init__(self, code: Code, message: str, help_: str) -> None:
        super().__init__(message)
        self.code, self.message, self.help = code, message, help_


def opened(path: Path, name: str, kinds: tuple[str, ...]) -> tuple[Archive | None, Diagnostics]:
    """Read an office file and look through its directory; None with the reason when it must not be parsed."""
    here = (Label(Span(Source(name, ""), 0, 0)),)
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            return None, (Diagnostic(UNREADABLE, f"「{name}」不是普通的文件", here, "给一个存在磁盘上的文件"),)
        if path.stat().st_size > MAX_BYTES:
            message = f"「{name}」超过 {MAX_BYTES // 1_000_000} MB"
            return None, (Diagnostic(TOO_BIG, message, here, "删去图片和用不到的表，或分成几份"),)
        data = path.read_bytes()
    except OSError as error:
        why = {FileNotFoundError: "没有这个文件", IsADirectoryError: "这是一个目录", PermissionError: "没有读取的权限"}
        reason = why.get(type(error), error.strerror or "读不出来")
        return None, (Diagnostic(UNREADABLE, f"读不了「{name}」：{reason}", here, "核对路径；文件在别处开着就先关上"),)
    return looked_through(name, data, kinds)


_TITLES = {
    "xlsx": " Excel 工作簿（.xlsx）",
    "docx": " Word 文档（.docx）",
    "xls": "旧的 Excel 工作簿（.xls）",
    "pdf": " PDF 文件",
}
_SIGNS = (
    (b"{\\rtf", "是 RTF 文档", "在 Word 里打开，另存为 .docx"),
    (b"\xff\xd8\xff", "是图片", "要工作簿或文档本身，不是扫描件"),
    (b"\x89PNG", "是图片", "要工作簿或文档本身，不是截图"),
)
_RESAVE = "用 Excel 或 WPS 打开，另存为「Excel 工作簿（.xlsx）」"


def looked_through(name: str, data: bytes, kinds: tuple[str, ...]) -> tuple[Archive | None, Diagnostics]:
    """Look through the bytes of an office file; None with the reason when it must not be parsed."""
    try:
        return _one_of(name, data, kinds), ()
    except _Refused as refused:
        here = (Label(Span(Source(name, ""), 0, 0)),)
        return None, (Diagnostic(refused.code, refused.message, here, refused.help),)


def _one_of(name: str, data: bytes, kinds: tuple[str, ...]) -> Archive:
    found = _known(name, data)
    if found.kind not in kinds:
        raise _Refused(WRONG_CONTENT, f"「{name}」其实是{_TITLES[found.kind]}", f"要的是{_TITLES[kinds[0]]}")
    return found


def _known(name: str, data: bytes) -> Archive:
    if not data:
        raise _Refused(WRONG_CONTENT, f"「{name}」是空文件", "多半是没有拷完，重新拷一次")
    if data.startswith(b"PK"):
        return _zip(name, data)
    if data.startswith(_OLE):
        return _ole(name, data)
    if data.startswith(b"%PDF"):
        return Archive(name, "pdf", data)
    for sign, what, help_ in _SIGNS:
        if data.startswith(sign):
            raise _Refused(WRONG_CONTENT, f"「{name}」其实{what}", help_)
    head = data[:4096].lower()
    if b"<html" in head or b"<table" in head or b"urn:schemas-microsoft-com:office" in head:
        raise _Refused(WRONG_CONTENT, f"「{name}」其实是网页，不是工作簿", _RESAVE)
    raise _Refused(WRONG_CONTENT, f"「{name}」不是工作簿，也不是文档", f"{_RESAVE}；文本（CSV）也这样转")


def _ole(name: str, data: bytes) -> Archive:
    """Return an old .xls; the same container holds encrypted .xlsx files and old Word documents."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise _Refused(ENCRYPTED, f"「{name}」加了打开密码", "用密码打开，去掉密码另存一份")
    if "WordDocument".encode("utf-16-le") in data:
        raise _Refused(WRONG_CONTENT, f"「{name}」是旧的 Word 文档（.doc）", "在 Word 里打开，另存为 .docx")
    if not any(stream.encode("utf-16-le") in data for stream in ("Workbook", "Book")):
        raise _Refused(DAMAGED, f"「{name}」里没有工作簿，文件不完整", "重新拷一次，或打开后另存一份")
    return Archive(name, "xls", data)


def _zip(name: str, data: bytes) -> Archive:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _directory(name, entries)
            names = {entry.filename for entry in entries}
            kind = next((k for k, part in _PARTS.items() if part in names), "")
            if not kind or "[Content_Types].xml" not in names:
                raise _Refused(
                    WRONG_CONTENT, f"「{name}」是压缩文件，里面没有工作簿或文档", "解压后给里面的 .xlsx 或 .docx"
                )
            formulas = _contents(name, archive, entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        message = f"「{name}」坏了，打不开"
        raise _Refused(DAMAGED, message, "重新拷一次；能用 Excel 打开的，另存一份") from error
    macros = any(n.endswith("vbaProject.bin") for n in names)
    return Archive(name, kind, data, formulas, macros, any("externalLinks/" in n for n in names))


_PARTS = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml"}


def _directory(name: str, entries: list[zipfile.ZipInfo]) -> None:
    if any(entry.flag_bits & 1 for entry in entries):
        raise _Refused(ENCRYPTED, f"「{name}」加了密码", "用密码打开，去掉密码另存一份")
    if len(entries) > MAX_ENTRIES:
        raise _Refused(
            TOO_BIG, f"「{name}」里有 {len(entries):,} 个部件，超过 {MAX_ENTRIES:,} 个", "删去图片和用不到的表"
        )
    if sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise _Refused(
            TOO_BIG, f"「{name}」解开后超过 {MAX_TOTAL // 1_000_000} MB，没有打开", "核对文件从哪里来；删去用不到的表"
        )
    for entry in entries:
        if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(1, entry.compress_size):
            message = f"「{name}」里的「{entry.filename}」解开后大 {entry.file_size // max(1, entry.compress_size):,} 倍，没有打开"
            raise _Refused(TOO_BIG, message, "多半是格式刷到了最后一行，或内容成片重复：删去空行空列，另存一份")


@define
class _Counts:
    """What was met in the parts of a workbook."""

    rows: int = 0
    cells: int = 0
    formulas: bool = False
    sheets: int = 0
    named: int = 0
    """The sheets that the workbook lists."""


def _contents(name: str, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> bool:
    """Unpack every XML part in pieces, keeping none; return whether there are formulas. Checksums are checked on the way."""
    counts = _Counts()
    for entry in entries:
        if entry.filename.lower().endswith((".xml", ".rels")):
            _part(name, archive, entry, counts)
            _bounded(name, counts)
    if counts.named > counts.sheets:
        message = f"「{name}」列了 {counts.named} 张表，里面只有 {counts.sheets} 张"
        raise _Refused(DAMAGED, message, "重新拷一次；能用 Excel 打开的，另存一份")
    return counts.formulas


def _bounded(name: str, counts: _Counts) -> None:
    if counts.rows > MAX_ROWS:
        help_ = "多半是格式刷到了最后一行：选中数据下面的空行删去，另存一份"
        raise _Refused(TOO_BIG, f"「{name}」的表超过 {MAX_ROWS:,} 行", help_)
    if counts.cells > MAX_CELLS:
        raise _Refused(TOO_BIG, f"「{name}」的表超过 {MAX_CELLS:,} 格", "删去空的行和列，或分成几份")


def _part(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, counts: _Counts) -> None:
    since, tail, sheet = 0, b"", None
    with archive.open(entry) as file:
        while piece := file.read(_CHUNK):
            text = tail + piece
            if _DOCTYPE.search(text):
                help_ = "正常存的文件没有这个；核对文件从哪里来，或另存一份"
                raise _Refused(ENTITIES, f"「{name}」里有实体定义，没有打开", help_)
            since = since + len(piece) if b"<" not in piece else len(piece) - piece.rfind(b"<")
            if since > MAX_ONE_TEXT:
                raise _Refused(TOO_BIG, f"「{name}」里有一段文字超过 {MAX_ONE_TEXT:,} 字，没有打开", "核对文件从哪里来")
            # What a part is stands at its beginning, whatever it is called.
            sheet = _ROOT.search(text) is not None if sheet is None else sheet
            counts.named += len(_NAMED.findall(text)) if entry.filename == _PARTS["xlsx"] else 0
            tail = text[-_OVERLAP:]
            if sheet:
                # What ends inside the tail is counted with the next piece.
                counts.rows += len(_ROW.findall(text)) - len(_ROW.findall(tail))
                counts.cells += len(_CELL.findall(text)) - len(_CELL.findall(tail))
                counts.formulas = counts.formulas or _FORMULA.search(text) is not None
    if sheet:
        counts.sheets += 1
        counts.rows += len(_ROW.findall(tail))
        counts.cells += len(_CELL.findall(tail))


_OVERLAP = 24
SETTLED = (1980, 1, 1, 0, 0, 0)
"""The time of every part of a zip that has no clock in it."""
CLOCK = re.compile(rb">\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ<")
"""A time in the properties of a document, and what stands in its place:"""
NO_CLOCK = b">1980-01-01T00:00:00Z<"


def settled(data: bytes, change: Callable[[str, bytes], bytes] | None = None) -> bytes:
    """Return a zip with the same parts, or as change makes them, and no clock in it: the same contents give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.infolist():
            fixed = zipfile.ZipInfo(entry.filename, SETTLED)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            part = before.read(entry)
            # The library writes when it saved, whatever it is told.
            part = change(entry.filename, part) if change is not None else part
            after.writestr(fixed, CLOCK.sub(NO_CLOCK, part) if entry.filename == "docProps/core.xml" else part)
    return out.getvalue()
