"""zjrules lint: what the checker lets pass and an experienced reader would not."""

from __future__ import annotations

import difflib
import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import click
from attrs import frozen
from rich.console import Console
from rich.text import Text

from zjrules.cli import pages, say
from zjrules.diag import Diagnostic, Diagnostics, Severity
from zjrules.inout.text import write_text
from zjrules.lint import github, junit, record, sarif
from zjrules.lint.discover import codes
from zjrules.linted import Linted, Mended, everything, linted, looked_through, mended, named
from zjrules.span import Source
from zjrules.spelling import nearest

FORMS = ("text", "json", "sarif", "junit", "github")
_COLOUR = {"+": "green", "-": "red", "@": "cyan"}


@frozen
class Asked:
    """Which codes to look for."""

    only: tuple[str, ...]
    without: tuple[str, ...]

    def keeps(self, found: Diagnostic) -> bool:
        """Return whether something that the checker said is shown: errors always."""
        names = {found.code.number, found.code.name}
        return found.is_error or ((not self.only or bool(names & {*self.only})) and not names & {*self.without})


@click.command(cls=pages.Command, short_help="查规则写得有没有毛病，能改的替你改")
@click.argument("names", nargs=-1, metavar="[RULES…]")
@click.option("--fix", "fix", is_flag=True, help="改好意思不变的，写回文件")
@click.option("--unsafe-fix", "unsafe", is_flag=True, help="连意思可能会变的也改；改了以后要看一遍")
@click.option("--diff", "diff", is_flag=True, help="只列出要改的行，不写文件")
@click.option("--select", "only", multiple=True, metavar="CODES", help="只查这些代码，逗号分开")
@click.option("--ignore", "without", multiple=True, metavar="CODES", help="不查这些代码，逗号分开")
@click.option("--format", "form", type=click.Choice(FORMS), default="text", help="输出格式，默认 text")
def command(
    names: tuple[str, ...],
    fix: bool,
    unsafe: bool,
    diff: bool,
    only: tuple[str, ...],
    without: tuple[str, ...],
    form: str,
) -> int:
    """查规则写得有没有毛病：分档的缺口、没有用到的事实、不要佐证的不适用、写反的成本指标……

    RULES 是规则集编号或目录，不写就是找得到的全部（标准的词、合用的事实也查）。查规则时的错误和警告一起列出。
    某一行确实不用改的，在那一行末尾或上面一行写「# 忽略 ZJ8026 理由」。

    \b
    zjrules lint zhanjiang/2025
    zjrules lint rules --format sarif > 发现.sarif
    zjrules lint 某市/2026 --fix
    zjrules lint 某市/2026 --unsafe-fix --diff

    退出码：0 没有发现；1 有发现（--diff 是有要改的）；2 规则读不了或有错误；3 用法不对。
    """
    asked = Asked(_codes(only), _codes(without))
    if (fix or unsafe or diff) and not names:
        raise click.UsageError("要改的写明是哪一本")
    if diff and form != "text":
        raise click.UsageError("--diff 只有 text 一种格式")
    wanted = named(names) if names else everything()
    results = []
    for name in say.watched(wanted, "查规则"):
        results.append(linted(name, asked.only, asked.without))
    if diff:
        return _diff(results, asked, unsafe)
    broken = False
    if fix or unsafe:
        results, broken = _write(results, asked, unsafe)
    _tell(results, asked, form)
    return 2 if broken else _exit_code(results, asked)


def _codes(given: Sequence[str]) -> tuple[str, ...]:
    known = codes()
    names = {c.name: number for number, c in known.items()}
    found = []
    for text in (t for each in given for t in re.split(r"[,，、\s]+", each) if t):
        number = names.get(text.lower(), text.upper())
        if number not in known:
            likely = nearest(number, known) or nearest(text, names)
            raise click.UsageError(f"没有「{text}」这一条{f'，是不是「{likely}」？' if likely else ''}")
        found.append(number)
    return tuple(found)


