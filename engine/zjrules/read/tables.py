"""The parser's tables as plain data, so that the grammar is worked out once and not at every start.

Lark's own cache is a pickle under a predictable name in the temporary directory, which anyone may have put there; these
tables are JSON, kept where rule sets are (inout/store.py). The minor version of Lark is pinned in pyproject.toml, since
the shape of the data is Lark's own (memo_serialize).
"""

from __future__ import annotations

from typing import Any

import lark
from lark import Lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

VERSION = lark.__version__
"""The version of Lark, which the tables belong to."""


def dump(grammar: Lark) -> dict[str, Any]:
    """Return the tables of a grammar as data that JSON can hold."""
    data, memo = grammar.memo_serialize([TerminalDef, Rule])
    return {"data": data, "memo": memo}


def restore(tables: Any) -> Lark:
    """Return the grammar of dumped tables. Raises LookupError, TypeError, ValueError or AttributeError for other data."""
    table = tables["data"]["parser"]["parser"]
    # JSON has turned integer keys into text.
    states = {int(state): _numbered(actions) for state, actions in table["states"].items()}
    inner = {**table, "tokens": _numbered(table["tokens"]), "states": states}
    data = {**tables["data"], "parser": {**tables["data"]["parser"], "parser": inner}}
    # Lark's public loader reads pickles only; under it lies this one, which takes plain data.
    found: Lark = Lark._load_from_dict(data, _numbered(tables["memo"]))  # type: ignore[no-untyped-call]
    return found


def _numbered(data: dict[str, Any]) -> dict[int, Any]:
    return {int(key): value for key, value in data.items()}
