"""zjrules migrate: fact files for rules in which things have other names."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from attrs import evolve, frozen
from rich.console import Console

from zjrules import build
from zjrules.bookshelf import dated, gathered, load, shown
from zjrules.cli import pages, say
from zjrules.cli.outcome import spread
from zjrules.cli.writing import save
from zjrules.diag import Code, Diagnostic, Label, has_errors
from zjrules.fact import Schema
from zjrules.inout import factfile
from zjrules.inout.text import read_text
from zjrules.migrate import Renames, migrated, renames
from zjrules.project import TEXTS, Handed, fitted, rules_said
from zjrules.ruleset import RuleSet
from zjrules.span import Source, Span

NOT_TEXT = Code("ZJ5140", "cannot-migrate")


@frozen
class Job:
    """The rules that facts are to be written for, what is called otherwise in them, and where files go."""

    rules: RuleSet
    names: Renames
    old: str
    new: str
    asked_before: Schema | None
    """What the old rules ask for, where they can be read."""
    folder: Path | None
    in_place: bool
    force: bool


@click.command(cls=pages.Command, short_help="事实文件换成改名以后的规则：只换名称，值和注释一字不动")
@click.argument("files", nargs=-1, required=True, metavar="FACTS…", type=click.Path(path_type=Path))
@click.option("--to", "new", required=True, metavar="RULES", help="换成哪一本规则，如 zhanjiang/2026")
@click.option("--from", "old", metavar="RULES", help="原来按哪一本填的，默认看文件里的「规则:」")
@click.option(
    "--rename",
    "pairs",
    multiple=True,
    metavar="旧=新",
    help="另有改名的事实、明细，可以写几次；沿用的规则里的更名不用写",
)
@click.option("-o", "folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), help="写到这个目录")
@click.option("--in-place", is_flag=True, help="就改原来的文件")
@click.option("--force", is_flag=True, help="那里已有文件也覆盖")
@pages.no_cache
def command(
    files: tuple[Path, ...],
    new: str,
    old: str | None,
    pairs: tuple[str, ...],
    folder: Path | None,
    in_place: bool,
    force: bool,
) -> int:
    """把事实文件换成另一本规则的：事实、明细、列、指标改过名的换成新名称，「规则」「评价年度」跟着换，别的一字不动。

    改名看新规则里「更名」的条文（新规则沿用旧规则的时候）和 --rename。换不过去的、新规则另要的，都列出来。
    不写 -o 也不写 --in-place，只列出来，不写文件。工作簿请用 zjrules template 做一份新的，再填。

    \b
    zjrules migrate 某局.yaml --to 某市/2026 -o 新的
    zjrules migrate 全市 --to 某市/2026 --in-place
    zjrules migrate 某局.yaml --to 某市/2027 --rename 年初预算数=年初批复数

    退出码：0 都换过去了；1 有换不过去的，或缺新要的；2 文件或规则读不了；3 用法不对。
    """
    if folder is not None and in_place:
        raise click.UsageError("-o 和 --in-place 只写一个")
    extra = _pairs(pairs)
    worst = 0
    out = say.console()
    jobs: dict[str, Job | None] = {}
    for path in spread(files):
        source, problems = _text(path)
        document, wrong = factfile.facts(source) if source is not None else (None, ())
        if source is None or document is None or has_errors((*problems, *wrong)):
            say.diagnostics((*problems, *wrong), say.console(sys.stderr))
            worst = 2
            continue
        said = old or next(iter(rules_said(Handed(shown(path), document.raw, None, ""))), "")
        if said not in jobs:
            jobs[said] = _job(said, new, extra, folder, in_place, force)
        job = jobs[said]
        worst = max(worst, _one(path, source, document, job, out) if job is not None else 2)
    return worst


def _pairs(pairs: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        old, sign, new = pair.partition("=")
        if not sign or not old.strip() or not new.strip():
            raise click.UsageError(f"--rename 写成 旧=新，「{pair}」不是")
        found[old.strip()] = new.strip()
    return found


def _text(path: Path) -> tuple[Source | None, tuple[Diagnostic, ...]]:
    if path.suffix.lower() in TEXTS:
        return read_text(path, shown(path))
    place = (Label(Span(Source(shown(path), ""), 0, 0)),)
    help_ = "用 zjrules template 按新规则做一份，把数填过去"
    return None, (Diagnostic(NOT_TEXT, f"「{shown(path)}」不是 YAML，不能换名称", place, help_),)


def _job(old: str, new: str, extra: dict[str, str], folder: Path | None, in_place: bool, force: bool) -> Job | None:
    """Read the new rules and find what is called otherwise in them; None with a message where they cannot be read."""
    rules, problems = load(new)
    texts, _ = gathered(new)
    if rules is None or texts is None:
        say.diagnostics(problems, say.console(sys.stderr))
        return None
    book = None
    if texts.bases:
        built, _ = build.build(texts.own, texts.std, texts.spare, texts.bases, texts.as_of)
        book = built.book if built is not None else None
    found = renames(old, texts, book) if book is not None else None
    if found is None and not extra and old not in (new, ""):
        click.echo(
            f"「{dated(new)[0]}」不是沿用「{old}」的，不知道什么改了名：只换规则的编号；有改名的写 --rename 旧=新",
            err=True,
        )
    names = found or Renames()
    names = evolve(names, facts={**names.facts, **extra})
    before, _ = load(old) if old else (None, ())
    schema = before.program.schema if before is not None else None
    return Job(rules, names, old, new, schema, folder, in_place, force)


def _one(path: Path, source: Source, document: factfile.Document, job: Job, out: Console) -> int:
    """Migrate a file, say what could not be and what is newly asked, and write it."""
    text, count = migrated(document, source, job.names, job.old, job.new, job.rules.program.book.year)
    after, problems = factfile.facts(Source(source.name, text))
    assert after is not None, "only names were written anew"
    _, fits = fitted(Handed(shown(path), after.raw, None, ""), job.rules)
    left = [d for d in (*problems, *fits) if d.is_error]
    asked = _newly_asked(job)
    click.echo(f"{shown(path)}：换了 {count} 个名称" + (f"，{len(left)} 处换不过去" if left else ""))
    say.diagnostics(left, out)
    if asked:
        click.echo(f"  新规则另要 {len(asked)} 项：{'、'.join(asked)}")
    if job.folder is not None:
        job.folder.mkdir(parents=True, exist_ok=True)
        if save(job.folder / path.name, text.encode(), job.force):
            return 2
    elif job.in_place and text != source.text and save(path, text.encode(), force=True):
        return 2
    return int(bool(left or asked))


def _newly_asked(job: Job) -> list[str]:
    """Return the facts and ledgers that the new rules ask for and the old ones did not, by their new names."""
    if job.asked_before is None:
        return []
    known = {job.names.facts.get(n, n) for n in (*job.asked_before.facts, *job.asked_before.ledgers)}
    schema = job.rules.program.schema
    return [n for n in (*schema.facts, *schema.ledgers) if n not in known]
