"""What an editor shows of a rule file beside its text: outline, folds, colours, canonical form, scores, proofs, cases."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from editor import Editor, Page, editor
from zjrules.canonical import format_text

BOOK = """# 某市的规则
# 两行说明
规则集 试验
  语言 1
  评价年度 2025
  发布 "某市"
  依据 "试验"
  满分 6 分
  舍入 各指标 四舍五入 精确到 0.01 分
  舍入 各一级指标 不舍入
  舍入 总分 四舍五入 精确到 0.01 分
  等级 优 ≥ 5 分，差 其余
参数 折扣 = 50%   依据 "试验"

一级指标 「预算𠮷」 4 分
# ---------------- 执行 ----------------
事实 执行率 : 比率 介于 0% 至 100%   佐证 "决算表"
指标 执行 4 分
  依据 "1.（1）"
  令 折后 = 执行率 × 折扣
  分项 甲项 2 分
    得分 满分 × 折后
  分项 乙项 2 分
    分档 执行率
      不低于 90% 得 满分
      其余       得 1 分
# ---------------- 合同 ----------------
明细 合同
  列名 金额 : 金额 ≥ 0 元
一级指标 公开 2 分
事实 已公开 : 是否
指标 公开情况 2 分
  判定
    当 已公开 得 满分
    其余      得 0 分
校验 警告 "有合同"
  应有 计数(合同) ≥ 0 个
"""
CASE = """案例: 全知道
规则: 某市/2025
单位: 某局
事实: {执行率: 95%, 已公开: 是}
明细: {合同: []}
期望:
  签认: 手算
  总分: 4.95
  指标: {执行: 2.95, 公开情况: 2}
