"""What a clause is called where it is not written out: in 可调（…） and in 删除; and where a new one stands."""

from __future__ import annotations

from attrs import frozen

from zjrules.span import Span
from zjrules.syntax.expr import Ident, spanned


@frozen
class Ref:
    """A clause of a declaration by its kind (令, 算法, 扣分, 限于, …; 分值 for points) and, where it has one, its name."""

    kind: str
    name: str = ""
    span: Span = spanned()

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" if self.name else self.kind


@frozen
class Mark:
    """可调: what an overlay may change without 突破; the whole declaration where no clauses are named."""

    refs: tuple[Ref, ...] = ()
    span: Span = spanned()


@frozen
class Place:
    """列在 name 之后|之前, or 归入 name (at its end): how is after, before or into."""

    how: str
    name: Ident
    span: Span = spanned()