# ---------- mending ----------


def _diff(results: Sequence[Linted], asked: Asked, unsafe: bool) -> int:
    out = say.console()
    changed = 0
    for result in results:
        after = mended(result, unsafe, asked.only, asked.without)
        changed += len(after.fixes)
        for source in result.sources:
            old, new = source.text.splitlines(), after.texts[source.name].splitlines()
            for line in difflib.unified_diff(old, new, source.name, source.name, lineterm="", n=2):
                out.print(Text(line, _COLOUR.get(line[:1], "")), soft_wrap=True)
    _unread(results)
    say.console(sys.stderr).print(Text(f"{changed} 处可以改" if changed else "没有可以改的"))
    return 2 if _failed(results) else int(changed > 0)


def _write(results: Sequence[Linted], asked: Asked, unsafe: bool) -> tuple[list[Linted], bool]:
    """Mend files and return what is left in them, and whether one could not be written."""
    err = say.console(sys.stderr)
    left, broken = [], False
    for result in results:
        after = mended(result, unsafe, asked.only, asked.without)
        if not after.fixes:
            left.append(result)
            continue
        saved = [_save(source, after, err) for source in result.sources]
        done = all(saved)
        broken = broken or not done
        sources = tuple(Source(name, text) for name, text in after.texts.items())
        left.append(looked_through(result.id, sources, asked.only, asked.without) if done else result)
    return left, broken


def _save(source: Source, after: Mended, err: Console) -> bool:
    text = after.texts[source.name]
    if text == source.text:
        return True
    try:
        write_text(Path(source.name), text)
    except OSError as error:
        err.print(Text(f"写不了 {source.name}：{error.strerror}", "red"))
        return False
    here = sum(any(e.span.source.name == source.name for e in f.edits) for f in after.fixes)
    err.print(Text(f"已改  {source.name}  {here} 处"))
    return True


# ---------- telling ----------


def _all(result: Linted, asked: Asked) -> Diagnostics:
    return (*(d for d in result.told if asked.keeps(d)), *result.found)


def _tell(results: Sequence[Linted], asked: Asked, form: str) -> None:
    outcomes = [(r.id, _all(r, asked)) for r in results]
    engine = version("zjrules")
    match form:
        case "json":
            click.echo(json.dumps(record.document(outcomes, engine), ensure_ascii=False, indent=2))
        case "sarif":
            from zjrules.cli.help import entries

            click.echo(json.dumps(sarif.document(outcomes, engine, entries()), ensure_ascii=False, indent=2))
        case "junit":
            click.echo(junit.document(outcomes), nl=False)
        case "github":
            click.echo(github.document(outcomes), nl=False)
        case _:
            for _, found in outcomes:
                say.diagnostics(found, say.console())
            _sum_up(outcomes)


def _sum_up(outcomes: Sequence[record.Outcome]) -> None:
    found = [d for _, each in outcomes for d in each]
    counts = Counter(d.severity for d in found)
    parts = [f"{len(outcomes)} 本规则"]
    parts += [f"{counts[s]} 个{s.value}" for s in Severity if counts[s]] or ["没有发现"]
    safe = sum(d.fix is not None and d.fix.safe for d in found)
    unsafe = sum(d.fix is not None and not d.fix.safe for d in found)
    parts += [f"{safe} 处可用 --fix 改"] if safe else []
    parts += [f"{unsafe} 处可用 --unsafe-fix 改"] if unsafe else []
    say.console(sys.stderr).print(Text("，".join(parts)))


def _unread(results: Sequence[Linted]) -> None:
    for result in (r for r in results if r.book is None):
        say.diagnostics([d for d in result.told if d.is_error], say.console(sys.stderr))


def _failed(results: Sequence[Linted]) -> bool:
    return any(r.book is None for r in results)


def _exit_code(results: Sequence[Linted], asked: Asked) -> int:
    if _failed(results):
        return 2
    return int(any(_all(r, asked) for r in results))