"""
LESS = """案例: 缺一项
规则: 某市/2025
单位: 某局
事实: {执行率: 80%}
期望:
  签认: 手算
  指标: {执行: 1.8}
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A rule set with two cases, in a folder whose name has Chinese and blanks."""
    root = tmp_path / "我的 规则"
    (root / "rules" / "某市" / "2025").mkdir(parents=True)
    (root / "cases" / "某市").mkdir(parents=True)
    (root / "cases" / "某市" / "01-全知道.yaml").write_text(CASE, "utf-8")
    (root / "cases" / "某市" / "02-缺一项.yaml").write_text(LESS, "utf-8")
    path = root / "rules" / "某市" / "2025" / "甲 本.zj"
    path.write_text(BOOK, "utf-8")
    return path


@pytest.fixture
def ed(book: Path) -> Iterator[Editor]:
    with editor(book.parents[3]) as found:
        yield found


def _tree(symbols: Any, page: Page, depth: int = 0) -> list[str]:
    lines = []
    for symbol in symbols:
        assert symbol.range.start.line <= symbol.selection_range.start.line
        assert symbol.selection_range.end.line <= symbol.range.end.line
        assert page.under(symbol.selection_range).strip('「」“”"') == symbol.name
        lines += [f"{'  ' * depth}{symbol.name} {symbol.detail}".rstrip(), *_tree(symbol.children, page, depth + 1)]
    return lines


# ---------- outline ----------


def test_the_outline_is_that_of_the_table(ed: Editor, book: Path) -> None:
    page = ed.open(book, BOOK)
    ed.findings(page)
    assert _tree(ed.ask("textDocument/documentSymbol", page), page) == [
        "试验 2025",
        "折扣 = 50%",
        "预算𠮷 1. 4 分",
        "  执行率 比率",
        "  执行 1.（1） 4 分",
        "    折后 = 执行率 × 折扣",
        "    甲项 2 分",
        "    乙项 2 分",
        "  合同 明细",
        "    金额 金额",
        "公开 2. 2 分",
        "  已公开 是否",
        "  公开情况 2.（1） 2 分",
        "  有合同 校验 警告",
    ]


def test_a_group_reaches_to_the_end_of_what_is_in_it(ed: Editor, book: Path) -> None:
    page = ed.open(book, BOOK)
    groups = [s for s in ed.ask("textDocument/documentSymbol", page) if s.name in ("预算𠮷", "公开")]
    assert [(page.lines()[g.range.start.line], page.lines()[g.range.end.line]) for g in groups] == [
        ("一级指标 「预算𠮷」 4 分", "  列名 金额 : 金额 ≥ 0 元"),
        ("一级指标 公开 2 分", "  应有 计数(合同) ≥ 0 个"),
    ]


def test_a_file_with_errors_keeps_the_outline_of_what_can_be_read(ed: Editor, book: Path) -> None:
    page = ed.open(book, BOOK.replace("令 折后 = 执行率 × 折扣", "令 折后 = 执行率 × ×"))
    names = "\n".join(_tree(ed.ask("textDocument/documentSymbol", page), page))
    assert "执行 4 分" in names and "乙项" in names and "公开情况" in names


def test_names_are_found_over_all_files_by_letters_in_their_order(ed: Editor, book: Path) -> None:
    other = book.with_name("乙.zj")
    other.write_text("事实 执行进度率 : 比率 介于 0% 至 100%\n", "utf-8")
    ed.findings(ed.open(book, BOOK))

    def found(query: str) -> list[str]:
        answer = ed.request("workspace/symbol", {"query": query})["result"]
        return [f"{s['name']} {s['location']['range']['start']['character']}" for s in answer]

    assert found("执行率") == ["执行率 3", "执行进度率 3"]
    assert found("没有的") == []
    assert "乙项 5" in found("乙项")


# ---------- names by what they are ----------


def _coloured(ed: Editor, page: Page, data: Any) -> list[tuple[str, str]]:
    """Return the tokens as their text, and their type with its modifiers."""
    legend = ed.capabilities["semanticTokensProvider"]["legend"]
    line = column = 0
    found = []
    for n in range(0, len(data), 5):
        down, right, length, kind, modifiers = data[n : n + 5]
        line, column = line + down, (0 if down else column) + right
        text = page.lines()[line].encode("utf-16-le")[2 * column : 2 * (column + length)].decode("utf-16-le")
        named = [m for bit, m in enumerate(legend["tokenModifiers"]) if modifiers >> bit & 1]
        found.append((text, " ".join([legend["tokenTypes"][kind], *named])))
    return found


def test_names_are_coloured_by_what_they_are(ed: Editor, book: Path) -> None:
    page = ed.open(book, BOOK.replace("得分 满分 × 折后", "得分 满分 × 折后 + 逐级(执行率，满分：0 分)"))
    ed.findings(page)
    found = dict(_coloured(ed, page, ed.ask("textDocument/semanticTokens/full", page).data))
    assert found["「预算𠮷」"] == "namespace declaration"
    assert found["执行率"] == "property"
    assert found["折扣"] == "variable readonly"
    assert found["折后"] == "variable"
    assert found["乙项"] == "method declaration"
    assert found["合同"] == "struct"
    assert found["金额"] == "type defaultLibrary"
    assert found["计数"] == "function defaultLibrary"
    assert found["元"] == "type"
    assert found["优"] == "enum declaration"
    assert "指标" not in found and "满分" not in found


def test_words_of_the_library_are_told_from_own_ones(ed: Editor, book: Path) -> None:
    word = "定词 折半\n  输入 条件 : 是否\n  结果 若 条件 则 满分 否则 满分 × 50%\n"
    used = "套用 每超 值 执行率 基准 90% 步长 1 个百分点 每步扣 0.1 分 步法 整步"
    text = BOOK.replace("分档 执行率\n      不低于 90% 得 满分\n      其余       得 1 分", used)
    page = ed.open(book, word + text.replace("得分 满分 × 折后", "得分 折半(已公开)"))
    ed.findings(page)
    found = _coloured(ed, page, ed.ask("textDocument/semanticTokens/full", page).data)
    assert ("每超", "function defaultLibrary") in found
    assert ("折半", "function declaration") in found
    assert ("折半", "function") in found
    assert ("条件", "parameter") in found


def test_tokens_of_a_range_are_those_of_the_whole_that_lie_in_it(ed: Editor, book: Path) -> None:
    page = ed.open(book, BOOK.replace("不低于 90% 得 满分", "不低于 90% 得 得"))
    ed.findings(page)
    whole = _coloured(ed, page, ed.ask("textDocument/semanticTokens/full", page).data)
    here = {"start": {"line": 14, "character": 0}, "end": {"line": 17, "character": 0}}
    part = _coloured(ed, page, ed.ask("textDocument/semanticTokens/range", page, range=here).data)
    assert [t for t, _ in part] == ["「预算𠮷」", "分", "执行率", "比率", "%", "%"]
    assert set(part) <= set(whole)


# ---------- folds and selections ----------


def _folds(ed: Editor, page: Page) -> set[tuple[str, str, str]]:
    found = ed.ask("textDocument/foldingRange", page)
    lines = page.lines()
    return {(lines[f.start_line].strip(), lines[f.end_line].strip(), f.kind or "") for f in found}


def test_declarations_clauses_comments_and_sections_fold(ed: Editor, book: Path) -> None:
    page = ed.open(book, BOOK)
    folds = _folds(ed, page)
    assert ("# 某市的规则", "# 两行说明", "comment") in folds
    assert ("# ---------------- 执行 ----------------", "其余       得 1 分", "region") in folds
    assert ("指标 执行 4 分", "其余       得 1 分", "") in folds
    assert ("分项 甲项 2 分", "得分 满分 × 折后", "") in folds
    assert ("分档 执行率", "其余       得 1 分", "") in folds
    assert not [f for f in folds if f[0].startswith("参数")], "one line does not fold"


def test_a_damaged_file_folds(ed: Editor, book: Path) -> None:
    page = ed.open(book, BOOK.replace("不低于 90% 得 满分", "不低于 90% 得"))
    assert ("判定", "其余      得 0 分", "") in _folds(ed, page)


def test_a_selection_grows_from_the_name_to_the_file(ed: Editor, book: Path) -> None:
    page = ed.open(book, BOOK.replace("得分 满分 × 折后", "得分 满分 × 折‸后"))
    (found,) = ed.ask("textDocument/selectionRange", page, positions=[page.position])
    texts = []
    while found is not None:
        texts.append(page.under(found.range))
        found = found.parent
    assert texts[:3] == ["折后", "满分 × 折后", "得分 满分 × 折后"]
    assert texts[-1] == page.text
    assert all(inner in outer for inner, outer in pairwise(texts))


# ---------- canonical form ----------

MESSY = BOOK.replace("得分 满分 × 折后", "得分   满分*折后").replace("当 已公开 得 满分", "当 已公开 得   满分")
OPTIONS = {"options": {"tabSize": 2, "insertSpaces": True}}


def test_formatting_changes_only_the_lines_that_differ(ed: Editor, book: Path) -> None:
    page = ed.open(book, MESSY)
    edits = ed.ask("textDocument/formatting", page, **OPTIONS)
    assert page.edited(edits) == format_text("甲.zj", MESSY)[0]
    assert sum(e.range.end.line - e.range.start.line for e in edits) < 8


@pytest.mark.parametrize("end", ["", "\n", "\n\n\n", "\n# 尾"])
def test_formatting_is_right_at_the_end_of_a_file(ed: Editor, book: Path, end: str) -> None:
    text = MESSY.rstrip("\n") + end
    page = ed.open(book, text)
    assert page.edited(ed.ask("textDocument/formatting", page, **OPTIONS)) == format_text("甲.zj", text)[0]


def test_a_range_is_formatted_alone(ed: Editor, book: Path) -> None:
    page = ed.open(book, MESSY)
    line = next(n for n, text in enumerate(page.lines()) if "满分*折后" in text)
    here = {"start": {"line": line, "character": 0}, "end": {"line": line + 1, "character": 0}}
    after = page.edited(ed.ask("textDocument/rangeFormatting", page, range=here, **OPTIONS))
    assert "    得分 满分 × 折后\n" in after
    assert "当 已公开 得   满分" in after


def test_a_file_with_errors_is_left_as_it_is(ed: Editor, book: Path) -> None:
    page = ed.open(book, MESSY.replace("分档 执行率", "分档 执行率 执行率"))
    assert ed.ask("textDocument/formatting", page, **OPTIONS) == ()


# ---------- the chosen case ----------


def _hints(ed: Editor, page: Page) -> dict[str, str]:
    """Return the hints by the text before them on their line."""
    ed.findings(page)  # on a busy machine the check takes longer than a hint waits
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": len(page.lines()), "character": 0}}
    found = {}
    for hint in ed.ask("textDocument/inlayHint", page, range=whole):
        line = page.lines()[hint.position.line]
        before = line.encode("utf-16-le")[: 2 * hint.position.character].decode("utf-16-le")
        found[before.strip()] = hint.label
    return found


def test_the_scores_of_the_first_case_stand_beside_the_points(ed: Editor, book: Path) -> None:
    page = ed.open(book, BOOK)
    assert _hints(ed, page) == {
        "规则集 试验": "总分 4.95 分 差",
        "一级指标 「预算𠮷」 4 分": "得 2.95 分",
        "指标 执行 4 分": "得 2.95 分",
        "分项 甲项 2 分": "得 0.95 分",
        "分项 乙项 2 分": "得 2.00 分",
        "一级指标 公开 2 分": "得 2.00 分",
        "指标 公开情况 2 分": "得 2.00 分",
    }


def test_scores_follow_what_is_typed_and_stay_while_there_are_errors(ed: Editor, book: Path) -> None:
    page = ed.open(book, BOOK)
    assert _hints(ed, page)["分项 甲项 2 分"] == "得 0.95 分"
    page = ed.type(page, BOOK.replace("折扣 = 50%", "折扣 = 100%"))
    assert _hints(ed, page)["分项 甲项 2 分"] == "得 1.90 分"
    page = ed.type(page, BOOK.replace("折扣 = 50%", "折扣 ="))
    assert _hints(ed, page)["分项 甲项 2 分"] == "得 1.90 分"


def test_another_case_can_be_chosen_and_what_is_missing_is_an_interval(ed: Editor, book: Path) -> None:
    page = ed.open(book, BOOK)
    cases = [(c["path"], c["title"], c["unit"], c["chosen"]) for c in ed.do("zjrules.cases", page.uri)]
    assert cases == [
        ("cases/某市/01-全知道.yaml", "全知道", "某局", True),
        ("cases/某市/02-缺一项.yaml", "缺一项", "某局", False),
    ]
    ed.do("zjrules.chooseCase", page.uri, cases[1][0])
    assert [c["chosen"] for c in ed.do("zjrules.cases", page.uri)] == [False, True]
    hints = _hints(ed, page)
    assert hints["指标 执行 4 分"] == "得 1.80 分"
    assert hints["指标 公开情况 2 分"] == "得 0.00 至 2.00 分"
    ed.do("zjrules.chooseCase", page.uri, None)
    assert _hints(ed, page)["指标 公开情况 2 分"] == "得 2.00 分"


def test_the_editor_is_told_to_ask_again_when_scores_may_have_changed(ed: Editor, book: Path) -> None:
    page = ed.open(book, BOOK)

    def told_again() -> None:
        ed.asked.clear()
        while "workspace/inlayHint/refresh" not in ed.asked:
            assert ed.next(60)

    told_again()  # the first check may come after the first hints
    other = ed.open(book.with_name("乙.zj"), '参数 加的 = 1 分\n  依据 "甲"\n')
    ed.findings(other)
    ed.type(other, '参数 加的 = 2 分\n  依据 "甲"\n')
    told_again()
    ed.do("zjrules.chooseCase", page.uri, "cases/某市/02-缺一项.yaml")
    assert _hints(ed, page)["指标 执行 4 分"] == "得 1.80 分"


# ---------- lenses ----------


def _lenses(ed: Editor, page: Page) -> list[tuple[str, str]]:
    return [(page.under(x.range), x.command.title) for x in ed.ask("textDocument/codeLens", page)]


def test_every_indicator_has_its_lenses(ed: Editor, book: Path) -> None:
    page = ed.open(book, BOOK)
    assert _lenses(ed, page) == [
        ("执行", "证明"), ("执行", "运行案例"), ("公开情况", "证明"), ("公开情况", "运行案例"),
    ]  # fmt: skip


def test_the_cases_that_touch_an_indicator_are_run(ed: Editor, book: Path) -> None:
    page = ed.open(book, BOOK)
    lens = next(x for x in ed.ask("textDocument/codeLens", page) if x.command.title == "运行案例")
    assert ed.do(lens.command.command, *lens.command.arguments)["不符"] == 0
    assert "「执行」：2 个案例都相符" in ed.log
    assert ("执行", "运行案例：2 个相符") in _lenses(ed, page)
    assert ed.do("zjrules.runCases", page.uri, "公开情况")["案例"] == 1
    page = ed.type(page, BOOK.replace("其余       得 1 分", "其余       得 1.5 分"))
    found = ed.do("zjrules.runCases", page.uri, "执行")
    assert (found["案例"], found["不符"]) == (2, 1)
    (miss,) = found["不符的期望"]
    assert (miss["案例"], miss["什么"], miss["期望"], miss["算得"]) == (
        "缺一项",
        "执行（指标）",
        "1.8",
        "2.30（23/10）",
    )
    assert "「执行」：2 个案例，1 个不符。「缺一项」执行（指标）期望 1.8，算得 2.30（23/10）" in ed.log


def test_an_indicator_is_also_meant_by_a_line(ed: Editor, book: Path) -> None:
    page = ed.open(book, BOOK)
    line = next(n for n, text in enumerate(page.lines()) if "其余       得 1 分" in text)
    assert ed.do("zjrules.runCases", page.uri, line)["案例"] == 2
    assert ed.do("zjrules.runCases", page.uri, 0) is None
    assert "把光标放在一个指标里" in ed.log


def test_what_is_not_so_is_found_by_proof_and_goes_with_the_next_change(ed: Editor, book: Path) -> None:
    page = ed.open(book, BOOK)
    found = ed.do("zjrules.prove", page.uri, "执行")
    assert "反例" in found["结果"] and found["问题"]
    told = ed.findings(page, "ZJ7010")
    full = next(d for d in told if "取得到满分" in d.message and "「执行」" in d.message)
    assert "\n例如 事实: {执行率: " in full.message and "：得 " in full.message
    assert page.under(full.range) == "指标 执行 4 分", "one line is marked, not the whole indicator"
    assert any(title.startswith("证明：") for _, title in _lenses(ed, page))
    page = ed.type(page, BOOK + "# 完\n")
    assert [d for d in ed.findings(page) if d.code == "ZJ7010"] == []
    assert all(title in ("证明", "运行案例") for _, title in _lenses(ed, page))


def test_an_indicator_of_which_all_holds_is_said_to(ed: Editor, book: Path) -> None:
    page = ed.open(book, BOOK)
    found = ed.do("zjrules.prove", page.uri, "公开情况")
    assert found["结果"].startswith("已证") and "反例" not in found["结果"]
    assert found["问题"] == []


LONG = "得分 满分 × 甲 × 乙 × 丙 × (1 - 丁) ÷ (1 + 戊 × 己 × 庚)"
"""So many products that the solver takes its time over each question."""


def _long(ed: Editor, book: Path) -> tuple[Page, int]:
    """Open a rule whose proof takes long, and have it proved; return the number of the request."""
    facts = "".join(f"事实 {name} : 比率 介于 0% 至 100%\n" for name in "甲乙丙丁戊己庚")
    page = ed.open(book, facts + BOOK.replace("得分 满分 × 折后", LONG))
    ed.findings(page)
    params = {"command": "zjrules.prove", "arguments": [page.uri, "执行"]}
    ed.send("workspace/executeCommand", params, 900)
    while not any(p["value"]["kind"] == "report" for p in ed.progress):
        assert ed.next(60), "no progress"
    return page, 900


def _answer(ed: Editor, number: int) -> Any:
    while number not in ed.answers:
        assert ed.next(60)
    return ed.answers.pop(number).get("result")


def test_a_long_proof_shows_how_far_it_is_does_not_stop_typing_and_can_be_cancelled(ed: Editor, book: Path) -> None:
    page, number = _long(ed, book)
    begun = ed.progress[0]
    assert (begun["value"]["title"], begun["value"]["cancellable"]) == ("证明：执行", True)
    assert len(ed.ask("textDocument/documentSymbol", page)) == 11
    assert number not in ed.answers, "the outline came while the proof went on"
    ed.send("window/workDoneProgress/cancel", {"token": begun["token"]})
    assert _answer(ed, number) is None
    assert ed.progress[-1]["value"]["kind"] == "end"
    assert "没有做完：取消了，或者规则又改了" in ed.log
    assert not [d for d in ed.findings(page) if d.code == "ZJ7010"]


def test_a_proof_ends_when_the_rules_are_changed(ed: Editor, book: Path) -> None:
    page, number = _long(ed, book)
    page = ed.type(page, page.text + "# 又改了\n")
    assert _answer(ed, number) is None
    assert not [d for d in ed.findings(page) if d.code == "ZJ7010"]
    assert ed.do("zjrules.runCases", page.uri, "公开情况")["案例"] == 1


def test_rules_with_errors_are_neither_proved_nor_run(ed: Editor, book: Path) -> None:
    page = ed.open(book, BOOK.replace("当 已公开 得 满分", "当 已公开 得"))
    assert ed.do("zjrules.prove", page.uri, "执行") is None
    assert ed.do("zjrules.runCases", page.uri, "执行") is None
    assert ed.log.count("规则里还有错误，改好再来") == 2


def test_commands_about_nothing_answer_nothing(ed: Editor) -> None:
    for command in ("zjrules.runCases", "zjrules.prove"):
        assert ed.do(command, "file:///没有.zj", None) is None
        assert ed.do(command) is None


# ---------- size ----------


def test_a_book_of_two_thousand_lines_is_shown_in_no_time(ed: Editor, book: Path) -> None:
    facts = "".join(f'事实 「事项{n}」 : 是否\n  说明 "第 {n} 项𠮷"\n' for n in range(1000))
    page = ed.open(book, BOOK + facts)
    assert page.text.count("\n") > 2000
    ed.findings(page)
    begun = monotonic()
    assert len(ed.ask("textDocument/foldingRange", page)) > 1000
    assert len(ed.ask("textDocument/documentSymbol", page)) == 4
    assert page.edited(ed.ask("textDocument/formatting", page, **OPTIONS)) == format_text("甲.zj", page.text)[0]
    assert len(_hints(ed, page)) == 7
    assert monotonic() - begun < 10
