"""The shape of the house: layers, import cycles, file and function sizes, names, docstrings."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import get_args

import pytest

from zjrules.bulk.expr import WRITE as COLUMNS
from zjrules.certificate.kernel import LOWER
from zjrules.compiled.expr import WRITE
from zjrules.exact.expr import EVALUATE
from zjrules.margin.local import LOCAL
from zjrules.prove.expr import FORMULA
from zjrules.term.expr import Expr

PACKAGE = Path(__file__).parent.parent / "engine" / "zjrules"

# A module imports only from rows above its own. Packages stand for all that is in them.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("num", "span", "spelling", "interval", "verifier"),
    ("unit", "diag", "library", "layer"),
    ("syntax", "fact", "value", "numeral", "signature"),
    ("mistyped", "years"),
    ("term", "fit", "pool", "review"),
    ("trace", "read"),
    ("resolve", "format", "overlay"),
    ("ruleset",),
    ("elaborate",),
    ("exact",),
    ("compiled", "explain"),
    ("bulk", "sense", "pack", "live", "page", "margin", "certificate", "lint"),
    ("prove",),
    ("inout",),
    ("build", "kept", "kept_code", "proofs", "lock", "snapshot"),
    ("bookshelf", "highlight"),
    ("project", "canonical"),
    (
        "batch",
        "case",
        "displayed",
        "reconcile",
        "audit",
        "linted",
        "reissue",
        "publish",
        "migrate",
        "attest",
        "papers",
        "suppose",
        "reader",
        "workers",
    ),
    ("appraisal", "coverage", "mutate", "summary", "spark"),
    ("diff",),
    ("dossier",),
    ("lsp", "web"),
    ("cli",),
)
LEVEL = {name: level for level, row in enumerate(LAYERS) for name in row}
# Inside one row a few modules build on each other; the order is written down so that no cycle can grow.
BESIDE = {
    "snapshot": {"lock"},
    "interval": {"num"},
    "fact": set[str](),
    "term": set[str](),
    "value": set[str](),
    "audit": {"reconcile"},
}
FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
MAX_LINES, MAX_FUNCTION = 400, 40
# A start that finds its rule set in the cache must not import what builds one.
# Nor must one whose rules name no day import the calendar.
LATE = {"appraisal.py", "bookshelf.py", "project.py"}

FILES = sorted(PACKAGE.rglob("*.py"))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _unit(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def _imports(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{a.name}" for a in node.names]
        elif isinstance(node, ast.Import):
            found += [a.name for a in node.names]
    return [name.removeprefix("zjrules.") for name in found if name.startswith("zjrules.")]


def test_every_kind_of_expression_can_be_evaluated() -> None:
    assert set(EVALUATE) == set(get_args(Expr))


def test_every_kind_of_expression_can_be_compiled_or_is_left_to_the_exact_engine() -> None:
    assert set(WRITE) == set(get_args(Expr))


def test_every_kind_of_expression_can_be_written_as_columns_or_is_left_to_the_exact_engine() -> None:
    assert set(COLUMNS) == set(get_args(Expr))


def test_every_kind_of_expression_has_breakpoints_or_is_said_to_be_of_another_kind() -> None:
    assert set(LOCAL) == set(get_args(Expr))


def test_every_kind_of_expression_has_a_formula_or_is_said_to_have_none() -> None:
    assert set(FORMULA) == set(get_args(Expr))


def test_every_kind_of_expression_can_stand_in_a_certificate() -> None:
    assert set(LOWER) == set(get_args(Expr))


def test_every_module_has_a_layer() -> None:
    units = {_unit(p) for p in FILES if p.name != "__init__.py" or p.parent != PACKAGE}
    assert units - {"__init__"} == set(LEVEL)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_go_upward_only(path: Path) -> None:
    unit = _unit(path)
    if unit == "__init__":
        return
    for name in _imports(_tree(path)):
        other = name.split(".")[0]
        if other == unit:
            continue
        allowed = LEVEL[other] < LEVEL[unit] or other in BESIDE.get(unit, set())
        assert allowed, f"{unit} imports {name}, which stands no higher"


def test_no_import_cycle() -> None:
    graph: dict[str, set[str]] = {}
    modules = {".".join(p.relative_to(PACKAGE).with_suffix("").parts) for p in FILES}
    for path in FILES:
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        targets = {t for i in _imports(_tree(path)) for t in (i, i.rpartition(".")[0]) if t in modules}
        graph[name] = targets - {name}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " → ".join((*trail, name))
        if name not in done:
            for target in graph[name]:
                visit(target, (*trail, name))
            done.add(name)

    for name in graph:
        visit(name, ())
    assert done == set(graph)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_sizes_names_and_imports_inside_functions(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") <= MAX_LINES
    assert path.stem not in FORBIDDEN
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < MAX_FUNCTION, f"{node.name} is too long"
            inner = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
            assert not inner or "cli" in path.parts or path.name in LATE, f"{node.name} imports inside"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_public_names_have_docstrings(path: Path) -> None:
    tree = _tree(path)
    assert ast.get_docstring(tree), "a module says what it is for"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} has no docstring"


def test_heavy_libraries_are_imported_in_their_own_module_only() -> None:
    # The formatter lays out Lark's tokens by rich's display width.
    homes = {
        "lark": {"read", "format", "lsp", "reader"}, "pygls": {"lsp"}, "lsprotocol": {"lsp"}, "pypinyin": {"lsp"},
        "yaml": {"inout"}, "chinese_calendar": {"inout"}, "lunardate": {"inout"}, "rich": {"cli", "format", "summary"},
        "click": {"cli"}, "openpyxl": {"inout"}, "python_calamine": {"inout"}, "docx": {"inout"}, "docxtpl": {"inout"},
        "jinja2": {"inout", "web"}, "starlette": {"web"}, "uvicorn": {"web"}, "python_multipart": {"web"},
        "lxml": {"inout"}, "pypdf": {"inout"}, "markdown_it": {"reader"}, "z3": {"prove"}, "cryptography": {"signature"}, "pygments": {"highlight"},
        "matplotlib": {"summary"}, "llvmlite": {"bulk"}, "pyarrow": {"bulk", "inout", "workers"}, "pyspark": {"cli"},
        "polars": {"bulk", "inout", "batch", "summary", "spark", "workers", "cli"}, "numpy": {"bulk", "inout", "batch", "summary", "dossier"},
    }  # fmt: skip
    for path in FILES:
        for node in ast.walk(_tree(path)):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            for name in names:
                root = name.split(".")[0]
                assert root not in homes or _unit(path) in homes[root], f"{path.name} imports {root}"


def test_file_names_can_stand_on_windows() -> None:
    root = PACKAGE.parent.parent
    folders = ("engine", "grammar", "rules", "cases", "tests")
    names = [
        p.relative_to(root).as_posix()
        for f in folders
        for p in (root / f).rglob("*")
        if not {"__pycache__", "node_modules"} & set(p.parts)
    ]
    reserved = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}
    for name in names:
        assert len(name) < 120, name
        for part in name.split("/"):
            assert not set(part) & set('<>:"\\|?*'), name
            assert part.rstrip(". ") == part, name
            assert part.split(".")[0].lower() not in reserved, name
    assert len({n.casefold() for n in names}) == len(names)
