"""``zjrules check --watch``: a unit scored again at every save of what its scores are made of."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from attrs import define, field, frozen

from zjrules.bookshelf import files_of, load, places
from zjrules.cli import machine, say
from zjrules.cli.outcome import exit_code, outcomes, spread
from zjrules.cli.watch_shown import Plain, Run, Screen, key, now
from zjrules.diag import Diagnostics
from zjrules.explain.moved import Standing
from zjrules.inout.watch import Eye
from zjrules.ruleset import RuleSet


@frozen
class Asked:
    """The options of the command."""

    files: tuple[Path, ...]
    rules: tuple[str, ...]
    further: tuple[Path, ...]
    form: str
    whole: bool
    under: Path | None
    mapping: Path | None


@define
class Watch:
    """What is watched, and how the last run came out; rules are the places of the rule sets that it used."""

    asked: Asked
    rules: list[Path] = field(factory=list)
    before: dict[tuple[str, str], Standing] = field(factory=dict)
    """The last scores of every unit, by its name and the rule set."""
    number: int = 0

    def paths(self) -> Iterator[Path]:
        """Yield every file that the scores are made of."""
        asked = self.asked
        given = (*asked.files, *asked.further, *((asked.under,) if asked.under is not None else ()))
        yield from spread(given)
        if asked.mapping is not None:
            yield asked.mapping
        for place in self.rules:
            yield from files_of(place)

    def run(self) -> Run:
        """Score once."""
        asked, names = self.asked, dict[str, None]()

        def loading(name: str) -> tuple[RuleSet | None, Diagnostics]:
            names[name] = None
            return load(name)

        with say.hushed():
            found = outcomes(asked.files, asked.further, asked.rules, asked.whole, asked.under, asked.mapping, loading)
        # Where the facts cannot be read it is not known which rules they are scored by: those of before.
        self.rules = list({p: None for name in names for p in places(name)}) or self.rules
        self.number += 1
        made = Run(self.number, datetime.now().astimezone(), found, dict(self.before))
        self.before |= {key(scored): now(scored) for scored, _ in found if scored is not None}
        return made


def run(asked: Asked) -> int:
    """Score at every save until the user ends it; return the exit code of the last run."""
    watch = Watch(asked)
    eye = Eye(watch.paths)
    code: int | None = None
    with _ended_politely(), _shown(asked.form) as (show, tick):
        try:
            while True:
                seen = eye.look()
                made = watch.run()
                # Which rules are used is known only now; what was saved meanwhile is another than what was seen before.
                used = set(watch.paths())
                seen = {path: digest for path, digest in {**eye.look(), **seen}.items() if path in used}
                code = max(exit_code(*one) for one in made.found)
                show(made)
                eye.changed(seen, tick)
        except KeyboardInterrupt:
            if code is None:
                raise
            return code


Show = Callable[[Run], None]


@contextmanager
def _shown(form: str) -> Iterator[tuple[Show, Callable[[], object]]]:
    """Yield what shows a run, and what is called while nothing happens."""
    out = say.console()
    if form == "json":
        yield lambda made: click.echo(machine.checked(made.found, indent=None)), lambda: None
    elif out.is_terminal and not out.is_dumb_terminal:
        with Screen.opened(out) as screen:
            yield screen.show, screen.fit
    else:
        yield Plain(out).show, lambda: None


@contextmanager
def _ended_politely() -> Iterator[None]:
    """Let a plain kill end as Ctrl-C does, so that the terminal is left as it was."""

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
