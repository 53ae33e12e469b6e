"""Certificates that correct others: whether each names the one before it, and what that did to the score."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from zjrules import verifier
from zjrules.diag import Code, Diagnostic, Diagnostics, Label
from zjrules.explain import columns
from zjrules.explain.lines import score_text
from zjrules.span import Source, Span

NOT_CORRECTED = Code("ZJ6076", "certificate-not-corrected")

Body = dict[str, Any]


def corrected(document: Body, path: Path, older: Sequence[Path]) -> tuple[list[str], Diagnostics]:
    """Return the chain from a certificate to the ones that it corrects, in lines, and what does not belong to it."""
    links: dict[str, tuple[Path, Body]] = {}
    found: list[Diagnostic] = []
    for each in older:
        old, wrong = _read(each)
        found += wrong
        if old is not None:
            links[old["摘要"]["sha256"]] = each, old["凭证"]
    lines: list[str] = []
    body, name = document["凭证"], path
    while (digest := body["更正"]) in links:
        before, old = links.pop(digest)
        lines += [f"「{name}」更正「{before}」：{_change(old, body)}", f"  旧凭证成立，SHA-256 {digest}"]
        body, name = old, before
    if digest is not None:
        lines += [f"「{name}」更正的是另一份凭证，没有核对它：加 --corrects 旧凭证.json", f"  SHA-256 {digest}"]
    for each, _ in links.values():
        why = f"那里写的是 SHA-256 {digest}" if digest else "那里没有写更正哪一份"
        message = f"「{each}」不是「{name}」更正的那一份：{why}"
        found.append(_finding(each, message, "核对是不是选错了文件；出凭证时用 --corrects 写明更正哪一份"))
    return lines, tuple(found)


def _read(path: Path) -> tuple[Body | None, Diagnostics]:
    try:
        with path.open("rb") as file:
            data = file.read(verifier.MOST_BYTES + 1)
    except OSError as error:
        return None, (_finding(path, f"读不了旧凭证「{path}」：{error.strerror}", "核对路径"),)
    code, why = verifier.verdict(data)
    document: Body = json.loads(data) if code == 0 else {}
    why = f"{'' if code == 1 else '读不懂：'}{why}" if code else malformed(document["凭证"])
    if why:
        return None, (_finding(path, f"旧凭证「{path}」{why}", "找到当时出的那一份，不要用改过的"),)
    return document, ()


def _finding(path: Path, message: str, help_: str) -> Diagnostic:
    return Diagnostic(NOT_CORRECTED, message, (Label(Span(Source(path.as_posix(), ""), 0, 0)),), help_)


def malformed(body: Body) -> str:
    """Return what a body lacks of what stands in no step, '' for nothing: the checker looks at numbers alone."""
    files = [body.get("事实文件"), body["规则"].get("文件")]
    named = [body["规则"].get("编号"), body.get("引擎"), body.get("单位")]
    fine = all(isinstance(x, str) for x in named) and all(isinstance(x, list) for x in files)
    entries = [e for x in files if isinstance(x, list) for e in x]
    fine = fine and all(isinstance(e, dict) and isinstance(e.get("名"), str) and "sha256" in e for e in entries)
    digest = body.get("更正", "")
    return "" if fine and (digest is None or (isinstance(digest, str) and digest)) else "不成立：内容不合凭证的格式"


def _change(old: Body, new: Body) -> str:
    """Say what a correction did: the scores and grades before and after, and a unit or rules that are others."""
    said = []
    for before, after in zip(old["结论"], new["结论"], strict=False):
        grades = tuple(columns.span_of(r["等级"]) for r in (before, after))
        one, two = (_score(r["总分"]) for r in (before, after))
        moved = f"{one} → {two}" if one != two else f"{two} 不变"
        said.append(
            f"{after['读法']} {moved}" + (f"，等级 {grades[0]} → {grades[1]}" if grades[0] != grades[1] else "")
        )
    for name, before, after in (
        ("单位", old["单位"], new["单位"]), ("规则", old["规则"]["编号"], new["规则"]["编号"]),
    ):  # fmt: skip
        said += [f"{name}由「{before}」改成「{after}」"] if before != after else []
    return "；".join(said)


def _score(written: Any) -> str:
    if isinstance(written, dict) and "界" in written:
        return " 至 ".join("不限" if end is None else score_text(Fraction(end)) for end in written["界"][:2])
    return score_text(Fraction(written)) if isinstance(written, str) else "无法计算"
