"""Work on uploads, done in a lane: files read and fitted, and scored again whenever a page tells of them."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Mapping, Sequence

from attrs import frozen

from zjrules import appraisal
from zjrules.appraisal import Prepared
from zjrules.bookshelf import NO_RULES, plain
from zjrules.diag import Diagnostic, Diagnostics
from zjrules.fact import Facts
from zjrules.project import Given, Scored, load, read_given, rule_sets
from zjrules.ruleset import RuleSet
from zjrules.spelling import nearest
from zjrules.web.failure import GONE, NO_PAGE, NOT_NOW, refused


@frozen
class Reading:
    """What was read of an upload for one rule set; facts is for the lanes alone."""

    rules: str
    unit: str
    facts: bytes
    files: Mapping[str, str]
    scored: bool


def known(name: str) -> tuple[RuleSet | None, Diagnostics]:
    """Load a rule set by its id alone: what is uploaded must not name places on this machine."""
    every = rule_sets()
    if plain(name) in every:
        return load(name)
    likely = nearest(name, every)
    help_ = f"是不是「{likely}」？" if likely else "在首页选规则，从那里传"
    return None, (Diagnostic(NO_RULES, f"没有叫「{name}」的规则集", (), help_),)


def rules_of(name: str) -> RuleSet:
    """Return a rule set that a page asks for by its id. Raises Refused where there is none, or it has mistakes."""
    if plain(name) not in rule_sets():
        raise refused(404, NO_PAGE, f"没有叫「{name[:40]}」的规则集", "回到首页，从那里选一本")
    found, problems = load(name)
    if found is None:
        count = sum(d.is_error for d in problems)
        raise refused(
            409, NOT_NOW, f"规则「{name}」自己有 {count} 个错误，现在不能用", f"请规则的作者运行 zjrules test {name}"
        )
    return found


def received(files: Sequence[Given], rules: str) -> list[Reading]:
    """Read a unit's files and fit them to a rule set, those that the files name where none is given."""
    handed, problems = read_given(files)
    digests = {f.name: hashlib.sha256(f.data).hexdigest() for f in files}
    fitted = appraisal.ready(handed, problems, (rules,) if rules else (), known)
    said = handed.raw.head.get("单位") if handed is not None else None
    name = said.text if said is not None and said.text else files[0].name
    return [_reading(each, digests, name, rules) for each in fitted]


def _reading(each: Prepared, digests: Mapping[str, str], name: str, asked: str) -> Reading:
    """Return what was read; the rule set that was asked for is kept even if nothing could be fitted to it."""
    rules = each.rules
    facts = pickle.dumps((rules.id if rules else "", rules.digest if rules else "", each.facts, each.found))
    unit = each.facts.unit if each.facts is not None else name
    return Reading(rules.id if rules else asked, unit, facts, digests, each.facts is not None)


@frozen
class Outcome:
    """An upload as it is now: scored, or only with what was found of it."""

    scored: Scored | None
    found: list[Diagnostic]
    rules: RuleSet | None


def outcome(data: bytes) -> Outcome:
    """Score an upload. Raises Refused when its rule set was changed since."""
    name, digest, facts, found = pickle.loads(data)  # noqa: S301 - made by _reading, and never out of this program's memory
    if not name:
        return Outcome(None, found, None)
    rules = rules_of(name)
    if rules.digest != digest:
        raise refused(409, GONE, "规则在这期间改过了", "再传一次，按现在的规则算")
    assert facts is None or isinstance(facts, Facts)
    scored, said = appraisal.outcomes([Prepared(rules, facts, found)], whole=False)[0]
    return Outcome(scored, said, rules)


def scored(data: bytes) -> tuple[Scored, list[Diagnostic]]:
    """Score an upload that can be scored. Raises Refused where it cannot."""
    found = outcome(data)
    if found.scored is None:
        raise refused(409, NOT_NOW, "这份数据还不能算分", "先照「得分和发现」里说的改好，再传一次")
    return found.scored, found.found
