"""Work on a fact file: scored as check does, and what is made of a unit that can be scored."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from attrs import frozen

from zjrules import appraisal
from zjrules.appraisal import Outcome
from zjrules.bookshelf import plain as undated
from zjrules.diag import Diagnostic
from zjrules.explain import record
from zjrules.project import Given, Scored, read_given, rule_sets
from zjrules.web.api import body
from zjrules.web.failure import BAD_QUERY, NO_PAGE, NOT_USABLE, Refused, Told, refused
from zjrules.web.scoring import known

Params = Mapping[str, tuple[str, ...]]


@frozen
class One:
    """A unit that was scored by one rule set, what was found of it, and the digests of its file by name."""

    scored: Scored
    found: Sequence[Diagnostic]
    files: Mapping[str, str]


def outcomes(given: Given, params: Params) -> list[Outcome]:
    """Score a fact file by the rule set that is asked for, else by those that it names. Raises Refused where it is none."""
    names = params.get("rules", ())
    for name in names:
        if undated(name) not in rule_sets():
            raise refused(404, NO_PAGE, f"没有叫「{name[:40]}」的规则集", "")
    handed, problems = read_given([body.plain(given)])
    if handed is None:
        raise unusable("正文不是一份能用的事实文件", problems)
    ready = appraisal.ready(handed, problems, names, known)
    if all(each.rules is None for each in ready):
        raise unusable("不知道按哪一本规则算，或它现在不能用", [d for each in ready for d in each.found])
    return appraisal.outcomes(ready, whole=False)


def one(given: Given, params: Params) -> One:
    """Score a fact file by one rule set. Raises Refused where it cannot be scored, or names several."""
    found = outcomes(given, params)
    if len(found) > 1:
        help_ = "加查询参数 rules，指明按哪一本"
        raise refused(400, BAD_QUERY, "事实文件写了几本规则，这里一次只按一本", help_)
    scored, said = found[0]
    if scored is None:
        raise unusable("这份事实还不能算分", said)
    return One(scored, said, {given.name: hashlib.sha256(given.data).hexdigest()})


def unusable(why: str, found: Sequence[Diagnostic]) -> Refused:
    """Return what ends a request whose facts cannot be used, with what was found of them."""
    said = tuple(record.diagnostic(d) for d in found)
    return Refused(Told(422, NOT_USABLE, why, "照「发现」里说的改好，再来", said))
