"""The interface for programs: its records are those of the commands, its description is its table, its refusals are problems."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import jsonschema
import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from webwork import DEPARTMENT, told_name
from zjrules import verifier
from zjrules.cli.main import group
from zjrules.web.api import openapi
from zjrules.web.api.body import JSON, XLSX, YAML
from zjrules.web.api.table import OPERATIONS, ROOT, Operation
from zjrules.web.app import application
from zjrules.web.failure import BAD_BODY, BAD_QUERY, NOT_USABLE, OTHER_MEDIA
from zjrules.web.settings import Settings

BASE = "http://127.0.0.1:8420"
FULL = Path("cases/zhanjiang-2025/05-full-department.yaml")
SMALL = {
    "规则": "mof/2020",
    "单位": "某局",
    "事实": {"项目预算数": "100 万元", "项目执行数": "93 万元"},
    "明细": {"绩效目标": []},
}
DOCUMENT: dict[str, Any] = json.loads(openapi.document())


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(application(Settings()), base_url=BASE) as found:
        yield found


def valid(found: Any, schema: str) -> None:
    """Hold data against a schema as the OpenAPI document has it."""
    whole = {**DOCUMENT, "$ref": f"#/components/schemas/{schema}"}
    jsonschema.Draft202012Validator(whole).validate(found)


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    valid(found, "problem")
    assert (found["code"], found["status"]) == (code, status)
    assert "Traceback" not in answer.text and str(Path.cwd()) not in answer.text
    return found


def posted(client: TestClient, path: str, body: bytes, media: str = YAML, **query: Any) -> httpx.Response:
    return client.post(f"{ROOT}{path}", params=query, content=body, headers={"content-type": media})


def small(client: TestClient, path: str, facts: Any = None, **query: Any) -> httpx.Response:
    return posted(client, path, json.dumps(facts or SMALL).encode(), JSON, **query)


# ---------- the description ----------


def test_every_route_is_described_and_everything_described_is_a_route(client: TestClient) -> None:
    routes = {
        (route.path, method)
        for route in client.app.routes  # type: ignore[attr-defined]
        if route.path.startswith(ROOT) and route.path != f"{ROOT}/openapi.json"
        for method in route.methods - {"HEAD"}
    }
    described = {(path, method.upper()) for path, every in DOCUMENT["paths"].items() for method in every}
    assert routes == described == {(f"{ROOT}{op.path}", op.method) for op in OPERATIONS}
    assert client.get(f"{ROOT}/openapi.json").json() == DOCUMENT


def test_every_reference_leads_somewhere_and_every_schema_is_one() -> None:
    def references(found: Any) -> Iterator[str]:
        match found:
            case dict():
                yield from [found["$ref"]] if "$ref" in found else []
                for inner in found.values():
                    yield from references(inner)
            case list():
                for inner in found:
                    yield from references(inner)
            case _:
                pass

    every = set(references(DOCUMENT))
    assert every
    for reference in every:
        place: Any = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]
    for schema in DOCUMENT["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_the_shapes_are_those_that_the_commands_publish() -> None:
    folder = Path("engine/zjrules/schema")
    for name in ("check", "certificate", "diff", "rulebook"):
        published = json.loads((folder / f"{name}.schema.json").read_text("utf-8"))
        mine = DOCUMENT["components"]["schemas"][name]
        assert mine["title"] == published["title"] and list(mine["properties"]) == list(published["properties"])


def test_the_page_tells_every_operation(client: TestClient) -> None:
    text = client.get("/api").text
    for op in OPERATIONS:
        assert f"{ROOT}{op.path}" in text and op.title in text
    assert f"{BASE}{ROOT}/rules/document?id=zhanjiang/2025" in text


# ---------- what is answered ----------


@pytest.mark.parametrize("op", [op for op in OPERATIONS if not op.upload], ids=lambda op: op.id)
def test_what_is_asked_of_rules_follows_its_schema(client: TestClient, op: Operation) -> None:
    query = {q.name: q.example for q in op.queries}
    answer = client.get(f"{ROOT}{op.path}", params=query)
    assert answer.status_code == 200
    valid(answer.json(), op.schema)
    assert "set-cookie" not in answer.headers and str(Path.cwd()) not in answer.text


@pytest.mark.parametrize("media", [YAML, XLSX])
@pytest.mark.parametrize("op", [op for op in OPERATIONS if op.upload], ids=lambda op: op.id)
def test_what_is_made_of_a_unit_follows_its_schema(client: TestClient, op: Operation, media: str) -> None:
    query = {q.name: q.example for q in op.queries if q.required}
    answer = posted(client, op.path, (FULL if media == YAML else DEPARTMENT).read_bytes(), media, **query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == op.media and "set-cookie" not in answer.headers
    if op.schema:
        valid(answer.json(), op.schema)
    else:
        assert answer.content.startswith(b"PK") and told_name(answer).endswith((".xlsx", ".docx", ".zip"))


def test_check_says_what_the_command_says(client: TestClient) -> None:
    said = json.loads(CliRunner().invoke(group, ["check", str(FULL), "--format", "json"], standalone_mode=False).output)
    found = posted(client, "/check", FULL.read_bytes()).json()
    text = json.dumps(found, ensure_ascii=False).replace("事实.yaml", str(FULL))
    assert json.loads(text) == said


def test_json_yaml_and_numbers_as_written_score_alike(client: TestClient) -> None:
    text = "规则: mof/2020\n单位: 某局\n事实: {项目预算数: 100 万元, 项目执行数: 93 万元}\n明细: {绩效目标: []}\n"
    totals = [
        posted(client, "/check", text.encode()).json()["单位"][0]["总分"],
        small(client, "/check").json()["单位"][0]["总分"],
        posted(client, "/check", text.replace("规则: mof/2020\n", "").encode(), rules="mof/2020").json()["单位"][0][
            "总分"
        ],
    ]
    assert totals[0] == totals[1] == totals[2]
    rate = small(client, "/explain", indicator="预算执行率").json()["单位"][0]["指标"][0]["下级"]
    # 93 ÷ 100 of 10 points.
    assert [n["按自述"]["值"] for n in rate] == ["93/10"]


def test_whatif_gives_both_scores(client: TestClient) -> None:
    found = small(client, "/whatif", set=["项目执行数=50 万元"]).json()
    valid(found, "whatif")
    assert [(n["名称"], n["现在"]["值"], n["改后"]["值"]) for n in found["指标"]] == [("预算执行率", "93/10", "5")]


def test_margins_are_exact(client: TestClient) -> None:
    found = small(client, "/margins").json()
    valid(found, "margins")
    row = next(r for r in found["指标"][0]["事实"] if r["事实"] == "项目执行数")
    # 93 of 100 万元: the rate is held at 100% from 100 万元 on, and at 0% from 0 元 down.
    assert (row["现在"], row["往上"]["界"]) == ("930000", "1000000")


def test_a_certificate_holds_and_names_the_file_that_was_sent(client: TestClient) -> None:
    data = posted(client, "/certificate", FULL.read_bytes()).content
    assert verifier.verdict(data)[0] == 0
    assert "事实.yaml" in data.decode()


def test_facts_with_mistakes_are_checked_but_not_certified(client: TestClient) -> None:
    wrong = {**SMALL, "事实": {"项目预算数": "五", "没有的": "1"}}
    found = small(client, "/check", wrong)
    assert found.status_code == 200
    valid(found.json(), "check")
    codes = {d["代码"] for d in found.json()["单位"][0]["发现"]}
    told = problem(small(client, "/certificate", wrong), 422, NOT_USABLE.number)
    assert {d["代码"] for d in told["发现"]} == codes


# ---------- what is refused ----------


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        ("/rules", {"x": "1"}, 400, BAD_QUERY.number),
        ("/rules/document", {}, 400, BAD_QUERY.number),
        ("/rules/document", {"id": " "}, 400, BAD_QUERY.number),
        ("/rules/document", {"id": ["a", "b"]}, 400, BAD_QUERY.number),
        ("/rules/document", {"id": "a" * 2001}, 400, BAD_QUERY.number),
        ("/rules/document", {"id": "没有/2025"}, 404, "ZJ5208"),
        ("/rules/document", {"id": "../../etc"}, 404, "ZJ5208"),
        ("/rules/document", {"id": "/etc"}, 404, "ZJ5208"),
        ("/diff", {"old": "zhanjiang/2025", "new": "x"}, 404, "ZJ5208"),
        ("/nothing", {}, 404, "ZJ5208"),
        ("/check", {}, 405, "ZJ5208"),
    ],
)
def test_a_wrong_question_is_a_problem(
    client: TestClient, path: str, query: dict[str, Any], status: int, code: str
) -> None:
    problem(client.get(f"{ROOT}{path}", params=query), status, code)


def test_a_method_that_is_not_allowed_says_which_is(client: TestClient) -> None:
    assert client.put(f"{ROOT}/check").headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/check", {"rules": "没有/2025"}, 404),
        ("/explain", {}, 400),
        ("/explain", {"indicator": "没有的"}, 404),
        ("/whatif", {"set": "没有等号"}, 400),
        ("/whatif", {"set": "没有的=1"}, 422),
        ("/whatif", {"set": "项目执行数=五"}, 422),
    ],
)
def test_a_wrong_question_about_a_unit_is_a_problem(
    client: TestClient, path: str, query: dict[str, str], status: int
) -> None:
    answer = small(client, path, **query)
    problem(answer, status, answer.json()["code"])


def test_several_rule_sets_at_once_are_only_checked(client: TestClient) -> None:
    both = {**SMALL, "规则": ["mof/2020", "mof/2013"]}
    assert len(small(client, "/check", both).json()["单位"]) == 2
    problem(small(client, "/margins", both), 400, BAD_QUERY.number)
    assert small(client, "/margins", both, rules="mof/2020").status_code == 200


@pytest.mark.parametrize(
    "media", ["", "text/plain", "multipart/form-data; boundary=x", "application/xml", "application/json-patch+json"]
)
def test_another_content_type_is_refused(client: TestClient, media: str) -> None:
    problem(posted(client, "/check", b"{}", media), 415, OTHER_MEDIA.number)


def test_other_hosts_other_sites_and_large_bodies_are_refused(client: TestClient) -> None:
    problem(client.get(f"{ROOT}/rules", headers={"host": "evil.example"}), 421, "ZJ5206")
    headers = {"content-type": YAML, "origin": "http://evil.example"}
    problem(client.post(f"{ROOT}/check", content=b"{}", headers=headers), 403, "ZJ5205")
    problem(posted(client, "/check", b" " * 20_000_001), 413, "ZJ5200")


def test_a_busy_or_slow_server_says_when_to_come_back() -> None:
    settings = Settings(work_seconds=0)
    with TestClient(application(settings), base_url=BASE) as client:
        answer = client.get(f"{ROOT}/rules")
        problem(answer, 503, "ZJ5202")
        assert answer.headers["retry-after"].isdigit()


# ---------- odd bodies ----------

DEEP = 200_000
HUGE = "9" * 1_000_000
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join(f'*{a}' for _ in range(9))}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "{", "[]", "null", "1", '"x"', "NaN", "Infinity", '{"a": NaN}', '{"a": -Infinity}', '{"a": 1, "a": 2}',
        "[" * DEEP, "[" * DEEP + "]" * DEEP, '{"a":' * DEEP + "1" + "}" * DEEP, "[" * 40 + "]" * 40, '"\\ud800"', '{"\\udfff": 1}',
        '{"单位": "\\ud83d\\ude00 \\u0000 \\u202e"}', "\ufeff{}", '{"事实": {"项目预算数": 1e999999999}}',
        '{"事实": {"项目预算数": ' + HUGE + "}}", '{"事实": {"项目预算数": "' + HUGE + '"}}', '{"事实": {"项目预算数": 1e-999999999}}',
        '{"事实": {"项目预算数": -0.0}}', '{"规则": ' + HUGE + "}", '{"规则": "../../../etc/passwd"}', '{"规则": ["mof/2020", ["x"]]}',
        '{"事实": []}', '{"明细": {"绩效目标": {"a": 1}}}', '{"明细": {"绩效目标": [1, null, true]}}', '{"单位": {"a": 1}}',
        '{"期望": {"总分": {"a": []}}}', '{"全体": ["/etc/passwd"]}', '{"自评": {"总分": 1e400}}', "{}" * 1000, "{},",
    ],
    ids=lambda text: text[:24],
)  # fmt: skip
def test_odd_json_is_answered_in_time_and_in_order(client: TestClient, text: str) -> None:
    for path in ("/check", "/margins"):
        answer = posted(client, path, text.encode(), JSON, rules="mof/2020")
        assert answer.status_code in (200, 400, 422), answer.text[:300]
        if answer.status_code == 200:
            valid(answer.json(), path.removeprefix("/"))
        else:
            problem(answer, answer.status_code, answer.json()["code"])


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe\x00", b"\x00" * 1000, BOMB.encode(), b"a: *nothing", b"!!python/object/apply:os.system ['true']",
        b"- " * 100_000, b"{" * 100_000, ("? " * 10_000).encode(), f"事实: {{项目预算数: {HUGE}}}".encode(), b"%YAML 9.9\n---\na: 1",
        "单位: 某局\n---\n单位: 另一局\n".encode(), "单位：某局".encode("gb18030"), b"a: |\n" + b" x\n" * 100_000,
        b"<<: {a: 1}", b"a: 1\n" * 50_000, "项目预算数: 1e999999999".encode(),
    ],
    ids=lambda data: data[:20].decode("latin-1"),
)  # fmt: skip
@pytest.mark.parametrize("media", [YAML, JSON, XLSX])
def test_odd_bytes_are_answered_in_time_and_in_order(client: TestClient, data: bytes, media: str) -> None:
    answer = posted(client, "/check", data, media, rules="mof/2020")
    assert answer.status_code in (200, 400, 422), answer.text[:300]


def test_a_name_that_stands_twice_is_named(client: TestClient) -> None:
    told = problem(posted(client, "/check", '{"单位": "甲", "单位": "乙"}'.encode(), JSON), 400, BAD_BODY.number)
    assert "「单位」写了两次" in told["title"]
