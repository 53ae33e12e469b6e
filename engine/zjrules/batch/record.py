"""What an output came from, kept beside it: the rules, the inputs, the options, and what became of the units."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from attrs import asdict, frozen

import zjrules
from zjrules.batch.opening import Opened, Order
from zjrules.batch.run import Counts
from zjrules.inout.store import engine_stamp
from zjrules.inout.text import write_text
from zjrules.ruleset import RuleSet

FORMAT = "zjrules.batch/1"
LIBRARIES = ("polars", "pyarrow", "numpy")


def identity(
    order: Order, opened: Opened, rules: RuleSet, size: int, kind: str, sweep: Sequence[Mapping[str, str]] = (),
    noted: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Return what a run is, as JSON: two runs of which it is the same give the same bytes. Raises OSError.

    noted: whether blocks are kept with a note of their facts, which one that is resumed must have of all of them.
    """
    return {
        "格式": FORMAT,
        "引擎": version("zjrules"),
        "引擎摘要": engine_stamp(Path(zjrules.__file__).parent),
        "库": {name: version(name) for name in LIBRARIES},
        "规则": {"id": rules.id, "摘要": rules.digest},
        "路径": {"输入": str(order.path.resolve()), "明细": {n: str(p.resolve()) for n, p in order.ledgers}},
        **opened.stamps(),
        "不用的列": list(order.ignored),
        "没有行就是空的明细": list(order.empty),
        "每块": size,
        "输出": kind,
        **({"扫描": [dict(values) for values in sweep]} if sweep else {}),
        **({"汇总": True} if noted else {}),
    }


def record_of(out: Path) -> Path:
    """Return the file that says what an output came from."""
    return out.with_name(f"{out.name}.来历.json")


def kept(out: Path, what: Mapping[str, Any], counts: Counts) -> None:
    """Write the record of an output. Raises OSError."""
    document = {**what, "结果": asdict(counts)}
    write_text(record_of(out), json.dumps(document, ensure_ascii=False, indent=1))


@frozen(eq=False)
class Record:
    """The record of an output."""

    what: Mapping[str, Any]
    counts: Counts

    @property
    def swept(self) -> bool:
        """Whether a unit has several rows, one for every variant of the rule set."""
        return "扫描" in self.what

    @property
    def order(self) -> Order:
        """What was asked for."""
        paths = self.what["路径"]
        ledgers = tuple((name, Path(path)) for name, path in paths["明细"].items())
        return Order(Path(paths["输入"]), ledgers, tuple(self.what["不用的列"]), tuple(self.what["没有行就是空的明细"]))


def record(out: Path) -> Record | None:
    """Return the record of an output; None where there is none that can be read."""
    try:
        found = json.loads(record_of(out).read_text("utf-8"))
        counts = Counts(**found.pop("结果"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return Record(found, counts) if found.get("格式") == FORMAT else None
