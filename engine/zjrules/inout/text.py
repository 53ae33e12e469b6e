"""Files: text read as UTF-8 or told what it is; text and bytes written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from zjrules.diag import Code, Diagnostic, Diagnostics, Label
from zjrules.span import Source, Span

UNREADABLE = Code("ZJ1050", "unreadable-file")
WRONG_ENCODING = Code("ZJ1051", "wrong-encoding")
TOO_LARGE = Code("ZJ1052", "file-too-large")

MAX_BYTES = 20_000_000


def read_text(path: Path, name: str | None = None) -> tuple[Source | None, Diagnostics]:
    """Read a UTF-8 text file; None with the reason when it cannot be read or is not UTF-8."""
    name = name or path.as_posix()
    here = _here(name)
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            return None, (Diagnostic(UNREADABLE, f"「{name}」不是普通的文件", here, "给一个存在磁盘上的文件"),)
        if path.stat().st_size > MAX_BYTES:
            return None, (Diagnostic(TOO_LARGE, f"「{name}」超过 {MAX_BYTES // 1_000_000} MB", here, "分成几份"),)
        data = path.read_bytes()
    except OSError as error:
        why = {FileNotFoundError: "没有这个文件", IsADirectoryError: "这是一个目录", PermissionError: "没有读取的权限"}
        reason = why.get(type(error), error.strerror or "读不出来")
        return None, (Diagnostic(UNREADABLE, f"读不了「{name}」：{reason}", here, "核对路径"),)
    return decode(name, data)


def _here(name: str) -> tuple[Label, ...]:
    return (Label(Span(Source(name, ""), 0, 0)),)


def decode(name: str, data: bytes) -> tuple[Source | None, Diagnostics]:
    """Return the text of a file's bytes, its line ends made \\n, or what they are when they are not UTF-8."""
    try:
        return Source(name, data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")), ()
    except UnicodeDecodeError:
        return None, (_encoding(name, data, _here(name)),)


def _encoding(name: str, data: bytes, here: tuple[Label, ...]) -> Diagnostic:
    for encoding, title in (("gb18030", "GBK"), ("utf-16", "UTF-16")):
        if encoding == "utf-16" and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        with contextlib.suppress(UnicodeDecodeError):
            data.decode(encoding)
            if data[:2] in (b"\xff\xfe", b"\xfe\xff") and encoding != "utf-16":
                continue
            help_ = f"在记事本里「另存为」，编码选 UTF-8；或运行 iconv -f {encoding} -t utf-8"
            return Diagnostic(WRONG_ENCODING, f"「{name}」像是 {title} 编码，不是 UTF-8", here, help_)
    return Diagnostic(WRONG_ENCODING, f"「{name}」不是 UTF-8 编码的文本", here, "核对是不是选错了文件")


def write_text(path: Path, text: str) -> None:
    """Write a text file with \\n at its line ends, whole or not at all. Raises OSError."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: aside, synced, then renamed. Raises OSError."""
    _write(path, data, _usual_mode())


def write_secret(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all, and never over another. Raises OSError."""
    # The name is taken first: where it is there already, this fails whoever made it and whenever.
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        _write(path, data, 0o600)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def whole(path: Path, mode: int | None = None, folder: Path | None = None) -> Iterator[Path]:
    """Yield a file aside to be written; at the end it is synced and stands in path, after an error it is gone. Raises OSError.

    folder: where it stands meanwhile, on the same disk; usually beside path.
    """
    # The name of the file itself may be as long as a name can be.
    handle, name = tempfile.mkstemp(dir=folder or path.parent, prefix=".zjrules-")
    os.close(handle)
    aside = Path(name)
    try:
        yield aside
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        aside.chmod(_usual_mode() if mode is None else mode)
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def _usual_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _write(path: Path, data: bytes, mode: int) -> None:
    with whole(path, mode) as aside:
        aside.write_bytes(data)
