"""What keeps a server of ours from harm: who may ask, how much, for how long, and what is left behind."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from click.testing import CliRunner
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.types import Message, Receive

from webwork import Visitor, words
from zjrules.cli.serve import command
from zjrules.web import lane
from zjrules.web.app import application
from zjrules.web.desk import Desk, Held
from zjrules.web.failure import Refused
from zjrules.web.guard import HEADERS
from zjrules.web.lanes import BugError, Lanes
from zjrules.web.settings import Settings
from zjrules.web.view import saved

BASE = "http://127.0.0.1:8420"
FACTS = Path("cases/zhanjiang-2025/05-full-department.yaml")


@pytest.fixture(scope="module")
def visitor() -> Iterator[Visitor]:
    with TestClient(application(Settings()), base_url=BASE) as client:
        yield Visitor(client)


def small(**limits: int) -> TestClient:
    return TestClient(application(Settings(**limits)), base_url=BASE)  # type: ignore[arg-type]


# ---------- what is said with every answer ----------


@pytest.mark.parametrize(
    "address",
    ["/", "/rules?id=zhanjiang/2025", "/rules/template?id=mof/2013", "/none", "/static/app.js", "/static/app.css",
     "/static/..%2Fapp.py", "/static/icon.svg", "/favicon.ico", "/unit/none", "/unit"],
)  # fmt: skip
def test_every_answer_has_the_headers_that_bind_a_browser(visitor: Visitor, address: str) -> None:
    answer = visitor.client.get(address)
    for name, value in HEADERS.items():
        if name != "cache-control" or "/static/app" not in address:
            assert answer.headers[name] == value or "/static/icon" in address
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "server" not in answer.headers


@pytest.mark.parametrize("address", ["/", "/rules?id=zhanjiang/2025", "/none"])
def test_no_page_has_script_or_style_in_it_or_asks_another_host(visitor: Visitor, address: str) -> None:
    page = visitor.client.get(address).text
    assert not re.search(r"<style|\bstyle=|<script(?! src=\"/static/)|\bon\w+=|javascript:", page)
    assert not re.search(r"(?:src|href|action)=\"(?!/|#)", page)


def test_pages_of_an_upload_have_no_script_or_style_in_them_either(visitor: Visitor) -> None:
    address = visitor.uploaded()
    for end in ("", "/explain", "/whatif", "/margins", "/files"):
        page = visitor.client.get(f"{address}{end}").text
        assert not re.search(r"<style|\bstyle=|<script(?! src=\"/static/)|<[^>]*\bon\w+=|javascript:", page)


def test_the_cookie_is_for_us_alone() -> None:
    with small() as client:
        cookie = client.get("/").headers["set-cookie"]
        assert cookie.startswith("zjrules-8420=")
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
        assert "set-cookie" not in client.get("/").headers


# ---------- who may ask ----------


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8420", "127.0.0.1.evil.example", "10.0.0.1:8420", "", "[::1", "a@b"]
)
def test_another_host_name_is_refused(visitor: Visitor, host: str) -> None:
    for address in ("/", "/static/app.js", "/none"):
        answer = visitor.client.get(address, headers={"host": host})
        assert (answer.status_code, "ZJ5206" in answer.text) == (421, True)


@pytest.mark.parametrize("host", ["127.0.0.1:8420", "localhost:8420", "LOCALHOST", "[::1]:8420"])
def test_names_of_this_machine_are_taken(visitor: Visitor, host: str) -> None:
    assert visitor.client.get("/none", headers={"host": host}).status_code == 404


def test_a_server_for_others_takes_addresses_but_no_names() -> None:
    with TestClient(application(Settings(host="0.0.0.0")), base_url="http://10.1.2.3:8420") as client:
        assert client.get("/none").status_code == 404
        assert client.get("/none", headers={"host": "evil.example"}).status_code == 421


def test_a_server_for_others_takes_the_names_that_it_was_told() -> None:
    settings = Settings(host="0.0.0.0", hosts=frozenset({"jixiao.local"}))
    with TestClient(application(settings), base_url="http://jixiao.local:8420") as client:
        assert client.get("/none").status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "https://127.0.0.1:8420"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_form_from_elsewhere_is_refused(visitor: Visitor, headers: dict[str, str]) -> None:
    data = {"token": visitor.token(), "rules": ""}
    answer = visitor.client.post("/unit", data=data, headers=headers)
    assert (answer.status_code, "ZJ5205" in answer.text) == (403, True)


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_form_without_our_token_is_refused(visitor: Visitor, token: str) -> None:
    address = visitor.uploaded()
    for to in ("/unit", f"{address}/again", f"{address}/whatif", f"{address}/drop"):
        answer = visitor.upload((FACTS.name, FACTS.read_bytes()), to=to, token=token)
        assert (answer.status_code, "ZJ5205" in answer.text) == (403, True)
    assert visitor.client.get(address).status_code == 200


def test_a_token_is_good_for_its_own_visitor_alone() -> None:
    app = application(Settings())
    with TestClient(app, base_url=BASE) as one, TestClient(app, base_url=BASE) as two:
        mine, other = Visitor(one), Visitor(two)
        address = mine.uploaded()
        assert other.upload((FACTS.name, FACTS.read_bytes()), token=mine.token()).status_code == 403
        for end in ("", "/explain", "/whatif", "/margins", "/files", "/files/all", "/files/certificate"):
            answer = two.get(f"{address}{end}")
            assert (answer.status_code, "ZJ5207" in answer.text) == (404, True)
        assert two.post(f"{address}/drop", data={"token": other.token()}).status_code == 404
        assert "某市示范局" not in words(two.get("/").text)
        assert one.get(address).status_code == 200


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [("GET", "/none", 404), ("GET", "/unit", 405), ("PUT", "/unit/x", 405), ("DELETE", "/", 405), ("GET", "/unit/x/y/z", 404),
     ("GET", "/static/app.py", 404), ("GET", "/static/..%2fapp.py", 404), ("GET", "/%00", 404)],
)  # fmt: skip
def test_an_address_that_is_none_gets_a_page(visitor: Visitor, method: str, address: str, status: int) -> None:
    answer = visitor.client.request(method, address)
    assert (answer.status_code, "ZJ5208" in answer.text) == (status, True)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--"),
        ("multipart/form-data; boundary=x", b"--y\r\n\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n" + b"1" * 200_000),
        ("application/json", b"{}"),
        ("", b""),
        ("text/plain", b"token=1"),
    ],
)
def test_what_is_no_form_gets_a_page(visitor: Visitor, kind: str, body: bytes) -> None:
    answer = visitor.client.post("/unit", content=body, headers={"content-type": kind})
    assert answer.status_code in (400, 403)
    assert "ZJ5209" in answer.text or "ZJ5205" in answer.text


def test_a_form_without_a_file_says_so(visitor: Visitor) -> None:
    answer = visitor.client.post("/unit", data={"token": visitor.token()})
    assert (answer.status_code, "没有选文件" in answer.text) == (400, True)


# ---------- how much ----------


@pytest.mark.slow
def test_a_body_that_is_too_large_is_told_by_its_length_and_as_it_comes() -> None:
    with small(most_bytes=100_000) as client:
        visitor = Visitor(client)
        answer = visitor.upload(("大.xlsx", b"0" * 200_000))
        assert (answer.status_code, "ZJ5200" in answer.text) == (413, True)

        def pieces() -> Iterator[bytes]:
            for _ in range(30):
                yield b"0" * 10_000

        kind = {"content-type": "multipart/form-data; boundary=x"}
        answer = client.post("/unit", content=pieces(), headers=kind)
        assert (answer.status_code, "ZJ5200" in answer.text) == (413, True)
        assert visitor.upload((FACTS.name, FACTS.read_bytes())).status_code == 200


WATCHED = """
import os, sys
from pathlib import Path
wrote = []
def watch(event, arguments):
    if event == "open" and arguments[2] is not None and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        wrote.append(arguments[0])
