"""What a sweep asks for: values of parameters, read as the language reads them, and every combination of them in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import product
from math import prod

from attrs import frozen

from zjrules import resolve
from zjrules.build import the_parser
from zjrules.elaborate.constant import constant
from zjrules.elaborate.scope import Checker
from zjrules.num import decimal
from zjrules.read.book import read
from zjrules.span import Source, Span
from zjrules.spelling import nearest
from zjrules.syntax import decl as sd
from zjrules.syntax import expr as sx
from zjrules.term import rule as tr
from zjrules.term.expr import Const
from zjrules.unit import MONEY_DIM, Date, Number, dim_text, same, type_text

MOST = 200
"""Combinations of one sweep: every one of them is a rule set that is checked, and a row of every unit."""
_TO = ".."


class SweepError(Exception):
    """A sweep that is not one: what is wrong with it, and a way out."""


@frozen
class Setting:
    """One value of a parameter, as it is written in a rule file."""

    text: str
    value: sx.Expr


@frozen
class Axis:
    """A parameter and the values that it takes."""

    name: str
    settings: tuple[Setting, ...]


def axes(texts: Sequence[str], program: tr.Program) -> tuple[Axis, ...]:
    """Read what stands after --sweep, each once. Raises SweepError."""
    found: dict[str, Axis] = {}
    for text in texts:
        name, equals, values = (part.strip() for part in text.partition("="))
        if not (name and equals and values):
            raise SweepError(f"--sweep 写成「参数=从..到/步」或「参数=值,值」，却是「{text}」")
        if name not in program.params:
            likely = nearest(name, program.params)
            known = f"参数有 {'、'.join(program.params)}" if program.params else "这本规则没有参数"
            raise SweepError(f"这本规则没有叫「{name}」的参数；" + (f"是不是「{likely}」？" if likely else known))
        if name in found:
            raise SweepError(f"参数「{name}」只写一次 --sweep；几个值用逗号隔开")
        found[name] = Axis(name, _settings(values, program.params[name], program.book.year))
    many = prod(len(a.settings) for a in found.values())
    if many > MOST:
        raise SweepError(f"一共 {many:,} 种取法，最多 {MOST} 种；步子放大，或分几次算")
    return tuple(found.values())


def combinations(found: Sequence[Axis]) -> Iterator[Mapping[str, Setting]]:
    """Yield every combination of values, the last parameter moving fastest."""
    for some in product(*(axis.settings for axis in found)):
        yield {axis.name: one for axis, one in zip(found, some, strict=True)}


# ---------- values ----------


def _settings(text: str, param: tr.Param, year: int) -> tuple[Setting, ...]:
    read_ = _Reader(param, year)
    found: dict[object, Setting] = {}
    for part in text.replace("，", ",").replace("、", ",").split(","):
        some = read_.range(part.strip()) if _TO in part else [read_.value(part.strip())]
        for value, setting in some:
            if value in found:
                raise SweepError(f"参数「{param.name}」的「{setting.text}」写了两次")
            found[value] = setting
    return tuple(found.values())


@frozen
class _Reader:
    """Reads the values of one parameter; relative dates are those of the year."""

    param: tr.Param
    year: int

    def value(self, text: str) -> tuple[object, Setting]:
        """Read one value."""
        found = self._constant(text)
        if found is None:
            raise SweepError(f"参数「{self.param.name}」的「{text}」读不成一个值；规则里写的是「{self.param.text}」")
        written, const = found
        self._fits(text, const)
        return const.value, Setting(text, written)

    def range(self, text: str) -> list[tuple[object, Setting]]:
        """Read 40%..80%/5%: from, to and by how much, all of them written with their unit."""
        first, _, rest = text.partition(_TO)
        # A unit may have a / in it: 5万元/人.
        places = [i for i, c in enumerate(rest) if c == "/"]
        cut = next((i for i in places if all(self._constant(t) is not None for t in (rest[:i], rest[i + 1 :]))), None)
        if cut is None:
            raise SweepError(f"「{text}」写成「从..到/步」，三处都写单位，例如「40%..80%/5%」")
        low, high, step = first.strip(), rest[:cut].strip(), rest[cut + 1 :].strip()
        (start, _), (stop, _), by = self.value(low), self.value(high), self._step(step)
        if not isinstance(start, Fraction) or not isinstance(stop, Fraction):
            raise SweepError(f"参数「{self.param.name}」不是数，也不是日期：把值一个个写出来，用逗号隔开")
        if by <= 0 or start > stop:
            raise SweepError(f"「{text}」要从小到大写，步子大于 0")
        many, rest_ = divmod(stop - start, by)
        if rest_:
            raise SweepError(f"「{text}」走不到「{high}」：{high} 与 {low} 的差要是 {step} 的整数倍")
        if many >= MOST:
            raise SweepError(f"「{text}」有 {many + 1:,} 个值，最多 {MOST} 个；步子放大，或分几次算")
        return [self._made(start + by * i) for i in range(many + 1)]

    def _step(self, text: str) -> Fraction:
        found = self._constant(text)
        assert found is not None
        kind, value = found[1].type, found[1].value
        if not isinstance(self.param.type, Date):
            self._fits(text, found[1])
        elif not isinstance(kind, Number) or kind.dim != (("天", 1),) or not kind.whole:
            raise SweepError(f"日期的步子写成天数，例如「5 日」，却是「{text}」")
        return value if isinstance(value, Fraction) else Fraction(0)

    def _constant(self, text: str) -> tuple[sx.Expr, Const] | None:
        """Read a text as the value of a parameter in a rule file; None where it is none."""
        source = Source("--sweep", f"参数 甲 = {text.strip()}\n")
        file, problems = read(source, the_parser())
        match file.decls:
            case (sd.Param(value=value, basis=(), note=()),) if not problems:
                check = Checker(resolve.index((), ())[0], self.year)
                found = constant(check, value)
                return None if found is None or check.problems else (value, found)
            case _:
                return None

    def _fits(self, text: str, found: Const) -> None:
        kind, own = found.type, self.param.type
        wanted = f"规则里写的是「{self.param.text}」"
        if not isinstance(kind, Number) or not isinstance(own, Number):
            if type(kind) is not type(own):
                raise SweepError(f"参数「{self.param.name}」是{type_text(own)}，「{text}」不是；{wanted}")
            return
        alike = same(kind.dim, own.dim)[0] and (kind.points, kind.percent) == (own.points, own.percent)
        if not alike or (kind.dim is None) != (own.dim is None):
            raise SweepError(f"参数「{self.param.name}」的「{text}」单位不对；{wanted}")

    def _made(self, value: Fraction) -> tuple[object, Setting]:
        """Return a value between two others, written as the parameter's type is."""
        match self.param.type:
            case Date():
                day = date.fromordinal(int(value))
                text = day.isoformat()
                return value, Setting(text, sx.DateLit(day.year, 0, day.month, day.day, span=_span(text)))
            case Number() as kind:
                scale, unit = _unit(kind)
                text = f"{decimal(value * scale)}{unit}"
                quantity = sx.Quantity(abs(value), unit.strip(), span=_span(text))
                return value, Setting(text, quantity if value >= 0 else sx.Unary("-", quantity, span=_span(text)))
            case _:
                raise AssertionError("only numbers and dates have steps")


def _unit(kind: Number) -> tuple[int, str]:
    """Return what a value is multiplied by to be written, and the unit after it."""
    if kind.points:
        return 100, " 个百分点"
    if kind.percent:
        return 100, "%"
    if kind.dim == MONEY_DIM:
        return 1, " 元"
    return 1, f" {dim_text(kind.dim)}" if kind.dim else ""


def _span(text: str) -> Span:
    return Span(Source("--sweep", text), 0, len(text))
