"""Office documents as text: a report in Word or PDF becomes one line for every paragraph and row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from zjrules.diag import Code, Diagnostic, Diagnostics, Label
from zjrules.fact import RawFacts, ScoreTable
from zjrules.inout.text import MAX_BYTES, TOO_LARGE, UNREADABLE, read_text
from zjrules.span import Source, Span

try:
    import docx
    import pypdf
    from docx.table import Table
except ImportError:  # they come with the extra `office`
    INSTALLED = False
else:
    INSTALLED = True

BROKEN = Code("ZJ5095", "document-unreadable")
NOT_INSTALLED = Code("ZJ5096", "office-not-installed")
NOT_READ = Code("ZJ5097", "workbook-not-read")

TEXTS, PAPERS, WORKBOOKS = (".txt", ".md"), (".docx", ".pdf"), (".xlsx", ".xls")


def report_text(path: Path) -> tuple[Source | None, Diagnostics]:
    """Read a report: .txt and .md as they are, the paragraphs and cells of .docx in order, the text layer of .pdf."""
    name, suffix = path.as_posix(), path.suffix.lower()
    if suffix not in PAPERS:
        return read_text(path)
    here = (Label(Span(Source(name, ""), 0, 0)),)
    if not INSTALLED:
        help_ = "pip install 'zjrules[office]'；或另存为 .txt"
        return None, (Diagnostic(NOT_INSTALLED, f"读「{name}」要装 office 这一组", here, help_),)
    try:
        if path.stat().st_size > MAX_BYTES:
            return None, (Diagnostic(TOO_LARGE, f"「{name}」超过 {MAX_BYTES // 1_000_000} MB", here, "分成几份"),)
        lines = list(_word(path) if suffix == ".docx" else _pdf(path))
    except FileNotFoundError:
        return None, (Diagnostic(UNREADABLE, f"读不了「{name}」：没有这个文件", here, "核对路径"),)
    except Exception as error:  # noqa: BLE001 - what a broken document raises is not known beforehand
        message = f"「{name}」读不出来：不是完好的 {suffix} 文件（{type(error).__name__}）"
        return None, (Diagnostic(BROKEN, message, here, "用原来的程序打开、另存一份；有密码的先去掉密码"),)
    return Source(name, "\n".join(lines)), ()


def _word(path: Path) -> Iterator[str]:
    """Yield the paragraphs and the table rows of a document in order; a merged cell comes once."""
    for block in docx.Document(str(path)).iter_inner_content():
        if isinstance(block, Table):
            yield from _cells(block)
        else:
            yield from block.text.splitlines()


def _cells(table: Table) -> Iterator[str]:
    """Yield the rows of a table, a line each where its cells hold one paragraph, else a line for every paragraph."""
    seen: set[object] = set()
    for row in table.rows:
        own = {cell._tc: cell for cell in row.cells if cell._tc not in seen}
        seen.update(own)
        cells = [cell.text.splitlines() for cell in own.values()]
        if all(len(lines) <= 1 for lines in cells):
            yield "\t".join(line for lines in cells for line in lines)
        else:
            yield from (line for lines in cells for line in lines)


def _pdf(path: Path) -> Iterator[str]:
    for page in pypdf.PdfReader(path).pages:
        yield from page.extract_text().splitlines()


def data_table(path: Path) -> tuple[RawFacts | None, Diagnostics]:
    """Read a data table (数据表) workbook: not read yet, and told so."""
    return None, (_not_read(path, "数据表", "先用 zjrules new 写成 .yaml 的事实文件"),)


def score_table(path: Path) -> tuple[ScoreTable | None, Diagnostics]:
    """Read a score table (评分表) workbook: not read yet, and told so."""
    return None, (_not_read(path, "评分表", "得分先写在事实文件的「自评:」下面"),)


def _not_read(path: Path, what: str, help_: str) -> Diagnostic:
    here = (Label(Span(Source(path.as_posix(), ""), 0, 0)),)
    return Diagnostic(NOT_READ, f"「{path.as_posix()}」是表格，还不能从表格里读{what}", here, help_)
