"""The language server as an editor meets it: texts, findings and their fixes, and what must not end it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp

from editor import PATIENCE, Editor, Page, editor
from zjrules.lsp.place import Encoding
from zjrules.span import Source, Span

ROOT = Path(__file__).parent.parent

BOOK = """规则集 试验
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 4 分
  舍入 各指标 四舍五入 精确到 0.01 分
  舍入 各一级指标 不舍入
  舍入 总分 四舍五入 精确到 0.01 分
  等级 优 ≥ 3 分，差 其余
事实 预算执行率 : 比率 介于 0% 至 100%   说明 "执行的占预算的"   佐证 "决算表"
一级指标 全部 4 分
  依据 "通知第一条"
指标 一 4 分
  依据 "通知第一条"
  得分 满分 × 预算执行率
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A rule set in a folder whose name has Chinese and blanks."""
    folder = tmp_path / "我的 规则" / "rules" / "某市" / "2025"
    folder.mkdir(parents=True)
    (folder / "甲 本.zj").write_text(BOOK, "utf-8")
    return folder


@pytest.fixture
def ed(book: Path) -> Iterator[Editor]:
    with editor(book.parent.parent.parent) as found:
        yield found


def codes(found: list[Any]) -> list[str]:
    return [d.code for d in found]


# ---------- findings ----------


def test_a_clean_book_has_no_findings(ed: Editor, book: Path) -> None:
    assert ed.findings(ed.open(book / "甲 本.zj", BOOK)) == []


def test_an_error_is_found_as_it_is_typed_and_goes_when_it_is_mended(ed: Editor, book: Path) -> None:
    page = ed.open(book / "甲 本.zj", BOOK)
    page = ed.type(page, BOOK.replace("× 预算执行率", "× 预算执行"))
    (found,) = ed.findings(page)
    assert found.code == "ZJ2002"
    assert page.under(found.range) == "预算执行"
    assert "是不是「预算执行率」？" in found.message
    path, line = found.code_description.href.removeprefix("file://").split("#L")
    assert Path(path).read_text("utf-8").splitlines()[int(line) - 1].startswith("## ZJ2002 ")
    assert ed.findings(ed.type(page, BOOK)) == []


def test_one_slip_hides_no_other(ed: Editor, book: Path) -> None:
    text = BOOK.replace('依据 "通知第一条"\n  得分', "依据 通知\n  得分").replace(
        "四舍五入 精确到 0.01 分\n  等级", "四舍五\n  等级"
    )
    found = ed.findings(ed.open(book / "甲 本.zj", text))
    assert codes(found) == ["ZJ4014", "ZJ1024"]
    assert [d.range.start.line for d in found] == [8, 14]


def test_places_are_counted_in_utf_16_and_the_line_ends_of_windows_are_none(ed: Editor, book: Path) -> None:
    text = BOOK.replace("× 预算执行率", "× 「𠮷𠮷」 × 预算执行").replace("\n", "\r\n")
    page = ed.open(book / "甲 本.zj", text)
    found = ed.findings(page)
    assert [page.under(d.range) for d in found] == ["「𠮷𠮷」", "预算执行"]
    assert found[1].range.start.character == len("  得分 满分 × 「𠮷𠮷」 × ") + 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_every_way_to_count_can_be_agreed_on(book: Path, encoding: str) -> None:
    text = BOOK.replace("× 预算执行率", "× 「𠮷」 ÷ 2")
    with editor(book, [encoding]) as ed:
        assert ed.capabilities["positionEncoding"] == encoding
        (found,) = ed.findings(ed.open(book / "甲 本.zj", text))
    line = "  得分 满分 × 「𠮷」"
    width = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    start, end = (
        len(part.encode(encoding.replace("16", "16-le").replace("32", "32-le"))) // width for part in (line[:-3], line)
    )
    assert (found.range.start.character, found.range.end.character) == (start, end)


@pytest.mark.parametrize("name", ["utf-8", "utf-16", "utf-32"])
def test_a_place_and_back_is_the_same_place(name: str) -> None:
    source, way = Source("甲", "a𠮷b\n规𠮷则\n\n"), Encoding(name)
    for offset in range(len(source.text) + 1):
        assert way.offset(source, way.position(source, offset)) == offset
    span = Span(source, 1, 6)
    assert way.span(source, way.range(span)) == span


def test_the_other_places_of_a_finding_are_told(ed: Editor, book: Path) -> None:
    (book / "乙.zj").write_text("事实 预算执行率 : 金额\n", "utf-8")
    page = ed.open(book / "甲 本.zj", BOOK)
    ed.findings(page)
    other = ed.open(book / "乙.zj", "事实 预算执行率 : 金额\n")
    found = [d for p in (page, other) for d in ed.findings(p) if d.code == "ZJ2001"]
    assert found
    assert found[0].related_information[0].message == "已有"
    assert {Path(found[0].related_information[0].location.uri).suffix} == {".zj"}


def test_a_change_in_one_file_is_told_in_the_others_of_its_rule_set(ed: Editor, book: Path) -> None:
    (book / "乙.zj").write_text('参数 甲 = 100%\n  依据 "甲"\n', "utf-8")
    text = BOOK.replace("× 预算执行率", "× 预算执行率 × 甲")
    page = ed.open(book / "甲 本.zj", text)
    other = ed.open(book / "乙.zj", '参数 甲 = 100%\n  依据 "甲"\n')
    assert ed.findings(page) == []
    ed.type(other, '参数 乙 = 100%\n  依据 "甲"\n')
    while not ed.told[page.uri][-1].diagnostics:
        assert ed.next(PATIENCE)
    assert codes(ed.told[page.uri][-1].diagnostics) == ["ZJ2002"]


def test_lint_follows_and_what_is_unused_is_faded(ed: Editor, book: Path) -> None:
    page = ed.open(book / "甲 本.zj", BOOK.replace("\n一级", '\n事实 不用的 : 金额 ≥ 0 元  说明 "甲"  佐证 "乙"\n一级'))
    found = next(d for d in ed.findings(page, "ZJ8040") if d.code == "ZJ8040")
    assert list(found.tags) == [lsp.DiagnosticTag.Unnecessary]
    assert page.under(found.range).startswith("事实 不用的") or page.under(found.range) == "不用的"


# ---------- fixes ----------


def actions(ed: Editor, page: Page, found: Any, *only: str) -> list[Any]:
    context = {"diagnostics": [], **({"only": list(only)} if only else {})}
    ends = [{"line": p.line, "character": p.character} for p in (found.range.start, found.range.end)]
    return ed.ask("textDocument/codeAction", page, range={"start": ends[0], "end": ends[1]}, context=context) or []


def test_what_was_meant_is_one_key_away(ed: Editor, book: Path) -> None:
    page = ed.open(book / "甲 本.zj", BOOK.replace("满分 × 预算执行率", "满分 × 「预算執行率」"))
    (found,) = ed.findings(page)
    (action,) = actions(ed, page, found, "quickfix")
    assert action.title == "改成「预算执行率」"
    assert action.diagnostics[0].code == "ZJ2002"
    assert page.edited(action.edit.changes[page.uri]) == BOOK


@pytest.mark.parametrize(
    ("wrong", "title", "right"),
    [
        (
            "扣分\n    每 1 问题数 扣 1 分\n    扣完为止",
            "写成「1 处」",
            "扣分\n    每 1 处 问题数 扣 1 分\n    扣完为止",
        ),
        ("得分 若 支出 > 100 则 满分 否则 0 分", "写成「100 元」", "得分 若 支出 > 100 元 则 满分 否则 0 分"),
        ("得分 若 10 ≥ 问题数 则 满分 否则 0 分", "写成「10 处」", "得分 若 10 处 ≥ 问题数 则 满分 否则 0 分"),
        ("得分 若 支出 - 3 > 0 元 则 满分 否则 0 分", "写成「3 元」", "得分 若 支出 - 3 元 > 0 元 则 满分 否则 0 分"),
        (
            '得分 满分\n校验 错误 "平"\n  应有 支出 = 支出   容差 0.01',
            "写成「0.01 元」",
            '得分 满分\n校验 错误 "平"\n  应有 支出 = 支出   容差 0.01 元',
        ),
    ],
)
def test_a_unit_that_was_left_out_is_one_key_away(ed: Editor, book: Path, wrong: str, title: str, right: str) -> None:
    facts = BOOK.replace("一级指标 全", "事实 问题数 : 个数（处） ≥ 0 处\n事实 支出 : 金额 ≥ 0 元\n一级指标 全")
    page = ed.open(book / "甲 本.zj", facts.replace("得分 满分 × 预算执行率", wrong))
    (found,) = [d for d in ed.findings(page) if d.code in ("ZJ3001", "ZJ4020")]
    (action,) = actions(ed, page, found, "quickfix")
    assert action.title == title and not action.is_preferred
    assert page.edited(action.edit.changes[page.uri]) == facts.replace("得分 满分 × 预算执行率", right)


@pytest.mark.parametrize(
    ("wrong", "code", "title", "right"),
    [
        ("指标 一 4\n", "ZJ4003", "写成「4 分」", "指标 一 4 分\n"),
        ("    60% 至 75% 得 1 分\n", "ZJ1015", "写成「介于 60% 至 75%」", "    介于 60% 至 75% 得 1 分\n"),
        ("    60%以上 得 1 分\n", "ZJ1015", "写成「不低于 60%」", "    不低于 60% 得 1 分\n"),
    ],
)
def test_what_a_scoring_table_says_is_rewritten(
    ed: Editor, book: Path, wrong: str, code: str, title: str, right: str
) -> None:
    bands = BOOK.replace("得分 满分 × 预算执行率", "分档 预算执行率\n    不低于 75% 得 满分\n    其余 得 0 分")
    where = "指标 一 4 分\n" if wrong.startswith("指标") else "    其余"
    rest = "" if where.startswith("指标") else where
    page = ed.open(book / "甲 本.zj", bands.replace(where, wrong + rest))
    (found,) = [d for d in ed.findings(page) if d.code == code]
    (action,) = actions(ed, page, found, "quickfix")
    assert action.title == title
    assert page.edited(action.edit.changes[page.uri]) == bands.replace(where, right + rest)


def test_all_that_is_sure_is_mended_at_once_and_nothing_else(ed: Editor, book: Path) -> None:
    text = BOOK.replace("  得分 满分", "  令 不用的 = 1 日\n  令 也不用的 = 2 日\n  得分 满分")
    page = ed.open(book / "甲 本.zj", text)
    found = [d for d in ed.findings(page, "ZJ8068") if d.code == "ZJ8068"]
    assert len(found) == 2
    (action,) = actions(ed, page, found[0], "source.fixAll")
    assert action.kind == "source.fixAll.zjrules"
    after = page.edited(action.edit.changes[page.uri])
    assert [line for line in after.splitlines() if "不用的" in line] == []
    assert ed.findings(ed.type(page, after)) == []


def test_a_fix_for_a_text_that_is_gone_is_not_offered(ed: Editor, book: Path) -> None:
    page = ed.open(book / "甲 本.zj", BOOK.replace("满分 × 预算执行率", "满分 × 预算执行"))
    (found,) = ed.findings(page)
    page = ed.type(page, "\n\n" + BOOK)
    assert actions(ed, page, found) == []


# ---------- files ----------


def test_a_text_that_was_never_saved_is_checked_by_itself(ed: Editor) -> None:
    page = ed.open("untitled:Untitled-1", BOOK.replace("× 预算执行率", "× 预算"))
    assert codes(ed.findings(page)) == ["ZJ2002"]
    assert ed.findings(ed.type(page, BOOK)) == []


def test_empty_texts_and_texts_of_anything_are_no_trouble(ed: Editor, book: Path) -> None:
    page = ed.open(book / "甲 本.zj", BOOK)
    for text in ("", "\n", "\ufeff", '"', "「", "\x00\u2028𠮷", "指标", "(" * 500, "且 " * 3000, BOOK):
        page = ed.type(page, text)
        ed.findings(page)
        ed.ask("textDocument/completion", page)
        ed.ask("textDocument/hover", page)
        ed.ask("textDocument/definition", page)
    assert ed.findings(page) == []


def test_a_file_that_is_deleted_leaves_no_findings(ed: Editor, book: Path) -> None:
    text = "事实 坏的 : 没有的类型\n"
    (book / "乙.zj").write_text(text, "utf-8")
    page = ed.open(book / "甲 本.zj", BOOK)
    uri = (book / "乙.zj").as_uri()
    ed.findings(page)
    while not ed.told.get(uri):
        assert ed.next(PATIENCE)
    (book / "乙.zj").unlink()
    ed.send("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri, "type": 3}]})
    ed.cleared(uri)


def test_what_is_closed_is_cleared(ed: Editor, book: Path) -> None:
    page = ed.open(book / "甲 本.zj", BOOK.replace("× 预算执行率", "× 预算"))
    assert ed.findings(page)
    ed.close(page)
    ed.cleared(page.uri)


def test_several_books_in_one_folder_are_checked_each_by_itself(ed: Editor, book: Path) -> None:
    (book / "乙 本.zj").write_text(BOOK, "utf-8")
    assert ed.findings(ed.open(book / "甲 本.zj", BOOK)) == []
    assert ed.findings(ed.open(book / "乙 本.zj", BOOK)) == []


def test_a_base_that_is_being_edited_is_seen_by_what_amends_it(ed: Editor, book: Path) -> None:
    above = book.parent.parent / "某县" / "2025"
    above.mkdir(parents=True)
    text = '规则集 某县\n  沿用 某市/2025\n  发布 "某县"\n  依据 "文 2"\n  自 2025-03-01 起施行\n修改 指标 一 的 得分 满分\n  依据 "文 2"\n  突破 "同意"\n'
    (above / "县.zj").write_text(text, "utf-8")
    page = ed.open(above / "县.zj", text)
    assert ed.findings(page) == []
    base = ed.open(book / "甲 本.zj", BOOK)
    ed.findings(base)
    ed.type(base, BOOK.replace("指标 一 4", "指标 二 4"))
    while not ed.told[page.uri][-1].diagnostics:
        assert ed.next(PATIENCE)
    assert codes(ed.told[page.uri][-1].diagnostics) == ["ZJ4104"]


def test_the_library_is_checked_as_a_library(tmp_path: Path) -> None:
    with editor(ROOT) as ed:
        path = ROOT / "rules" / "std" / "at-least.zj"
        path = path if path.exists() else next((ROOT / "rules" / "std").glob("*.zj"))
        assert ed.findings(ed.open(path, path.read_text("utf-8"))) == []


# ---------- long ones ----------


def long_book(indicators: int = 250) -> str:
    """A book of over 2,000 lines."""
    parts = [BOOK.replace("满分 4 分", f"满分 {indicators} 分").split("事实 预算")[0]]
    parts += [f'一级指标 全部 {indicators} 分\n  依据 "甲"\n']
    for i in range(indicators):
        name = "".join("零一二三四五六七八九"[int(c)] for c in str(i))
        parts.append(
            f'事实 数{name} : 比率 介于 0% 至 100%\n  说明 "第{name}个"\n  佐证 "表"\n'
            f'指标 标{name} 1 分\n  依据 "第{name}条"\n  令 比 = 数{name} × 100%\n  得分 满分 × 比\n  随 数{name} 不减\n'
        )
    return "".join(parts)


def test_a_book_of_2000_lines(ed: Editor, book: Path) -> None:
    text = long_book()
    assert text.count("\n") > 2000
    page = ed.open(book / "甲 本.zj", text)
    assert ed.findings(page) == []
    page = ed.type(page, text.replace("  令 比 = 数二四九", "  令 比 = 数二‸四十"))
    (found,) = ed.findings(page)
    assert (found.code, page.under(found.range)) == ("ZJ2002", "数二四十")
    page = ed.type(
        page, text.replace("× 100%\n  得分 满分 × 比\n  随 数二四九", "× 100%\n  得分 满分 × ‸比\n  随 数二四九")
    )
    (place,) = ed.ask("textDocument/definition", page)
    assert page.under(place.range) == "比"
    assert place.range.start.line > 1990
    found = ed.ask("textDocument/rename", page, newName="比例")
    assert len(found.changes[page.uri]) == 2
    assert "数二四九" in [i.label for i in ed.ask("textDocument/completion", page).items]


# ---------- the server itself ----------


def test_unknown_documents_methods_and_wrong_parameters_are_no_trouble(ed: Editor, book: Path) -> None:
    nowhere = Page((book / "没有.zj").as_uri(), "", 0, 1)
    for method in ("textDocument/hover", "textDocument/definition", "textDocument/completion", "textDocument/rename"):
        assert not ed.ask(method, nowhere, newName="甲")
    assert "error" in ed.request("没有/这个", {})
    ed.send("textDocument/hover", {"甲": 1}, 999_999)
    ed.send(
        "textDocument/didChange",
        {"textDocument": {"uri": nowhere.uri, "version": 2}, "contentChanges": [{"text": "甲"}]},
    )
    ed.send("textDocument/didClose", {"textDocument": {"uri": nowhere.uri}})
    assert ed.findings(ed.open(book / "甲 本.zj", BOOK)) == []


def test_places_past_the_end_are_no_trouble(ed: Editor, book: Path) -> None:
    page = ed.open(book / "甲 本.zj", BOOK)
    for line, character in ((10_000, 0), (3, 10_000)):
        for method in ("textDocument/hover", "textDocument/completion", "textDocument/definition"):
            ed.ask(method, page, position={"line": line, "character": character})
    assert ed.findings(page) == [], "it goes on answering"


def test_only_the_last_of_many_keystrokes_is_told(ed: Editor, book: Path) -> None:
    page = ed.open(book / "甲 本.zj", BOOK)
    for length in range(1, 60):
        page = ed.type(page, BOOK + "# " + "字" * length + "\n")
    assert ed.findings(page) == []
    told = [p.version for p in ed.told[page.uri]]
    assert told == sorted(told)
    assert len(told) < 60


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("how", ["exit", "closed", "gone"])
def test_an_editor_that_leaves_without_a_word_leaves_no_process(book: Path, how: str) -> None:
    command = [sys.executable, "-m", "zjrules.cli.main", "lsp"]
    process = subprocess.Popen(command, cwd=book, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    found = Editor(process)
    assert process.stdin is not None
    if how == "exit":
        found.send("exit", None)
    elif how == "closed":
        found.send("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, 1)
        process.stdin.close()
    else:
        process.stdin.write(b"Content-Length: 100\r\n\r\n{")
        process.stdin.close()
    assert process.wait(PATIENCE) in (0, 1)
    assert process.stderr is not None and process.stdout is not None
    assert b"Traceback" not in process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    if not process.stdin.closed:
        process.stdin.close()


def test_help_names_what_it_is() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "zjrules.cli.main", "lsp", "--help"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0
    assert "语言服务" in done.stdout


def test_a_missing_library_is_said(tmp_path: Path) -> None:
    # A finder that has no pygls, as a machine without zjrules[editor] has none.
    code = (
        "import importlib.util as u, sys; found = u.find_spec\n"
        "u.find_spec = lambda n, *a: None if n == 'pygls' else found(n, *a)\n"
        "sys.argv = ['zjrules', 'lsp']\nfrom zjrules.cli.main import main\nmain()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False, cwd=tmp_path
    )
    assert done.returncode == 2
    assert "ZJ1070" in done.stderr and "zjrules[editor]" in done.stderr
