"""A report as text: one line for every paragraph and table row, read from Word or PDF in a limited child process."""

from __future__ import annotations

from pathlib import Path

from zjrules.diag import Code, Diagnostic, Diagnostics, Label
from zjrules.inout import child
from zjrules.inout.archive import DAMAGED, ENCRYPTED, MISSING_EXTRA, TOO_BIG, opened
from zjrules.inout.text import read_text
from zjrules.span import Source, Span

NO_TEXT = Code("ZJ5095", "document-without-text")

TEXTS, PAPERS = (".txt", ".md"), (".docx", ".pdf", ".doc")
_READERS = {"docx": "zjrules.inout.word_reader", "pdf": "zjrules.inout.pdf_reader"}


def report_text(path: Path, name: str) -> tuple[Source | None, Diagnostics]:
    """Read a report: .txt and .md as they are, the paragraphs and cells of .docx in order, the text layer of .pdf."""
    if path.suffix.lower() in TEXTS:
        return read_text(path, name)
    archive, problems = opened(path, name, ("docx", "pdf"))
    if archive is None:
        return None, problems
    here = (Label(Span(Source(name, ""), 0, 0)),)
    try:
        answer = child.answer(_READERS[archive.kind], [], archive.data)
    except child.Failed as failed:
        return None, (Diagnostic(TOO_BIG, f"读不了「{name}」：{failed}", here, "删去图片，或另存为 .txt"),)
    if isinstance(answer, dict):
        return None, (_unreadable(name, answer, here),)
    if not any(line.strip() for line in answer):
        help_ = "扫描件先识别成文字（OCR），再另存为 .docx 或 .txt"
        return None, (Diagnostic(NO_TEXT, f"「{name}」里没有文字", here, help_),)
    return Source(name, "\n".join(answer)), ()


def _unreadable(name: str, answer: dict[str, str], here: tuple[Label, ...]) -> Diagnostic:
    if answer["error"] in child.NOT_INSTALLED:
        help_ = "安装时写 zjrules[office]；或把报告另存为 .txt"
        return Diagnostic(MISSING_EXTRA, f"读「{name}」要另装一个部件", here, help_)
    if answer["error"] in ("FileNotDecryptedError", "DependencyError", "WrongPasswordError"):
        return Diagnostic(ENCRYPTED, f"「{name}」加了打开密码", here, "去掉密码另存一份")
    return Diagnostic(DAMAGED, f"「{name}」里有读不懂的内容，没有读成", here, "用原来的程序打开，另存一份")
