"""The two sheets as they grow: inputs, each with a row that checks it, and rows of calculation."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import define, field, frozen

from zjrules.live.extent import extent
from zjrules.live.form import (
    FAIL,
    At,
    Extent,
    Flag,
    Form,
    Given,
    Int,
    Op,
    Row,
    Said,
    can_fail,
    choice,
    depth,
    is_one_of,
    joined,
    size,
)  # fmt: skip

MOST_SIZE, MOST_DEPTH, MOST_CONDITIONS = 40, 12, 10
"""A longer or deeper formula goes on in a row of its own."""


@frozen
class Room:
    """How an input may be changed: in what it is counted, and how much larger than now it can become."""

    scale: int | None = None
    """How many of its smallest units make one; None is the usual of its type."""
    tight: int = 0
    """0: at least ten times as large; 1: up to the next power of ten; 2: no larger."""


@define(eq=False)
class Sheet:
    """The cells made so far. place is where in the rule set the next ones belong."""

    place: str = ""
    rows: dict[tuple[Form, Extent | None], Row] = field(factory=dict)
    beside: dict[Row, Row] = field(factory=dict)
    """A row that is shown wherever another is: the denominator of a numerator."""
    given: dict[tuple[str, object], Given] = field(factory=dict)
    """By name and by what they stand for."""
    touched: set[str] = field(factory=set)
    """The inputs that the indicator at hand has asked for."""

    def row(self, form: Form, name: str, said: str, within: Extent | None = None) -> Form:
        """Return a formula as a reference to a row of its own; within narrows what it is known to come to."""
        if isinstance(form, Int | Flag | Said | At):
            return form
        found = extent(form)
        if found is not None and within is not None:
            found = max(found[0], within[0]), min(found[1], within[1])
        old = self.rows.get((form, found))
        if old is None:
            old = self.rows[form, found] = Row(f"{self.place} {name}", form, said, found, can_fail(form))
        return At(old)

    def short(self, form: Form) -> Form:
        """Return a formula as it is, or as a row of its own when it is long."""
        if size(form) <= MOST_SIZE and depth(form) <= MOST_DEPTH:
            return form
        return self.row(form, "中间数", "公式太长，分成几行")

    def all_or_any(self, stop: bool, forms: list[Form]) -> Form:
        """Return OR (stop True) or AND of any number of conditions."""
        while len(forms) > MOST_CONDITIONS:
            some, forms = forms[:MOST_CONDITIONS], forms[MOST_CONDITIONS:]
            forms.insert(0, self.row(joined(stop, some), "条件", "前面的几个条件"))
        return self.short(joined(stop, forms))

    # ---------- inputs ----------

    def number(self, given: Given, limits: Extent) -> Form:
        """Return an input that must be a whole number within limits; anything else, or nothing, is an error."""
        cell = At(self._kept(given))
        tests: list[Form] = [Op("WHOLE", (cell,)), Op(">=", (cell, Int(limits[0]))), Op("<=", (cell, Int(limits[1])))]
        checked = choice(Op("ISNUMBER", (cell,)), choice(joined(False, tests), cell, FAIL), FAIL)
        said = f"取数应是 {limits[0]} 至 {limits[1]} 的整数，不是的出 #N/A"
        return self._checked(given, checked, said, limits)

    def truth(self, given: Given) -> Form:
        """Return an input that must be 1 or 0."""
        cell = At(self._kept(given))
        one, none = Op("=", (cell, Int(1))), Op("=", (cell, Int(0)))
        answer = choice(one, Flag(True), choice(none, Flag(False), FAIL))
        return self._checked(given, choice(Op("ISNUMBER", (cell,)), answer, FAIL), "取数应是 1（是）或 0（否）", None)

    def option(self, given: Given, options: tuple[str, ...]) -> Form:
        """Return an input that must be one of several texts."""
        cell = At(self._kept(given))
        return self._checked(
            given, choice(is_one_of(cell, options), cell, FAIL), f"应是 {'、'.join(options)} 之一", None
        )

    def _kept(self, given: Given) -> Given:
        self.touched.add(given.name)
        return self.given.setdefault((given.name, given.term), given)

    def _checked(self, given: Given, form: Form, said: str, limits: Extent | None) -> Form:
        found = self.rows.get((form, limits))
        if found is None:
            found = self.rows[form, limits] = Row(f"{given.name}（核对）", form, said, limits, True)
        return At(found)


Rooms = Mapping[str, Room]
