"""Amendments of one day, made to a book: first what is changed, then what is new, then what goes, then the names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import define, evolve, field

from zjrules.diag import Code, Diagnostic, Label, Severity, at
from zjrules.overlay import clauses, inner
from zjrules.overlay.conflict import head, inside, touched
from zjrules.overlay.permit import permitted
from zjrules.overlay.place import Outlined, children, group_of, spot
from zjrules.overlay.rename import VALUES, Names, renamed
from zjrules.overlay.whole import Entry, Key, Whole, key_of, said
from zjrules.spelling import nearest
from zjrules.syntax import decl as sd
from zjrules.syntax import expr as sx
from zjrules.syntax.walk import nodes

NO_TARGET = Code("ZJ4104", "nothing-to-amend")
ALREADY = Code("ZJ4105", "already-there")
NOT_ADJUSTABLE = Code("ZJ4107", "not-adjustable")
NEEDLESS = Code("ZJ4108", "needless-breach", Severity.WARNING)
NOT_EMPTY = Code("ZJ4110", "group-not-empty")
NOT_NAMED = Code("ZJ4111", "not-renamable")
MISPLACED = Code("ZJ4112", "place-not-needed")


@define(eq=False)
class Run:
    """An overlay being applied: the base as it was, the book as it is now, and what was found."""

    base: Whole
    now: Whole
    shared: Mapping[Key, sd.Declared]
    """Facts and ledgers of the shared dictionary, which a base has without declaring them."""
    problems: list[Diagnostic] = field(factory=list)
    before: dict[Key, Key] = field(factory=dict)
    """What is called otherwise now: its name now → its name in the base."""
    gone: dict[Key, sd.Amendment] = field(factory=dict)

    def report(self, code: Code, amendment: sd.Amendment, message: str, help_: str = "") -> None:
        """Note a problem at an amendment."""
        self.problems.append(at(code, head(amendment.span), message, help_))

    # ---------- one day ----------

    def day(self, amendments: Sequence[sd.Amendment]) -> None:
        """Make the amendments of one day: they all speak of the names that held before it."""
        for amendment in amendments:
            if amendment.verb == "修改" and self.known(amendment) and self.allowed(amendment):
                self.change(amendment)
        self.additions([a for a in amendments if a.verb == "新增"])
        for amendment in sorted(amendments, key=lambda a: a.target.kind in ("一级指标", "二级指标")):
            if amendment.verb == "删除" and self.known(amendment) and self.allowed(amendment):
                self.remove(amendment)
        self.rename([a for a in amendments if a.verb == "更名" and self.named(a) and self.known(a) and self.allowed(a)])
        aside = {span: "" for a in amendments for span in a.aside}
        self.now = evolve(self.now, amendments=(*self.now.amendments, *amendments), edits={**self.now.edits, **aside})

    # ---------- what is asked before anything is done ----------

    def place(self, key: Key) -> int | None:
        """Return where a declaration stands; one of the shared dictionary becomes the book's own."""
        found = self.now.find(key)
        if found is None and key in self.shared:
            self.base = self.base.with_entries((*self.base.entries, Entry(self.shared[key])))
            self.now = self.now.with_entries((*self.now.entries, Entry(self.shared[key])))
            found = len(self.now.entries) - 1
        return found

    def known(self, amendment: sd.Amendment) -> bool:
        """Return whether there is what an amendment speaks of, and report it where there is not."""
        target = amendment.target
        place = self.place((target.kind, target.name))
        if place is None:
            self.missing(amendment, (target.kind, target.name), [e.key[1] for e in self.now.of(target.kind)])
            return False
        decl = self.now.entries[place].decl
        owner = inner.owner(decl, target.part)
        if target.part and owner is None:
            parts = [p.name.text for p in inner.parts(decl)]
            self.missing(amendment, inside(target), [f"{inner.part_word(target)} {p}" for p in parts])
            return False
        refs = [target.ref] if target.ref is not None else []
        refs += list(clauses.refs_of(amendment.content)) if isinstance(amendment.content, sd.Patch) else []
        for ref in refs:
            if not isinstance(owner, sd.Indicator | sd.Part | sd.Group) or not clauses.has(owner, ref):
                self.missing(amendment, (*inside(target), str(ref)), inner.refs(owner))
                return False
        return True

    def missing(self, amendment: sd.Amendment, key: Key, names: list[str]) -> None:
        """Report that a book has not what an amendment speaks of."""
        likely = nearest(key[-1], names)
        help_ = f"是不是「{likely}」？" if likely else f"这里有 {'、'.join(names[:10])}" if names else ""
        help_ = "要加上它，写「新增」" if amendment.verb == "修改" and len(key) > 2 and not likely else help_
        labels = [Label(head(amendment.span))]
        gone = self.gone.get(key[:2]) or self.gone.get(key)
        if gone is not None:
            labels.append(Label(head(gone.span), "这一条已经把它改名或删去"))
            help_ = "用改过以后的名称，或把起施行的日子写在它前面"
        message = f"沿用的规则里没有{said(key)}，没有可{amendment.verb}的"
        self.problems.append(Diagnostic(NO_TARGET, message, tuple(labels), help_))

    def allowed(self, amendment: sd.Amendment, group: str = "") -> bool:
        """Return whether the base lets an amendment be made, or the amendment says that it breaks through."""
        keys = [self.old(k) for k in touched(amendment) if k[0] not in ("更名", "名称")]
        keys = keys or [self.old(inside(amendment.target))]
        denied = [k for k in keys if not permitted(self.base, k, amendment.verb == "新增", group)]
        if denied and amendment.breach is None:
            where = f"「{group}」" if amendment.verb == "新增" and len(denied[0]) == 2 else said(denied[0])
            message = f"沿用的规则没有把{where}标为「可调」，不能{amendment.verb}"
            help_ = "确有上级的依据要改的，写「突破 理由」；或请发布的单位标「可调」"
            place = self.base.find(denied[0][:2])
            there = (Label(head(self.base.entries[place].decl.span), "沿用的规则"),) if place is not None else ()
            labels = (Label(head(amendment.span)), *there)
            self.problems.append(Diagnostic(NOT_ADJUSTABLE, message, labels, help_))
        if not denied and amendment.breach is not None:
            self.problems.append(at(NEEDLESS, amendment.breach.span, "这里本来就可调，不用写「突破」", "删去「突破」"))
        return not denied or amendment.breach is not None

    def old(self, key: Key) -> Key:
        """Return what the base calls something."""
        return (*self.before.get(key[:2], key[:2]), *key[2:])

    # ---------- 修改 ----------

    def change(self, amendment: sd.Amendment) -> None:
        """Write a declaration anew, or some of its clauses."""
        place = self.place((amendment.target.kind, amendment.target.name))
        assert place is not None
        entry = self.now.entries[place]
        content = amendment.content
        if isinstance(content, sd.Patch):
            entry = Entry(inner.patched(entry.decl, amendment, content), True, (*entry.made, amendment))
        elif content is not None:
            entry = Entry(content, made=(amendment,))
        self.put(place, entry)

    def put(self, place: int, *entries: Entry) -> None:
        """Put entries where one stands; none removes it."""
        now = self.now.entries
        self.now = self.now.with_entries((*now[:place], *entries, *now[place + 1 :]))

    # ---------- 新增 ----------

    def additions(self, amendments: Sequence[sd.Amendment]) -> None:
        """Add what is new, groups first: an indicator may go into a group of the same day, or beside a new indicator."""
        waiting = sorted(amendments, key=lambda a: not isinstance(a.content, sd.Group))
        while waiting:
            later = []
            for amendment in waiting:
                if not self.add(amendment):
                    later.append(amendment)
            if len(later) == len(waiting):
                for amendment in later:
                    found = self.spot(amendment)
                    self.problems += [found] if isinstance(found, Diagnostic) else []
                return
            waiting = later

    def spot(self, amendment: sd.Amendment) -> int | Diagnostic:
        """Return before which entry something new goes."""
        if isinstance(amendment.content, Outlined):
            return spot(self.now.entries, amendment.content, amendment.place, amendment.span)
        return len(self.now.entries)

    def add(self, amendment: sd.Amendment) -> bool:
        """Add something, or report why not; return False where its place is not there yet."""
        content, target = amendment.content, amendment.target
        assert content is not None
        if isinstance(content, sd.Patch):
            self.add_inside(amendment, content)
            return True
        if amendment.place is not None and not isinstance(content, Outlined):
            self.report(MISPLACED, amendment, f"{target.kind}不分先后，不写列在哪里", "删去「列在」或「归入」")
        key = key_of(content)
        taken = self.now.find(key)
        if taken is None and target.kind in VALUES:
            taken = next((i for k in VALUES if (i := self.now.find((k, target.name))) is not None), None)
        if taken is None and key in self.shared and self.used(target.name):
            taken = self.place(key)
        if taken is not None:
            self.already(amendment, key, self.now.entries[taken].decl.span)
            return True
        place = self.spot(amendment)
        if isinstance(place, Diagnostic):
            return False
        group = group_of(self.now.entries, place) if isinstance(content, sd.Indicator) else ""
        if self.allowed(amendment, group):
            now = self.now.entries
            self.now = self.now.with_entries((*now[:place], Entry(content, made=(amendment,)), *now[place:]))
        return True

    def used(self, name: str) -> bool:
        """Return whether the base uses a fact or ledger, which may be one of the shared dictionary."""
        return any(
            isinstance(n, sx.Name | sx.Ident) and n.text == name for e in self.base.entries for n in nodes(e.decl)
        )

    def add_inside(self, amendment: sd.Amendment, patch: sd.Patch) -> None:
        """Add clauses, a 分项 or a column to something."""
        target = amendment.target
        about = evolve(target, part="") if patch.parts or patch.columns else target
        if not self.known(evolve(amendment, target=about, content=None)):
            return
        place = self.place((target.kind, target.name))
        assert place is not None
        entry = self.now.entries[place]
        owner = inner.owner(entry.decl, about.part)
        new = [r for r in clauses.refs_of(patch) if r.kind not in clauses.SEVERAL]
        taken = [r for r in new if isinstance(owner, sd.Indicator | sd.Part | sd.Group) and clauses.has(owner, r)]
        same = [p for p in inner.parts(entry.decl) if p.name.text == target.part] if about is not target else []
        if taken or same:
            key = (*inside(about), str(taken[0])) if taken else inside(target)
            self.already(amendment, key, (same[0] if same else entry.decl).span)
        elif self.allowed(amendment):
            self.put(place, Entry(inner.grown(entry.decl, amendment, patch), True, (*entry.made, amendment)))

    def already(self, amendment: sd.Amendment, key: Key, span: object) -> None:
        """Report that what is to be added is there."""
        place = head(span)  # type: ignore[arg-type]
        labels = (Label(head(amendment.span)), Label(place, "已有"))
        self.problems.append(Diagnostic(ALREADY, f"{said(key)}已经有了，不能再新增", labels, "要改它，写「修改」"))

    # ---------- 删除 ----------

    def remove(self, amendment: sd.Amendment) -> None:
        """Remove a declaration, or what stands in one."""
        target = amendment.target
        key = (target.kind, target.name)
        place = self.place(key)
        assert place is not None
        entry = self.now.entries[place]
        below = children(self.now.entries, place) if isinstance(entry.decl, sd.Group) else []
        if below:
            names = "、".join(e.key[1] for e in below[:6])
            self.report(NOT_EMPTY, amendment, f"「{target.name}」下面还有 {names}", "先删除它们，或另列在别处")
        elif target.part or target.ref is not None:
            self.put(place, Entry(inner.lessened(entry.decl, amendment), True, (*entry.made, amendment)))
        else:
            self.put(place)
            self.gone[key] = amendment

    # ---------- 更名 ----------

    def named(self, amendment: sd.Amendment) -> bool:
        """Return whether what is to be renamed has a name, and report it where it has none."""
        target = amendment.target
        if target.kind in _TABLES and target.ref is None and (not target.part or target.kind == "明细"):
            return True
        help_ = "参数、事实、明细和它的列、指标、分组、词才有名称"
        self.report(NOT_NAMED, amendment, f"{said(inside(target))}不能更名", help_)
        return False

    def rename(self, amendments: Sequence[sd.Amendment]) -> None:
        """Give new names to what there is, and to all that refers to it."""
        names = Names()
        for amendment in amendments:
            target, new = amendment.target, amendment.to
            assert new is not None
            table = _TABLES[target.kind]
            if self.taken(target, new.text, amendments):
                self.report(ALREADY, amendment, f"已经有叫「{new.text}」的，不能再用这个名称", "换一个名称")
            elif target.part:
                columns = {**names.columns.get(target.name, {}), target.part: new.text}
                names = evolve(names, columns={**names.columns, target.name: columns})
            else:
                table_now = {**getattr(names, table), target.name: new.text}
                names = evolve(names, **{table: table_now})  # type: ignore[arg-type]
                self.before[target.kind, new.text] = self.old((target.kind, target.name))
                self.gone[target.kind, target.name] = amendment
            place = self.now.find((target.kind, target.name))
            if place is not None:
                entry = self.now.entries[place]
                self.put(place, evolve(entry, made=(*entry.made, amendment)))
        if names != Names():
            self.now = renamed(self.now, names)

    def taken(self, target: sd.Target, name: str, others: Sequence[sd.Amendment]) -> bool:
        """Return whether something else has a name, and keeps it."""
        if target.part:
            place = self.place((target.kind, target.name))
            names = [p.name.text for p in inner.parts(self.now.entries[place].decl)] if place is not None else []
            return name in names and not any(o.target.part == name and o.target.name == target.name for o in others)
        kinds = VALUES if target.kind in VALUES else (target.kind,)
        keeps = [k for k in kinds if self.now.find((k, name)) is not None]
        return any(not any((o.target.kind, o.target.name) == (k, name) for o in others) for k in keeps)


_TABLES = {
    **dict.fromkeys(VALUES, "values"), "定词": "words", "指标": "indicators", "一级指标": "groups", "二级指标": "groups",
}  # fmt: skip
