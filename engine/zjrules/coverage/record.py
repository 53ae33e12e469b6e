"""Coverage as JSON holds it."""

from __future__ import annotations

from typing import Any

from zjrules.coverage.covered import Coverage, Covered, Share


def record(found: Coverage) -> dict[str, Any]:
    """Return a coverage as plain data."""
    return {"条款": _share(found.clauses), "分档": _share(found.bands), "各处": [_item(i) for i in found.items]}


def _share(share: Share) -> dict[str, int]:
    return {"用到": share.reached, "共": share.every}


def _item(item: Covered) -> dict[str, Any]:
    place = item.place
    return {
        "种类": place.kind, "所在": place.owner, "文件": place.span.source.name, "行": place.span.line, "原文": place.text,
        "用到": {way: list(names) for way, names in item.by.items()}, "没有用到": list(item.missing),
        "到不了": [w for w in place.ways if w in item.never],
    }  # fmt: skip
