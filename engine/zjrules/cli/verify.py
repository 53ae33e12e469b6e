"""zjrules verify: a certificate, derived again and compared with the rules and the facts."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from zjrules import verifier
from zjrules.appraisal import Outcome
from zjrules.bookshelf import dated
from zjrules.certificate import document
from zjrules.cli import pages, say, signing
from zjrules.cli.certifying import certified, digest_of
from zjrules.cli.corrections import corrected, malformed
from zjrules.cli.outcome import among, spread
from zjrules.diag import Code, Diagnostic
from zjrules.project import load, rule_digests
from zjrules.ruleset import RuleSet

REFUSED = Code("ZJ6030", "certificate-refused")
OTHER_FILE = Code("ZJ6031", "certificate-of-other-files")
OTHER_STEPS = Code("ZJ6032", "certificate-not-of-the-rules")


@click.command(cls=pages.Command, short_help="核对评分凭证：每一步重算，和规则、事实对照")
@click.argument("path", metavar="凭证.json", type=click.Path(path_type=Path))
@click.option("--rules", "rules", metavar="RULES", help="和这本规则对照：文件摘要、核式；再有 --facts，逐步对照")
@click.option(
    "--facts", "facts", multiple=True, metavar="FACTS", type=click.Path(path_type=Path), help="和这些事实文件对照"
)
@pages.all_units
@pages.sum_up
@click.option(
    "--key", "key", metavar="公钥.pem", type=click.Path(path_type=Path, dir_okay=False),
    help="签名要是用这把钥匙签的；公钥文件向签的单位要",
)  # fmt: skip
@click.option(
    "--corrects", "older", multiple=True, metavar="旧凭证.json", type=click.Path(path_type=Path, dir_okay=False),
    help="这份凭证更正的那一份，再旧的也可以一起给：核对一份接一份，列出得分怎么改的",
)  # fmt: skip
@pages.mapping
@pages.no_cache
def command(
    path: Path,
    rules: str | None,
    facts: tuple[Path, ...],
    whole: Path | None,
    under: Path | None,
    mapping: Path | None,
    key: Path | None,
    older: tuple[Path, ...],
) -> int:
    """核对评分凭证：照里面的核式（规则）由事实重算每一步，核对摘要、得分、总分和等级。

    核对器是一个独立的文件（zjrules/verifier.py），只用 Python 自带的库，可以拷走单独运行。
    有规则时，再看核式是不是这本规则的；有事实文件时，再看凭证是不是由它们得来：名称、依据、出处都在内。

    \b
    zjrules verify 凭证.json
    zjrules verify 凭证.json --rules zhanjiang/2025 --facts 某局.yaml
    zjrules verify 凭证.json --key 公钥.pem --corrects 旧凭证.json

    退出码：0 成立；1 不成立；2 读不了；3 用法不对。
    """
    if (whole or under or mapping) and not facts:
        raise click.UsageError("--全体、--汇总、--map 要和 --facts 一起用")
    code, message, data = _checked(path)
    if code:
        return code
    stated = json.loads(data)
    chain, broken = corrected(stated, path, older)
    seal, wrong = signing.said(stated, path, key)
    found = [*wrong, *broken] or _against(stated["凭证"], rules, facts, whole, under, mapping)
    if found:
        say.diagnostics(found, say.console(sys.stderr))
        unread = any(d.code.number in signing.UNUSABLE or d.code.number[2] in "12" for d in found)
        return 2 if unread else 1
    compared = "和规则、事实逐步相符" if facts else "和规则文件、核式相符"
    lines = [message, *seal, *chain, compared if facts or rules else "没有和规则、事实对照：加 --rules 和 --facts"]
    click.echo("\n".join(lines))
    return 0


def _checked(path: Path) -> tuple[int, str, bytes]:
    """Let the checker speak of a file; what it refuses is said here."""
    try:
        with path.open("rb") as file:
            data = file.read(verifier.MOST_BYTES + 1)
    except OSError as error:
        click.echo(f"读不了「{path}」：{error.strerror}", err=True)
        return 2, "", b""
    code, message = verifier.verdict(data)
    why = malformed(json.loads(data)["凭证"]) if code == 0 else ""
    code, message = (1, why) if why else (code, message)
    if code == 1:
        say.diagnostics([Diagnostic(REFUSED, f"凭证{message}")], say.console(sys.stderr))
    elif code:
        click.echo(f"读不了「{path}」：{message}", err=True)
    return code, message, data


def _against(
    body: dict[str, Any],
    rules: str | None,
    facts: tuple[Path, ...],
    whole: Path | None,
    under: Path | None,
    mapping: Path | None,
) -> list[Diagnostic]:
    """Return how a certificate differs from what the rules and facts at hand give."""
    name = rules or (body["规则"]["编号"] if facts else None)
    if name is None:
        return []
    loaded, found = load(name)
    if loaded is None:
        return list(found)
    differing = _files("规则", body["规则"]["文件"], rule_digests(loaded))
    differing = _editions(body, loaded, differing) or _kernel(body, loaded)
    if differing or not facts:
        return differing
    own = [*facts, *(spread((under,)) if under else ())]
    missing = next((p for p in own if not p.is_file()), None)
    if missing is not None:
        raise click.UsageError(f"没有事实文件「{missing}」")
    differing = _files("事实", body["事实文件"], {p.name: digest_of(p) for p in own})
    if differing:
        return differing
    (one,) = among(facts[0], facts[1:], (name,), whole, under, mapping)
    return _steps(body, (one.scored, one.found), own)


def _editions(body: dict[str, Any], rules: RuleSet, differing: list[Diagnostic]) -> list[Diagnostic]:
    """Return how the files differ; where a certificate is of another edition, that says why."""
    stated = body["规则"].get("版")
    number = stated.get("号") if isinstance(stated, dict) else None
    if not differing or rules.edition is None or not isinstance(number, int) or number == rules.edition.number:
        return differing
    message = f"凭证是第 {number} 版的，现在是{rules.edition}：{differing[0].message}"
    help_ = f"照第 {number} 版核对：--rules {dated(rules.id)[0]}@{number}；要按新的一版，重新出凭证"
    return [Diagnostic(OTHER_FILE, message, (), help_)]


def _kernel(body: dict[str, Any], rules: RuleSet) -> list[Diagnostic]:
    own = document.kernel_of(rules.program).record
    return _differing("凭证的核式不是这本规则的", own, body["核式"])


def _files(kind: str, stated: Sequence[dict[str, str]], real: dict[str, str]) -> list[Diagnostic]:
    said = {f["名"]: f["sha256"] for f in stated}
    names = [n for n in {**said, **real} if said.get(n) != real.get(n)]
    if not names:
        return []
    message = f"凭证用的{kind}文件和手边的不同：{'、'.join(names)}"
    return [Diagnostic(OTHER_FILE, message, (), "核对是不是同一版的文件；改过文件，就重新出凭证")]


def _steps(body: dict[str, Any], outcome: Outcome, files: Sequence[Path]) -> list[Diagnostic]:
    scored, said = outcome
    if scored is None:
        return said
    own = certified(scored, files, body["更正"], body["引擎"])["凭证"]
    own["规则"]["编号"] = body["规则"]["编号"]  # the files are the same, by whatever name or folder they were found
    return _differing("凭证不是由这些规则和事实得来的", own, body)


def _differing(what: str, own: dict[str, Any], stated: dict[str, Any]) -> list[Diagnostic]:
    if own == stated:
        return []
    where = next(key for key in (*own, *stated) if own.get(key) != stated.get(key))
    message = f"{what}：「{where}」不同{_first(own.get(where), stated.get(where))}"
    return [Diagnostic(OTHER_STEPS, message, (), "用 zjrules check … --certificate 重新出一份，两份对照着看")]


def _first(own: Any, stated: Any) -> str:
    """Say the first entry of a list that differs."""
    if not isinstance(own, list) or not isinstance(stated, list):
        return ""
    pairs = zip(own, stated, strict=False)
    place = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(own), len(stated)))
    return f"，从第 {place} 项起"
