"""Options renamed from the editor: in rules, amending rules, cases and report.yaml. ‸ in a text is the cursor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from editor import Editor, Page, RefusedError, editor
from test_lsp_names import CASE, HEAD, SCORES, marked, place, renamed, renaming_all, settle

FACTS = """事实 评级 : 选项（优，良，「≥ 𠮷」）   说明 "优、良"
事实 另评 : 选项（优，良）
"""
COLUMN = "  列名 类别   : 选项（优，良）\n"
BOOK = HEAD.replace("满分 8 分", "满分 9 分") + COLUMN + FACTS
USES = SCORES.replace("一级指标 全部 8 分", "一级指标 全部 9 分").replace("且 金额数", "且 类别 为 优 且 金额数") + (
    '指标 评级 1 分\n  依据 "𠮷县的优"\n  得分 若 非 评级 属于（优，「≥ 𠮷」） 且 另评 为 优 则 1 分 否则 0 分\n'
)
FILLED = CASE.replace(
    "  预算执行率: 50%\n", "  预算执行率: 50%\n  评级: {值: '优', 佐证: 优, 复核: 优, 复核理由: 优}\n  另评: 优\n"
)
FILLED = FILLED.replace("补签: 是", "补签: 是, 类别: 优")
REPORT = "抽取:\n  评级:\n    写法:\n      - {写: 评为优, 值: 优}\n      - {写: 评为良, 值: 良}\n  另评: [{写: 另评为优, 值: 优}]\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    settle(tmp_path)
    place(tmp_path, "甲.zj").write_text(BOOK, "utf-8")
    place(tmp_path, "乙.zj").write_text(USES, "utf-8")
    place(tmp_path, "report.yaml").write_text(REPORT, "utf-8")
    (tmp_path / "cases" / "一.yaml").write_text(FILLED, "utf-8")
    return tmp_path


@pytest.fixture
def ed(home: Path) -> Iterator[Editor]:
    with editor(home) as found:
        yield found


def after(home: Path, ed: Editor, page: Page, new: str) -> dict[str, str]:
    """Return the texts that a rename changes, by the names of their files."""
    changes = renamed(ed, page, new)
    found = {}
    for path in home.rglob("*.*"):
        if path.as_uri() in changes:
            found[path.name] = Page(path.as_uri(), path.read_text("utf-8"), 0, 1).edited(changes.pop(path.as_uri()))
    assert not changes
    return found


def test_an_option_of_a_fact_is_renamed_in_rules_cases_and_report_and_nobody_elses(ed: Editor, home: Path) -> None:
    ed.open(place(home, "甲.zj"), BOOK)
    page = ed.open(place(home, "乙.zj"), marked(USES, '𠮷县的优"\n  得分 若 非 评级 属于（', "优，"))
    assert ed.ask("textDocument/prepareRename", page).placeholder == "优"
    assert after(home, ed, page, "优秀") == {
        "甲.zj": BOOK.replace("评级 : 选项（优，", "评级 : 选项（优秀，"),
        "乙.zj": USES.replace("属于（优，", "属于（优秀，"),
        "一.yaml": FILLED.replace("{值: '优', 佐证: 优, 复核: 优,", "{值: '优秀', 佐证: 优, 复核: 优秀,"),
        "report.yaml": REPORT.replace("{写: 评为优, 值: 优}", "{写: 评为优, 值: 优秀}"),
    }


def test_an_option_of_a_column_is_renamed_in_the_cells_of_its_ledger(ed: Editor, home: Path) -> None:
    page = ed.open(place(home, "甲.zj"), marked(BOOK, "类别   : 选项（优，", "良）"))
    assert after(home, ed, page, "良好")["甲.zj"] == BOOK.replace(COLUMN, COLUMN.replace("良", "良好"))
    page = ed.type(page, marked(BOOK, "类别   : 选项（", "优，良）"))
    assert after(home, ed, page, "A: 优") == {
        "甲.zj": BOOK.replace(COLUMN, COLUMN.replace("优", "「A: 优」")),
        "乙.zj": USES.replace("类别 为 优", "类别 为 「A: 优」"),
        "一.yaml": FILLED.replace("类别: 优", '类别: "A: 优"'),
    }


def test_an_option_in_brackets_behind_a_rare_character_and_another_way_to_write_it(ed: Editor, home: Path) -> None:
    written = FILLED.replace("值: '优'", "值: ≥ 𠮷")
    (home / "cases" / "一.yaml").write_text(written, "utf-8")
    ed.open(place(home, "甲.zj"), BOOK)
    page = ed.open(place(home, "乙.zj"), marked(USES, "属于（优，「≥", " 𠮷」"))
    found = after(home, ed, page, "高于线")
    assert found["乙.zj"] == USES.replace("「≥ 𠮷」", "高于线") and found["甲.zj"] == BOOK.replace("「≥ 𠮷」", "高于线")
    assert found["一.yaml"] == written.replace("≥ 𠮷", "高于线")


def test_a_sign_is_renamed_where_a_fact_file_writes_it_otherwise(ed: Editor, home: Path) -> None:
    book, uses = BOOK.replace("「≥ 𠮷」", "「≥」"), USES.replace("「≥ 𠮷」", "「≥」")
    place(home, "甲.zj").write_text(book, "utf-8")
    place(home, "乙.zj").write_text(uses, "utf-8")
    written = FILLED.replace("值: '优'", "值: 正向")
    (home / "cases" / "一.yaml").write_text(written, "utf-8")
    page = ed.open(place(home, "甲.zj"), marked(book, "评级 : 选项（优，良，「", "≥」"))
    assert after(home, ed, page, "高于线")["一.yaml"] == written.replace("正向", "高于线")
    page = ed.type(page, marked(book, "评级 : 选项（", "优，良，「≥」"))
    with pytest.raises(RefusedError, match="「正向」是「≥」的另一种写法"):
        ed.ask("textDocument/rename", page, newName="正向")


def test_an_option_in_a_base_is_renamed_in_what_amends_it_and_not_from_there(ed: Editor, home: Path) -> None:
    above = home / "rules" / "某县" / "2025"
    above.mkdir(parents=True)
    text = (
        '规则集 某县\n  沿用 某市/2025\n  发布 "某县"\n  依据 "文 2"\n'
        '修改 事实 评级 : 选项（优，良，「≥ 𠮷」，中）\n  依据 "文 2"\n  突破 "上级同意"\n'
        '修改 指标 评级 的 得分 若 评级 为 优 则 1 分 否则 0 分\n  依据 "文 2"\n  突破 "上级同意"\n'
    )
    (above / "县.zj").write_text(text, "utf-8")
    own = FILLED.replace("规则: 某市/2025", "规则: 某县/2025")
    (home / "cases" / "二.yaml").write_text(own, "utf-8")
    page = ed.open(place(home, "甲.zj"), marked(BOOK, "评级 : 选项（", "优"))
    found = after(home, ed, page, "优秀")
    assert found["县.zj"] == text.replace("评级 为 优", "评级 为 优秀").replace("（优，", "（优秀，")
    assert "值: '优秀'" in found["二.yaml"] and "另评: 优\n" in found["二.yaml"]
    page = ed.open(above / "县.zj", marked(text, "评级 为 ", "优"))
    with pytest.raises(RefusedError, match=r"打开 .*甲\.zj 去改"):
        ed.ask("textDocument/prepareRename", page)


@pytest.mark.parametrize(
    ("new", "why"),
    [("良", "已经有「良」了"), ("未填", "没有值的意思"), ("不适用", "保留词"), ('"', "引号")],
)
def test_options_that_do_not_fit_are_refused(ed: Editor, home: Path, new: str, why: str) -> None:
    page = ed.open(place(home, "甲.zj"), marked(BOOK, "评级 : 选项（", "优"))
    with pytest.raises(RefusedError, match=why):
        ed.ask("textDocument/rename", page, newName=new)


def test_an_option_that_a_word_takes_is_not_renamed_away_from_it(ed: Editor, home: Path) -> None:
    uses = USES.replace("得分 若 非 评级 属于（优，「≥ 𠮷」） 且 另评 为 优 则 1 分 否则 0 分", "得分 按程度(另评)")
    word = '定词 按程度\n  说明 "按程度得分"\n  输入 程度 : 选项（优，良）\n  结果 若 程度 为 优 则 1 分 否则 0 分\n  说成 "{程度}"\n'
    place(home, "乙.zj").write_text(uses.replace("一级指标", word + "一级指标", 1), "utf-8")
    page = ed.open(place(home, "甲.zj"), marked(BOOK, "另评 : 选项（", "优"))
    with pytest.raises(RefusedError, match=r"乙\.zj:.* 有错：词「按程度」的「程度」要选项"):
        ed.ask("textDocument/rename", page, newName="优秀")


def test_an_option_is_not_renamed_to_hide_in_the_list_of_another_fact(ed: Editor, home: Path) -> None:
    book = BOOK.replace("另评 : 选项（优，良）", "另评 : 选项（优，良，甲等）\n事实 三评 : 选项（优，良）")
    uses = USES.replace(
        "  得分 若 非 评级", "  令 合评 = 若 评级 为 良 则 另评 否则 三评\n  得分 若 合评 为 优 且 非 评级"
    )
    place(home, "甲.zj").write_text(book, "utf-8")
    place(home, "乙.zj").write_text(uses, "utf-8")
    page = ed.open(place(home, "甲.zj"), marked(book, "三评 : 选项（", "优"))
    for new in ("甲等", "优秀"):
        with pytest.raises(RefusedError, match=f"改名为「{new}」以后，某市/2025 的意思会变"):
            ed.ask("textDocument/rename", page, newName=new)


def test_an_option_of_an_input_is_renamed_in_its_default_and_in_calls(ed: Editor, home: Path) -> None:
    word = (
        '定词 按程度\n  说明 "按程度得分"\n  输入 程度 : 选项（优，良）\n  输入 又 : 选项（优，良） 默认 优\n'
        '  结果 若 程度 为 优 且 又 为 优 则 1 分 否则 0 分\n  说成 "{程度} {又}"\n'
    )
    uses = USES.replace("另评 为 优 则 1 分", "另评 为 优 则 按程度(优，又：优)").replace(
        "一级指标", word + "一级指标", 1
    )
    place(home, "乙.zj").write_text(uses, "utf-8")
    page = ed.open(place(home, "乙.zj"), marked(uses, "按程度(优，又：", "优)"))
    text = uses.replace("输入 又 : 选项（优，良） 默认 优", "输入 又 : 选项（甲等，良） 默认 甲等")
    assert after(home, ed, page, "甲等") == {
        "乙.zj": text.replace("又 为 优", "又 为 甲等").replace("又：优", "又：甲等")
    }  # fmt: skip


def test_every_name_of_the_book_can_be_renamed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    done, refused = renaming_all(home / "rules" / "某市" / "2025", 100, 1)
    assert done == 22 and len(refused) == 2 and all("打开" in why for why in refused)