sys.addaudithook(watch)
from zjrules.project import Given
from zjrules.web import scoring
from zjrules.web.pages import documents, explain, margins, unit, whatif
path = Path("cases/zhanjiang-2025/05-full-department.xlsx")
[reading] = scoring.received((Given(path.name, path.read_bytes()),), "zhanjiang/2025")
unit.told(reading.facts, "/explain"), explain.parts(reading.facts), margins.told(reading.facts)
whatif.told(reading.facts, {"预算调剂额": "0 元"})
sizes = [len(documents.made(reading.facts, what, reading.files)) for what in documents.ADDRESSES]
print(min(sizes) > 10_000, [name for name in wrote if name != os.devnull and not isinstance(name, int)])
"""


def test_no_file_is_opened_to_be_written_for_any_page_or_document() -> None:
    """Not even for a moment: what is stopped in the middle would leave it."""
    environment = {**os.environ, "ZJRULES_NO_CACHE": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", WATCHED], capture_output=True, text=True, env=environment, check=False, timeout=120
    )
    assert done.stdout == "True []\n", done.stdout + done.stderr


async def posted(app: Starlette, receive: Receive) -> str:
    """Post a form of two megabytes straight to an application; return its page."""
    body = b""

    async def send(message: Message) -> None:
        nonlocal body
        body += message.get("body", b"")

    headers = [
        (b"host", b"127.0.0.1"),
        (b"content-length", b"2000000"),
        (b"content-type", b"multipart/form-data; boundary=x"),
    ]
    scope = {"type": "http", "method": "POST", "path": "/unit", "raw_path": b"/unit", "query_string": b"", "headers": headers,
             "scheme": "http", "server": ("127.0.0.1", 8420), "client": None, "root_path": "", "http_version": "1.1"}  # fmt: skip
    await app(scope, receive, send)
    return body.decode()


def test_large_bodies_come_in_a_few_at_a_time_and_what_waits_or_comes_too_slowly_is_told() -> None:
    app = application(Settings(most_large=1, wait_seconds=1, read_seconds=3))
    pages: list[str] = []

    async def never() -> Message:
        await anyio.sleep(60)
        raise AssertionError

    async def at_once() -> Message:
        return {"type": "http.request", "body": b"x", "more_body": False}

    async def one(receive: Receive) -> None:
        pages.append(await posted(app, receive))

    async def every() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(one, never)
            await anyio.sleep(0.2)
            group.start_soon(one, at_once)
        await one(at_once)

    anyio.run(every)
    assert [re.findall(r"ZJ\d{4}", page) for page in pages] == [["ZJ5203"], ["ZJ5201"], ["ZJ5209"]]


def test_nothing_that_is_uploaded_touches_the_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(self: object) -> None:
        raise AssertionError("a temporary file was made")

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", refuse)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with small() as client:
        visitor = Visitor(client)
        assert "这份数据还不能算分" in words(visitor.upload(("大.xlsx", b"PK" + b"0" * 5_000_000)).text)
        address = visitor.uploaded()
        for end in ("/explain", "/files/all", "/files/live", "/files/certificate"):
            assert client.get(f"{address}{end}").status_code == 200
    assert list(tmp_path.iterdir()) == []


def _run(lanes: Lanes, *job: object) -> object:
    return anyio.run(lanes.run, *job)  # type: ignore[arg-type]


def test_work_that_takes_too_long_is_ended_and_the_next_is_done() -> None:
    lanes = Lanes(Settings(lanes=1, work_seconds=1))
    start = time.monotonic()
    with pytest.raises(Refused) as refused:
        _run(lanes, time.sleep, 60)
    assert refused.value.told.code.number == "ZJ5202"
    assert time.monotonic() - start < 20
    assert _run(lanes, abs, -5) == 5
    lanes.close()


def test_work_that_needs_too_much_memory_is_ended_and_the_next_is_done() -> None:
    lanes = Lanes(Settings(lanes=1))
    with pytest.raises(Refused) as refused:
        _run(lanes, bytearray, 10**10)
    assert refused.value.told.code.number == "ZJ5204"
    assert _run(lanes, abs, -5) == 5
    lanes.close()


def test_work_that_dies_is_told_and_the_next_is_done() -> None:
    lanes = Lanes(Settings(lanes=1))
    with pytest.raises(Refused):
        _run(lanes, lane.os._exit, 3)  # type: ignore[attr-defined]
    assert _run(lanes, abs, -5) == 5
    lanes.close()


def test_a_bug_is_told_by_its_kind_and_place_alone() -> None:
    lanes = Lanes(Settings(lanes=1))
    with pytest.raises(BugError) as bug:
        _run(lanes, int, "秘密")
    assert re.fullmatch(r"ValueError（lane\.py:\d+）", str(bug.value))
    lanes.close()


def test_more_work_than_can_wait_is_refused_at_once_and_what_waits_is_refused_in_time() -> None:
    lanes = Lanes(Settings(lanes=1, most_waiting=1, wait_seconds=1))
    codes: list[str] = []

    async def one(seconds: float) -> None:
        try:
            await lanes.run(time.sleep, seconds)
            codes.append("done")
        except Refused as refused:
            codes.append(refused.told.code.number)

    async def every() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(one, 4)
            await anyio.sleep(0.3)
            group.start_soon(one, 0)
            await anyio.sleep(0.1)
            group.start_soon(one, 0)

    anyio.run(every)
    assert codes == ["ZJ5203", "ZJ5203", "done"]
    lanes.close()


def test_a_bug_shows_a_page_and_a_line_without_what_was_uploaded(capsys: pytest.CaptureFixture[str]) -> None:
    with small() as client:

        async def broken(*_: object) -> None:
            raise RuntimeError("秘密")

        client.app.state.lanes.run = broken  # type: ignore[attr-defined]
        answer = client.get("/")
    assert (answer.status_code, "ZJ9001" in answer.text) == (500, True)
    said = capsys.readouterr()
    assert "秘密" not in answer.text + said.out + said.err
    assert "Traceback" not in answer.text + said.err
    assert re.search(r"ZJ9001 程序自己出了错：RuntimeError（test_web_safe\.py:\d+）", said.err)


# ---------- how long ----------


def held(owner: str = "one", size: int = 10) -> Held:
    return Held(owner, "zhanjiang/2025", "某局", b"0" * size, {}, True)


def test_an_upload_is_forgotten_when_nobody_looks_at_it() -> None:
    now = [0.0]
    desk = Desk(Settings(held_seconds=100), lambda: now[0])
    one, two = desk.put(held()), desk.put(held())
    now[0] = 90
    assert desk.get(one, "one").id == one
    now[0] = 150
    assert desk.get(one, "one").id == one
    with pytest.raises(Refused):
        desk.get(two, "one")
    now[0] = 300
    assert desk.of("one") == []


def test_the_number_and_the_bytes_of_uploads_are_bounded_and_the_longest_unseen_goes_first() -> None:
    desk = Desk(Settings(most_held=3, most_held_bytes=1000))
    ids = [desk.put(held()) for _ in range(3)]
    desk.get(ids[0], "one")
    ids.append(desk.put(held()))
    assert [h.id for h in desk.of("one")] == [ids[3], ids[0], ids[2]]
    desk = Desk(Settings(most_held=10, most_held_bytes=1000))
    ids = [desk.put(held(size=245)) for _ in range(5)]
    assert [h.id for h in desk.of("one")] == ids[:0:-1]


def test_an_upload_that_would_push_out_all_others_is_refused() -> None:
    desk = Desk(Settings(most_held_bytes=1000))
    with pytest.raises(Refused):
        desk.put(held(size=251))


def test_an_id_cannot_be_guessed_and_is_for_its_owner() -> None:
    desk = Desk(Settings())
    ids = {desk.put(held()) for _ in range(50)}
    assert len(ids) == 50 and min(map(len, ids)) >= 32
    with pytest.raises(Refused):
        desk.get(next(iter(ids)), "two")
    assert desk.of("two") == []


def test_a_visitor_can_have_an_upload_forgotten(visitor: Visitor) -> None:
    address = visitor.uploaded()
    answer = visitor.client.post(f"{address}/drop", data={"token": visitor.token()}, follow_redirects=True)
    assert answer.url.path == "/"
    assert visitor.client.get(address).status_code == 404


# ---------- names of files that are saved ----------


@pytest.mark.parametrize(
    ("name", "plain", "full"),
    [
        ("某局 评分表.xlsx", 'filename="file.xlsx"', "%E6%9F%90%E5%B1%80%20%E8%AF%84%E5%88%86%E8%A1%A8.xlsx"),
        ('a"b\r\nset-cookie: x.xlsx', "a_b_set-cookie_x.xlsx", "a_b_set-cookie_%20x.xlsx"),
        ("../../x.json", 'filename="__x.json"', "_.._x.json"),
        ("", 'filename="file"', "%E6%96%87%E4%BB%B6"),
    ],
)
def test_a_name_is_safe_in_a_header_and_on_a_disk(name: str, plain: str, full: str) -> None:
    value = saved(b"", name).headers["content-disposition"]
    assert "\r" not in value and "\n" not in value and value.isascii()
    assert plain in value
    assert value.endswith(f"filename*=UTF-8''{full}"), value


# ---------- the command ----------


def test_a_port_in_use_is_told_with_a_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = CliRunner().invoke(command, ["--port", str(port)], standalone_mode=False)
    assert f"端口 {port} 已经有程序在用" in str(result.exception)
    assert "--port" in str(result.exception)


def test_an_address_that_is_none_of_ours_is_told() -> None:
    result = CliRunner().invoke(command, ["--host", "203.0.113.7", "--port", "0"], standalone_mode=False)
    assert "不能在「203.0.113.7」上听" in str(result.exception)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "zjrules.web.server", raising=False)
    result = CliRunner().invoke(command, [], standalone_mode=False)
    assert "安装时写 zjrules[web]" in str(result.exception)
