"""The documents that a command is given, told apart by what they are: the report, the data table, the score table."""

from __future__ import annotations

from pathlib import Path

import click
from attrs import define, field

from zjrules.diag import Diagnostic, Diagnostics
from zjrules.inout.documents import PAPERS, TEXTS, report_text
from zjrules.inout.workbook.cells import Grid
from zjrules.inout.workbook.tables import only_scores
from zjrules.project import FACT_FILES, Handed, read_facts, shown
from zjrules.span import Source

REPORT, DATA, SCORES = "自评报告", "数据表", "评分表"


@define
class Given:
    """The documents by what they are, and what was said while they were read."""

    report: Source | None = None
    data: Handed | None = None
    scores: Grid | None = None
    found: list[Diagnostic] = field(factory=list)
    kinds: list[str] = field(factory=list)

    def read(self, path: Path) -> None:
        """Read one document; a workbook is told by its headings, anything else by its name."""
        suffix = path.suffix.lower()
        problems: Diagnostics
        if suffix in FACT_FILES:
            handed, problems = read_facts(path)
            if handed is not None and handed.books and only_scores(handed.books[0][0]):
                self.kinds.append(SCORES)
                self.scores = handed.books[0][0]
            else:
                self.kinds.append(DATA)
                self.data = handed
        elif suffix in (*TEXTS, *PAPERS):
            self.kinds.append(REPORT)
            self.report, problems = report_text(path, shown(path))
        else:
            message = f"「{path}」认不出是什么：报告用 .docx、.pdf、.txt，数据表用 .xlsx、.yaml，评分表用 .xlsx"
            raise click.UsageError(message)
        self.found += problems

    def one_of_each(self) -> None:
        """Refuse two documents of one kind."""
        if len(set(self.kinds)) < len(self.kinds):
            raise click.UsageError(f"有两份{next(k for k in self.kinds if self.kinds.count(k) > 1)}，每样只给一份")
