"""The back of the document, generated from the rules: parameters, checks, facts, ledgers and words, with where each is used."""

from __future__ import annotations

from zjrules.page.markup import Html, Kid, anchor, el, joined
from zjrules.page.place import cited
from zjrules.reader.model import Check, Document, Fact, Param, Word
from zjrules.reader.readme import rendered
from zjrules.reader.texts import clause, items, names, scrolled
from zjrules.reader.uses import TOTAL

_FACTS = ("事实", "类型", "范围", "佐证", "用在")
_COLUMNS = ("列名", "类型", "范围", "说明", "佐证")


def params(doc: Document) -> Html:
    """Return the parameters."""
    rows = [_param(p) for p in doc.params]
    table = (
        [scrolled("参数", ("参数", "值", "依据", "用在"), rows, "params", titled=False)]
        if rows
        else [el("p", "没有参数。")]
    )
    return el("section", el("h2", f"参数 {len(rows)} 个"), *table, id="参数")


def _param(param: Param) -> Html:
    text = el("details", el("summary", "规则原文"), clause(param.clause))
    return el(
        "tr", el("th", param.name, scope="row"), el("td", param.value, class_="value"), el("td", param.basis, text),
        el("td", _used(param.used)), id=anchor("参数", param.name), data_row=True, data_find=f"参数 {param.name} {param.basis}",
    )  # fmt: skip


def _used(used: tuple[str, ...], checks: tuple[str, ...] = ()) -> Html:
    """Return the indicators that use a thing, the total, and the checks."""
    found: list[Kid] = [names("指标", [n for n in used if n != TOTAL])]
    if TOTAL in used:
        found += ["、" if len(used) > 1 else "", el("a", TOTAL, href="#%E6%80%BB%E8%AF%84")]
    if checks:
        listed = el("ul", *(el("li", names("勾稽", [t])) for t in checks))
        found.append(el("details", el("summary", f"勾稽 {len(checks)} 条"), listed))
    return joined(*found) if used or checks else joined(el("span", "没有用到", class_="origin"))


def checks(doc: Document) -> Html:
    """Return the cross-checks."""
    found = [_check(c) for c in doc.checks] or [el("p", "没有勾稽。")]
    return el("section", el("h2", f"勾稽 {len(doc.checks)} 条"), *found, id="勾稽")


def _check(check: Check) -> Html:
    name = anchor("勾稽", check.title)
    heading = el(
        "h3", el("span", check.severity, class_=f"badge {'grave' if check.severity == '错误' else 'mild'}"), " ",
        el("span", check.title, class_="name"), " ", cited(name, check.title),
    )  # fmt: skip
    should = f"应有 {check.should}" + (f"，容差 {check.tolerance}" if check.tolerance else "")
    said = [el("p", f"{f'当 {check.when} 时，' if check.when else ''}{should}", class_="line formula")]
    said += [el("p", check.note)] if check.note else []
    said += [items("依据", [check.basis])] if check.basis else []
    asked = [x for x in (names("事实", check.facts), names("明细", check.ledgers)) if x.text]
    said.append(el("p", "核对：", joined(*[y for x in asked for y in ("、", x)][1:]), class_="origin"))
    fold = el("details", el("summary", "规则原文"), clause(check.clause))
    find = f"勾稽 {check.severity} {check.title} {check.note} {check.basis} {' '.join((*check.facts, *check.ledgers))}"
    return el("section", heading, *said, fold, id=name, class_="check", data_find=find)


def facts(doc: Document) -> Html:
    """Return the facts under the headings by which they are filled in."""
    count = sum(len(group) for _, group in doc.facts)
    found = [
        joined(
            el("h3", heading), scrolled(f"{heading}：事实", _FACTS, (_fact(f) for f in group), "facts", titled=False)
        )
        for heading, group in doc.facts
    ]
    return el("section", el("h2", f"事实 {count} 项"), *(found or [el("p", "没有事实。")]), id="事实")


def _notes(fact: Fact) -> list[Html]:
    said = [fact.note, f"依据 {fact.basis}" if fact.basis else "", "；".join(fact.demands)]
    return [el("small", text) for text in said if text]


def _evidence(fact: Fact) -> Html:
    said = [fact.evidence, f"来源 {fact.source}" if fact.source else ""]
    return el("td", "；".join(s for s in said if s) or "不要求", class_=None if any(said) else "origin")


