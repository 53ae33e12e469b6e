"""report.yaml beside a rule set: how a report says what the rules ask for, its chapters, and what cannot both be true."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, frozen

from zjrules.diag import Code, Diagnostic, Diagnostics, at
from zjrules.fact import Asked, Raw, RawFacts, Schema
from zjrules.fit import UNIT_NAME_MISSING, fit
from zjrules.inout.factfile import UNKNOWN_KEY
from zjrules.inout.text import read_text
from zjrules.inout.yaml import WRONG_SHAPE, Node, parse
from zjrules.project import shown
from zjrules.reconcile import each
from zjrules.reconcile.flow import bare
from zjrules.reconcile.phrase import Phrase, Slip, compiled
from zjrules.reconcile.ways import Chapter, Clash, Patterns, Sequence, Ways, Wording
from zjrules.ruleset import RuleSet
from zjrules.span import Source, Span
from zjrules.spelling import nearest
from zjrules.unit import MONEY_DIM, POINTS_DIM, Date, Number, Truth, Type, Year, type_text

BAD_PATTERN = Code("ZJ5060", "bad-pattern")
UNKNOWN_NAME = Code("ZJ5061", "pattern-for-unknown-name")
WRONG_SLOT = Code("ZJ5062", "pattern-takes-other-type")
NO_PATTERNS = Code("ZJ5063", "no-patterns")

FILE = "report.yaml"
EACH = "各指标"
_COVER = {"单位": "名称", "评价年度": "年", "填报日期": "日期", "通知文号": "文号"}
_UNLESS = ("前面不是", "本句没有", "前文没有", "中间没有")
_KEYS = ("封面", "自评", "抽取", "断言", "不算", "章节", "用语", "矛盾", "先后")


def beside(rules: RuleSet) -> tuple[Patterns | None, Diagnostics]:
    """Read the report.yaml of a rule set, or of the one that it amends; None, without a word, where there is none."""
    path = rules.beside(FILE)
    if path is None:
        return None, ()
    source, problems = read_text(path, shown(path))
    if source is None:
        return None, problems
    return patterns(source, rules)


def patterns(source: Source, rules: RuleSet) -> tuple[Patterns | None, Diagnostics]:
    """Read a pattern file for what a rule set asks for."""
    root, problems = parse(source)
    if root is None:
        return None, problems
    schema = rules.program.schema
    reader = _Reader(schema, rules.program.book.year, list(problems))
    if root.kind != "map":
        reader.shape(root, "最外层要是「名称: 值」", f"可写 {'、'.join(_KEYS)}")
    parts = reader.parts(root, _KEYS)
    found = Patterns(source)
    found.cover = reader.block(parts, "封面", {n: (s, None) for n, s in _COVER.items()})
    found.claims = reader.claims(parts.get("自评"), rules)
    asked = {n: (_slot(a.type), a) for n, a in schema.facts.items()}
    found.facts = (*reader.block(parts, "抽取", asked), *reader.assertions(parts.get("断言")))
    reader.unsaid(parts.get("不算"), found)
    found.chapters = reader.chapters(parts.get("章节"))
    found.wordings = reader.wordings(parts.get("用语"))
    found.clashes = reader.clashes(parts.get("矛盾"))
    found.sequences = reader.sequences(parts.get("先后"), {c.name for c in found.chapters})
    return found, tuple(reader.problems)


def _slot(kind: Type) -> str:
    """Return the slot that takes values of a type, '' for a type that only words can state."""
    match kind:
        case Number(dim=dim) if dim == MONEY_DIM:
            return "金额"
        case Number(dim=dim) if dim == POINTS_DIM:
            return "分"
        case Number(dim=()):
            return "率"
        case Number():
            return "数"
        case _:
            return {Date: "日期", Year: "年"}.get(type(kind), "")


@frozen
class _Reader:
    """Reads the blocks of a pattern file, gathering problems."""

    schema: Schema
    year: int
    problems: list[Diagnostic]

    def shape(self, node: Node, message: str, help_: str) -> None:
        self.problems.append(at(WRONG_SHAPE, node.span, message, help_))

    def parts(self, node: Node, known: tuple[str, ...]) -> dict[str, Node]:
        """Return the entries of a mapping, telling of those that are not known."""
        for key, _ in node.pairs:
            if key.text not in known:
                likely = nearest(key.text, known, closed=True)
                help_ = f"是不是「{likely}」？" if likely else f"这里可写 {'、'.join(known)}"
                self.problems.append(at(UNKNOWN_KEY, key.span, f"这里不能写「{key.text}」", help_))
        return {key.text: value for key, value in node.pairs if key.text in known}

    def words(self, node: Node | None) -> tuple[str, ...]:
        """Return a list of words, made even."""
        return tuple(bare(item.text) for item in self.items(node))

    def items(self, node: Node | None) -> tuple[Node, ...]:
        """Return the texts of a list, or one text."""
        if node is None or (node.kind == "text" and not node.text):
            return ()
        found = (node,) if node.kind == "text" else node.items
        if node.kind == "map" or any(n.kind != "text" or not bare(n.text) for n in found):
            self.shape(node, "这里要是一列文字", "每项一行，以「- 」开头；带 {} 或 [] 的用引号括起来")
            return ()
        return found

    def rows(
        self, node: Node | None, known: tuple[str, ...], needed: tuple[str, ...]
    ) -> list[tuple[Node, dict[str, Node]]]:
        """Return the rows of a list of mappings that have what they need."""
        if node is None:
            return []
        if node.kind != "list" or any(row.kind != "map" for row in node.items):
            self.shape(node, "这里要是一列「名称: 值」", f"每项以「- 」开头，可写 {'、'.join(known)}")
            return []
        found = []
        for row in node.items:
            parts = self.parts(row, known)
            lacking = [n for n in needed if n not in parts]
            if lacking:
                self.shape(row, f"少了「{lacking[0]}」", f"这一项要写 {'、'.join(needed)}")
            else:
                found.append((row, parts))
        return found

    # ---------- phrases ----------

    def phrase(self, node: Node) -> Phrase | None:
        found = compiled(node.text)
        if isinstance(found, Slip):
            self.problems.append(at(BAD_PATTERN, node.span, f"句式「{node.text}」：{found.message}", found.help))
            return None
        return found

    def phrases(self, node: Node | None, slot: str = "") -> tuple[Phrase, ...]:
        found = [(item, self.phrase(item)) for item in self.items(node)]
        for item, phrase in found:
            if phrase is not None and phrase.slot != slot:
                need = f"要有一个 {{{slot}}}" if slot else "不取值"
                self.problems.append(at(WRONG_SLOT, item.span, f"句式「{item.text}」{need}", "核对花括号里的字"))
        return tuple(p for _, p in found if p is not None and p.slot == slot)

    def block(
        self, parts: Mapping[str, Node], name: str, known: Mapping[str, tuple[str, Asked | None]]
    ) -> tuple[Ways, ...]:
        """Read a block of names, each with its phrases."""
        node = parts.get(name)
        if node is None:
            return ()
        if node.kind == "list" or node.text:
            self.shape(node, f"「{name}」下面要是「名称: 句式」", "每项一行，往右缩进")
        found = []
        for key, value in node.pairs:
            if key.text not in known:
                self.unknown(key, tuple(known))
                continue
            slot, asked = known[key.text]
            inner = self.parts(value, ("写法", *_UNLESS)) if value.kind == "map" else {"写法": value}
            ways = tuple(w for n in self.ways(inner.get("写法")) if (w := self.way(n, slot, asked)) is not None)
            found.append(self.unless(Ways(key.text, ways), inner))
        return tuple(found)

    def claims(self, node: Node | None, rules: RuleSet) -> tuple[Ways, ...]:
        """Read how scores are stated: of the total, of one indicator, and of any of them (各指标)."""
        known: dict[str, tuple[str, Asked | None]] = dict.fromkeys((*rules.indicator_names(), "总分"), ("分", None))
        shared = next((value for key, value in node.pairs if key.text == EACH), None) if node is not None else None
        if node is None or shared is None:
            return self.block({"自评": node} if node is not None else {}, "自评", known)
        own = evolve(node, value=tuple(pair for pair in node.pairs if pair[0].text != EACH))
        found = list(self.block({"自评": own}, "自评", known))
        points = each.indicators(rules)
        before = len(self.problems)
        for name, worth in points.items():
            pair = (Node(name, "text", shared.span), each.written_for(shared, name, worth))
            (ways,) = self.block({"自评": evolve(node, value=(pair,))}, "自评", known)
            found.append(evolve(ways, not_after=(*ways.not_after, *each.longer(name, {**points, **self.schema.facts}))))
            if len(self.problems) > before:
                break  # what is wrong with it for one is wrong with it for all
        return tuple(found)

    def unless(self, ways: Ways, parts: Mapping[str, Node]) -> Ways:
        after, sentence, before, inside = (self.words(parts.get(name)) for name in _UNLESS)
        return evolve(ways, not_after=after, not_with=sentence, not_before=before, not_inside=inside)

    def unknown(self, key: Node, known: tuple[str, ...]) -> None:
        likely = nearest(key.text, known)
        help_ = f"是不是「{likely}」？" if likely else "名称要和规则里声明的一字不差"
        self.problems.append(at(UNKNOWN_NAME, key.span, f"这本规则没有叫「{key.text}」的", help_))

    def ways(self, node: Node | None) -> tuple[Node, ...]:
        if node is None or node.kind == "map":
            return (node,) if node is not None else ()
        return (node,) if node.kind == "text" else node.items

    def way(self, node: Node, slot: str, asked: Asked | None) -> tuple[Phrase, str | None] | None:
        """Read one phrase, or {写: phrase, 值: what it means}."""
        value = None
        if node.kind == "map":
            parts = self.parts(node, ("写", "值"))
            if set(parts) != {"写", "值"} or any(p.kind != "text" for p in parts.values()):
                self.shape(node, "这里要写「写」和「值」", "写成「{写: 句式, 值: 0 元}」")
                return None
            node, value = parts["写"], parts["值"].text
            if asked is not None and self.unfit(asked, value, parts["值"].span):
                return None
        if node.kind != "text":
            self.shape(node, "句式要写成一行文字", "带 {} 或 [] 的用引号括起来")
            return None
        if value is None and not slot:
            kind = type_text(asked.type) if asked is not None else ""
            message = f"「{asked.name if asked else ''}」是{kind}，不能从句式里取值"
            self.problems.append(
                at(WRONG_SLOT, node.span, message, "是否写在「断言」下面；别的写成「{写: 句式, 值: …}」")
            )
            return None
        phrase = self.phrase(node)
        if phrase is None or not self.takes(node, phrase, "" if value is not None else slot, asked):
            return None
        return phrase, value

    def takes(self, node: Node, phrase: Phrase, slot: str, asked: Asked | None) -> bool:
        if phrase.slot == slot or (slot in ("率", "分") and phrase.slot == "数"):
            return True
        what = f"「{asked.name}」是{type_text(asked.type)}，" if asked is not None else ""
        need = f"句式里要有 {{{slot}}}" if slot else "句式不取值"
        message = f"{what}{need}，却是「{node.text}」"
        help_ = "写明值的句式不再取值" if not slot else f"把取值的地方写成 {{{slot}}}"
        self.problems.append(at(WRONG_SLOT, node.span, message, help_))
        return False

    def unfit(self, asked: Asked, value: str, span: Span) -> bool:
        """Report a value that the fact cannot have, as for a fact file."""
        raw = Raw(asked.name, value, reason="句式", span=span, name_span=span)
        found = [
            d for d in fit(RawFacts({}, (raw,), (), ()), self.schema, self.year, ())[1] if d.code != UNIT_NAME_MISSING
        ]
        self.problems.extend(found)
        return bool(found)

    def assertions(self, node: Node | None) -> tuple[Ways, ...]:
        """Read the facts that are 是 or 否 where a phrase stands."""
        found = []
        for key, value in node.pairs if node is not None else ():
            asked = self.schema.facts.get(key.text)
            if asked is None:
                self.unknown(key, tuple(self.schema.facts))
                continue
            if not isinstance(asked.type, Truth):
                message = f"「{key.text}」是{type_text(asked.type)}，不是「是否」"
                self.problems.append(at(WRONG_SLOT, key.span, message, "移到「抽取」下面"))
                continue
            if value.kind != "map":
                self.shape(value, f"「{key.text}」下面要写「是」或「否」", "写成「是: [句式, 句式]」")
                continue
            parts = self.parts(value, ("是", "否", *_UNLESS))
            ways = tuple((p, said) for said in ("是", "否") for p in self.phrases(parts.get(said)))
            found.append(self.unless(Ways(key.text, ways), parts))
        if node is not None and (node.kind == "list" or node.text):
            self.shape(node, "「断言」下面要是「名称: 值」", "每项一行，往右缩进")
        return tuple(found)

    def unsaid(self, node: Node | None, found: Patterns) -> None:
        if node is None:
            return
        parts = self.parts(node, ("别的年份", "断言的本句", "断言的本分句", "数的本分句"))
        found.other_years = self.words(parts.get("别的年份"))
        found.not_said = self.words(parts.get("断言的本句"))
        found.not_said_clause = self.words(parts.get("断言的本分句"))
        found.not_counted = self.words(parts.get("数的本分句"))

    # ---------- what a report is looked at for ----------

    def chapters(self, node: Node | None) -> tuple[Chapter, ...]:
        rows = self.rows(node, ("名称", "写法"), ("名称", "写法"))
        return tuple(Chapter(parts["名称"].text, self.phrases(parts["写法"])) for _, parts in rows)

    def wordings(self, node: Node | None) -> tuple[Wording, ...]:
        found = []
        for _, parts in self.rows(node, ("写", "前面不是", "提示"), ("写", "提示")):
            phrases = tuple((p, "") for p in self.phrases(parts["写"]))
            found.append(Wording(Ways("用语", phrases, self.words(parts.get("前面不是"))), parts["提示"].text))
        return tuple(found)

    def fact(self, node: Node, *kinds: type) -> str:
        asked = self.schema.facts.get(node.text)
        if asked is None:
            self.unknown(node, tuple(self.schema.facts))
        elif kinds and not isinstance(asked.type, kinds):
            message = f"「{node.text}」是{type_text(asked.type)}，这里不能用"
            self.problems.append(
                at(WRONG_SLOT, node.span, message, "「说了」要是「是否」，「填报日」「报送日」要是日期")
            )
        else:
            return node.text
        return ""

    def clashes(self, node: Node | None) -> tuple[Clash, ...]:
        found = []
        for _, parts in self.rows(node, ("说了", "或写", "又有", "而没有", "没有写", "说明"), ("说了", "又有", "说明")):
            lacking, unsaid = (tuple(self.fact(n) for n in self.items(parts.get(k))) for k in ("而没有", "没有写"))
            said, other = self.fact(parts["说了"], Truth), self.fact(parts["又有"])
            if said and other and all((*lacking, *unsaid)):
                also = self.phrases(parts.get("或写"))
                found.append(Clash(said, other, lacking, parts["说明"].text, also, unsaid))
        return tuple(found)

    def sequences(self, node: Node | None, chapters: set[str]) -> tuple[Sequence, ...]:
        keys = ("说了", "填报日", "报送日", "章节", "阶段", "期限", "说明")
        found = []
        for _, parts in self.rows(node, keys, ("说了", "填报日", "报送日", "说明")):
            said, written, done = (
                self.fact(parts["说了"], Truth), self.fact(parts["填报日"], Date), self.fact(parts["报送日"], Date),
            )  # fmt: skip
            chapter = parts.get("章节")
            if chapter is not None and chapter.text not in chapters:
                self.unknown(chapter, tuple(chapters))
                continue
            stages, limits = (self.phrases(parts.get(n), "月日") for n in ("阶段", "期限"))
            if said and written and done:
                where = chapter.text if chapter is not None else ""
                found.append(Sequence(said, written, done, where, stages, limits, parts["说明"].text))
        return tuple(found)
