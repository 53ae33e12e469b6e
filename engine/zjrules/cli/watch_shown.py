"""What ``zjrules check --watch`` shows of a run: in place on a terminal, block after block where it is piped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from attrs import define, frozen
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.live import Live
from rich.segment import Segment
from rich.text import Text

from zjrules.appraisal import Outcome
from zjrules.cli import say, table
from zjrules.diag import Diagnostic, Severity
from zjrules.explain.lines import score_text
from zjrules.explain.moved import GRADE, TOTAL, Standing, moves, standing
from zjrules.project import Scored
from zjrules.span import visible
from zjrules.trace import Trace

MOST_MOVED, MOST_FOUND = 12, 6
"""Lines of what moved, and of findings, that the screen has above the table."""
Before = Mapping[tuple[str, str], Standing]
"""The scores of the last run of every unit, by its name and its rule set."""


@frozen
class Run:
    """One run: which it was, when it was done, what came out, and what the scores were before."""

    number: int
    at: datetime
    found: Sequence[Outcome]
    before: Before

    @property
    def title(self) -> Text:
        """Which run it was, and when."""
        return Text(f"第 {self.number} 次，{self.at:%H:%M:%S}", "bold")

    def of(self, scored: Scored) -> Standing:
        """Return what a unit's scores were; nothing where it is seen for the first time."""
        return self.before.get(key(scored), {})


def key(scored: Scored) -> tuple[str, str]:
    """Return what a unit is known by from run to run."""
    return scored.facts.unit, scored.rules.id


def traces_of(scored: Scored) -> list[Trace]:
    """Return a unit's traces by their readings."""
    return [t for t in (scored.claimed, scored.proved, scored.reviewed) if t is not None]


def now(scored: Scored) -> Standing:
    """Return what a unit's scores are."""
    return standing(traces_of(scored))


def moved(run: Run, scored: Scored) -> list[Text]:
    """Return what moved, one line for each indicator, the total and the grade."""
    lines = []
    for name, by in moves(run.of(scored), traces_of(scored)):
        line = Text(f"  {visible(name)}  ")
        # Evidence or not, most moves are the same: they are said once.
        same = len(by) > 1 and len(set(map(str, by.values()))) == 1
        for reading, one in list(by.items())[: 1 if same else None]:
            line.append("" if same else f"{reading} ").append(table.moved(one)).append("  ")
        line.rstrip()
        lines.append(line)
    return lines


def _last(run: Run, found: Sequence[Diagnostic]) -> list[Text]:
    """Return what is said where a unit could not be scored: why, and what the scores were before."""
    lines = [Text("这一次没有算成", "bold red"), *(line for d in found for line in (*say.render(d), Text()))]
    for (unit, _), was in run.before.items():
        lines.append(Text(f"上一次：{visible(unit)} 总分 {score_text(was[TOTAL][0])}，等级 {was[GRADE][0]}", "dim"))
    return lines


def _head(run: Run, scored: Scored, found: Sequence[Diagnostic]) -> list[Text]:
    counts = [sum(d.severity is s for d in found) for s in Severity]
    return [
        Text(f"{visible(scored.facts.unit)}    {scored.rules.title}", "bold"),
        table.summary(scored, *counts),
        *_change(run, scored),
    ]


def _change(run: Run, scored: Scored) -> list[Text]:
    if not run.of(scored):
        return []
    lines = moved(run, scored)
    return [Text(f"变动 {len(lines)} 处" if lines else "得分没有变动", "bold"), *lines]


@frozen
class Plain:
    """Prints a block for every run."""

    out: Console

    def show(self, run: Run) -> None:
        """Print what came out: the whole table the first time, later what moved; and all findings."""
        self.out.print(run.title)
        for scored, found in run.found:
            if scored is None:
                say.block(_last(run, found), self.out)
                continue
            say.block(_head(run, scored, found), self.out)
            if not run.of(scored):
                table.scores(scored, self.out)
            say.diagnostics(found, self.out)
        self.out.print()
        self.out.file.flush()


@frozen
class View:
    """A run on the screen: what matters first, since a small one has no room for the rest."""

    run: Run

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        height = options.height or console.height
        lines = [
            line for part in self._parts(options.max_width) for line in console.render_lines(part, options, pad=False)
        ]
        if len(lines) > height:
            tail = Text(f"… 还有 {len(lines) - height + 1} 行，窗口高些就看得到", "dim")
            lines = [*lines[: height - 1], *console.render_lines(tail, options, pad=False)[:1]]
        for number, line in enumerate(lines):
            yield from line
            if number < len(lines) - 1:
                yield Segment.line()

    def _parts(self, width: int) -> Iterator[RenderableType]:
        yield Text.assemble(self.run.title, ("  Ctrl-C 结束", "dim"))
        for scored, found in self.run.found:
            if scored is None:
                yield from _last(self.run, found)
                continue
            head = _head(self.run, scored, found)
            yield from _at_most(head, 3 + MOST_MOVED)
            yield from _at_most([say.render(d)[0] for d in found], MOST_FOUND)
            # Both scores side by side would push the last columns off a narrow screen; the lines above say what moved.
            before = self.run.of(scored) if width >= table.WIDE else table.NOTHING_BEFORE
            yield table.score_table(scored, wide=False, before=before)


def _at_most(lines: Sequence[Text], most: int) -> Sequence[Text]:
    return lines if len(lines) <= most else [*lines[: most - 1], Text(f"  … 还有 {len(lines) - most + 1} 行", "dim")]


@define
class Screen:
    """Shows every run in the place of the last, on the terminal's other screen: what was there before comes back in the end."""

    out: Console
    live: Live
    size: tuple[int, int]
    last: Run | None = None

    @classmethod
    @contextmanager
    def opened(cls, out: Console) -> Iterator[Screen]:
        """Yield the screen; in the end the last run is printed on the terminal itself."""
        screen = None
        try:
            with Live(
                console=out, screen=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
            ) as live:
                screen = cls(out, live, out.size)
                yield screen
        finally:
            if screen is not None and screen.last is not None:
                Plain(out).show(screen.last)

    def show(self, run: Run) -> None:
        """Show a run."""
        self.last = run
        self.live.update(View(run), refresh=True)

    def fit(self) -> None:
        """Show it anew where the window has another size now."""
        if self.out.size != self.size:
            self.size = self.out.size
            self.live.refresh()