def _fact(fact: Fact) -> Html:
    unit = (
        f"，常用单位 {fact.unit}"
        if fact.unit and f"（{fact.unit}）" not in fact.type and fact.unit != fact.type
        else ""
    )
    return el(
        "tr", el("th", fact.name, *_notes(fact), scope="row"), el("td", f"{fact.type}{unit}"), el("td", fact.limits),
        _evidence(fact), el("td", _used(fact.used, fact.checks)), id=anchor("事实", fact.name), data_row=True,
        data_find=f"事实 {fact.name} {fact.note} {fact.evidence} {fact.basis}",
    )  # fmt: skip


def ledgers(doc: Document) -> list[Html]:
    """Return the ledgers with their columns; nothing where there are none."""
    if not doc.ledgers:
        return []
    return [el("section", el("h2", f"明细 {len(doc.ledgers)} 张"), *(_ledger(x) for x in doc.ledgers), id="明细")]


def _ledger(ledger: Fact) -> Html:
    name = anchor("明细", ledger.name)
    about = _notes(ledger) + ([items("佐证", [ledger.evidence])] if ledger.evidence else [])
    rows = [
        el("tr", el("th", c.name, scope="row"), el("td", c.type), el("td", c.limits),
           el("td", "；".join(s for s in (c.note, *c.demands) if s)), _evidence(c))
        for c in ledger.columns or ()
    ]  # fmt: skip
    used = el("div", "用在：", _used(ledger.used, ledger.checks), class_="uses")
    find = f"明细 {ledger.name} {ledger.note} {' '.join(c.name for c in ledger.columns or ())}"
    return el(
        "section", el("h3", el("span", ledger.name, class_="name"), " ", cited(name, ledger.name)),
        *(el("p", n) for n in about), used, scrolled(f"「{ledger.name}」的列", _COLUMNS, rows, "columns", titled=False),
        id=name, class_="ledger", data_find=find,
    )  # fmt: skip


def words(doc: Document) -> list[Html]:
    """Return the words with their inputs and examples; nothing where none is used."""
    if not doc.words:
        return []
    lead = el("p", "词是可以重复用的计分办法。举例都真的算过。")
    return [el("section", el("h2", f"词 {len(doc.words)} 个"), lead, *(word_section(w) for w in doc.words), id="词")]


def word_section(word: Word) -> Html:
    """Return the section of a word: what it means, its inputs, what its examples give, and its text."""
    name = anchor("词", word.name)
    notes = [el("p", line) for line in word.note.splitlines()]
    inputs = [
        el("tr", el("th", i.name, scope="row"), el("td", i.type), el("td", i.default or "要写")) for i in word.inputs
    ]  # fmt: skip
    examples = [el("tr", el("td", call), el("td", result, class_="value")) for call, result in word.examples]
    told = [el("p", f"说成：{word.said}", class_="origin")] if word.said else []
    tables = [scrolled(f"「{word.name}」的输入", ("输入", "类型", "默认"), inputs, "inputs")] if inputs else []
    tables += [scrolled(f"「{word.name}」举例", ("这样写", "得"), examples, "examples")] if examples else []
    used = [el("p", "用在：", _used(word.used), class_="uses")] if word.used else []
    fold = el("details", el("summary", "规则原文"), clause(word.clause))
    return el(
        "section", el("h3", el("span", word.name, class_="name"), " ", cited(name, word.name)), *notes, *told, *used,
        el("div", *tables, class_="tables"), fold, id=name, class_="word", data_find=f"词 {word.name} {word.note}",
    )  # fmt: skip


def rest(doc: Document) -> list[Html]:
    """Return what is left: notices of holidays, what amendments took out, and what is said of where the rules come from."""
    found = []
    if doc.notices:
        found.append(el("section", el("h2", "放假安排"), *(clause(c) for c in doc.notices), id="放假安排"))
    if doc.removed:
        found.append(el("section", el("h2", "删去的"), el("ul", *(el("li", t) for t in doc.removed)), id="删去的"))
    if doc.readme:
        found.append(el("section", el("h2", "编制说明"), *rendered(doc.readme), id="编制说明", class_="readme"))
    return found
