"""The rules as they are read in the browser: the list, search, documents, words, facts, and what changed between two years."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from test_page import Read
from webwork import Visitor, words
from zjrules.bookshelf import rule_sets
from zjrules.web.app import application
from zjrules.web.settings import Settings

BASE = "http://127.0.0.1:8420"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(application(Settings()), base_url=BASE) as found:
        yield found


def page(client: TestClient, address: str, **query: str) -> str:
    answer = client.get(address, params=query)
    assert answer.status_code == 200, answer.text
    Read(answer.text)  # every element is closed
    assert str(Path.cwd()) not in answer.text, "where the rules lie is nobody's business"
    return answer.text


def test_every_rule_set_is_listed_and_can_be_read(client: TestClient) -> None:
    text = page(client, "/read")
    for name in rule_sets():
        assert f'href="/read/book?id={name}"' in text
        book = Read(page(client, "/read/book", id=name))
        ids = {a["id"] for _, a in book.tags if "id" in a}
        links = {unquote(str(a["href"])) for tag, a in book.tags if tag == "a" and str(a["href"]).startswith("#")}
        assert links <= {f"#{i}" for i in ids}


def test_a_document_says_what_it_is_and_where_each_rule_stands(client: TestClient) -> None:
    text = words(page(client, "/read/book", id="zhanjiang/2025"))
    assert "重构，非官方" in text and "令 调剂率 =" in text
    assert "出自 rules/zhanjiang/2025/2-execution.zj:20" in text


def test_search_finds_names_and_text_in_all_rule_sets_and_leads_there(client: TestClient) -> None:
    text = page(client, "/read", q="调剂权重")
    assert "湛江市部门整体绩效自评 2025" in text and "示例，非官方" in text
    links = [unquote(x) for x in re.findall(r'href="(/read/book\?id=[^"]*#[^"]*)"', text)]
    assert "/read/book?id=zhanjiang/2025#参数-调剂权重" in links
    assert "/read/book?id=zhanjiang/2025#指标-预算编制约束性" in links
    book = Read(page(client, "/read/book", id="zhanjiang/2025"))
    assert "参数-调剂权重" in {a.get("id") for _, a in book.tags}


@pytest.mark.parametrize(
    "query", ["６０％", "60%", "預算無此字", "<b>", "   ", "a" * 5000, "\x00\u202e", "（", "%s{{1}}"]
)
def test_any_query_is_answered(client: TestClient, query: str) -> None:
    text = page(client, "/read", q=query)
    assert "<b>" not in text.partition("<main")[2]


def test_full_width_and_half_width_find_the_same(client: TestClient) -> None:
    both = [re.findall(r"\d+ 处，在 \d+ 本规则里", page(client, "/read", q=q)) for q in ("60%", "６０％")]
    assert both[0] == both[1] != []


def test_words_are_told_with_who_uses_them(client: TestClient) -> None:
    text = page(client, "/read/words")
    plain = words(text)
    assert "值不超过基准得满分；超过的，每超一步扣「每步扣」，扣到 0 分为止" in plain
    assert "每超(7 人，基准：5 人，步长：1 人，每步扣：0.5 分，步法：整步，满分：2 分) 1 分" in plain
    assert "/read/book?id=zhanjiang/2025#" in unquote(text)


def test_shared_facts_are_told_with_who_asks_them(client: TestClient) -> None:
    text = page(client, "/read/facts")
    row = words("<main>" + next(r for r in text.split("<tr") if "固定资产原值" in r))
    assert "金额（元） ≥ 0 元" in row and "zhanjiang/2025" in row and "example/2026" in row


def test_an_unknown_rule_set_is_said(client: TestClient) -> None:
    for address in ("/read/book?id=x/1", "/diff?old=x/1&new=zhanjiang/2025", "/read/book", "/read/book?id=/etc"):
        answer = client.get(address)
        assert answer.status_code == 404 and "ZJ5208" in answer.text


def test_two_years_are_compared_in_sentences_with_both_clauses(client: TestClient) -> None:
    assert "旧的 选一本 湛江市部门整体绩效自评 2026 example/2026" in words(page(client, "/diff"))
    text = words(page(client, "/diff", old="zhanjiang/2025", new="example/2026"))
    assert "参数「调剂权重」由 60% 改为 50%，用在「预算编制约束性」。" in text
    assert "旧 rules/zhanjiang/2025/2-execution.zj:10 参数 调剂权重 = 60%" in text
    assert "新 rules/example/2026/2-execution.zj:10 参数 调剂权重 = 50%" in text
    assert "没有证明得分是不是真的不同" in text and "预算编制约束性 没有问" in text
    same = words(page(client, "/diff", old="zhanjiang/2025", new="zhanjiang/2025"))
    assert "没有变化" in same and "没有证明" not in same


def test_pages_name_rule_files_from_the_rules_folder_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path.cwd()
    facts = (root / "cases/zhanjiang-2025/05-full-department.yaml").read_bytes()
    monkeypatch.chdir(tmp_path)  # from here the rules lie elsewhere, and are called by their whole path
    with TestClient(application(Settings()), base_url=BASE) as client:
        visitor = Visitor(client)
        address = visitor.upload(("某局.yaml", facts)).url.path
        for path in (address, f"{address}/explain", "/read/book?id=zhanjiang/2025", "/diff?old=mof/2013&new=mof/2020"):
            text = client.get(path).text
            assert "rules/" in text and str(root) not in text, path
        answer = client.post("/api/v1/check", content=facts, headers={"content-type": "application/yaml"})
        assert "rules/zhanjiang/2025/2-execution.zj" in answer.text and str(root) not in answer.text
