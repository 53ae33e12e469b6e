"""A real server under many visitors at once, some of them hostile: each gets the right page, and nothing grows or is left."""

from __future__ import annotations

import re
import signal
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2 as httpx
import pytest
from attrs import frozen

from hostile import READ, workbooks
from webwork import DEPARTMENT, REAL, Server, Visitor, serving, words

FACTS = Path("cases/zhanjiang-2025/05-full-department.yaml")
CODE = re.compile(r"ZJ\d{4}")
CLIENTS = 8


@frozen
class Upload:
    """A file to be uploaded, and what its page must say."""

    name: str
    data: bytes
    right: Callable[[str], bool]


def honest() -> list[Upload]:
    return [
        Upload(DEPARTMENT.name, DEPARTMENT.read_bytes(), lambda page: "87.32" in page and "没有发现问题" in page),
        Upload(REAL.name, REAL.read_bytes(), lambda page: "34.50 至 100.00" in page and "发现 8 处" in page),
        Upload(FACTS.name, FACTS.read_bytes(), lambda page: "87.32" in page),
    ]


def hostile(names: Sequence[str] = ()) -> list[Upload]:
    return [_hostile(name, make(), code) for name, make, code in workbooks() if not names or name in names]


def _hostile(name: str, data: bytes, code: str) -> Upload:
    refused = {"ZJ5041", "ZJ5042", "ZJ5043", "ZJ5044", "ZJ5045"}

    def right(page: str) -> bool:
        said = set(CODE.findall(page))
        return code in said if code != READ else not said & refused

    return Upload(f"{name}.xlsx", data, right)


@frozen
class Told:
    """How the uploads went: those whose page was wrong, and the seconds that each took."""

    wrong: list[tuple[str, int, str]]
    seconds: list[float]

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.seconds, n=20)[-1]


def uploaded(server: Server, uploads: Sequence[Upload], clients: int) -> Told:
    """Upload by some clients at once, each a visitor of its own."""
    wrong: list[tuple[str, int, str]] = []
    seconds: list[float] = []
    waiting = list(reversed(uploads))
    lock = threading.Lock()

    def one(_: int) -> None:
        with httpx.Client(base_url=server.address, timeout=180) as client:
            visitor = Visitor(client)
            token = visitor.token()
            while True:
                with lock:
                    if not waiting:
                        return
                    each = waiting.pop()
                start = time.monotonic()
                answer = visitor.upload((each.name, each.data), rules="zhanjiang/2025", token=token)
                took = time.monotonic() - start
                with lock:
                    seconds.append(took)
                    if answer.status_code != 200 or not each.right(words(answer.text)):
                        wrong.append((each.name, answer.status_code, words(answer.text)[:300]))

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(one, range(clients)))
    return Told(wrong, seconds)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path) as found:
        yield found


def test_a_few_uploads_at_once_get_their_pages_and_leave_nothing(server: Server) -> None:
    names = ("压缩炸弹", "实体炸弹", "命令公式", "加密的工作簿", "宏")
    told = uploaded(server, [*honest(), *hostile(names)], 4)
    assert told.wrong == []
    assert len(told.seconds) == 8
    with httpx.Client(base_url=server.address, timeout=60) as client:
        # Nor do pages say where anything stands on this machine.
        unit = Visitor(client).uploaded(REAL)
        for address in ("/", unit, f"{unit}/explain", f"{unit}/whatif", f"{unit}/margins", f"{unit}/files", "/none"):
            assert str(Path.cwd()) not in client.get(address).text
        assert "规则 rules/zhanjiang/2025/2-execution.zj:" in client.get(f"{unit}/explain").text
    assert server.left() == []


def test_it_answers_while_work_is_going_on_and_ends_cleanly(server: Server) -> None:
    [bomb] = hostile(("六十万格",))
    with httpx.Client(base_url=server.address, timeout=60) as client, ThreadPoolExecutor(4) as pool:
        visitor = Visitor(client)
        token = visitor.token()
        heavy = [pool.submit(visitor.upload, (bomb.name, bomb.data), token=token) for _ in range(4)]
        waited = []
        while not all(each.done() for each in heavy):
            start = time.monotonic()
            assert client.get("/static/app.css").status_code == 200
            waited.append(time.monotonic() - start)
            time.sleep(0.02)
        assert all("ZJ5044" in each.result().text for each in heavy)
    assert statistics.median(waited) < 0.5
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(20) == 0
    assert server.process.stdout is not None
    # Nothing of what visitors did stands in what the server said.
    assert server.process.stdout.read() == "已结束\n"
    assert server.left() == []


def test_rules_are_read_before_the_first_page_is_asked_for(server: Server) -> None:
    until = time.monotonic() + 60
    while len(server.processes()) < 2:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_an_interrupt_ends_it_while_work_is_going_on(server: Server) -> None:
    [bomb] = hostile(("六十万格",))
    with httpx.Client(base_url=server.address, timeout=60) as client, ThreadPoolExecutor(1) as pool:
        visitor = Visitor(client)
        token = visitor.token()
        heavy = pool.submit(visitor.upload, (bomb.name, bomb.data), token=token)
        time.sleep(0.3)
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(30) == 0
        heavy.exception()
    assert server.process.stdout is not None
    assert server.process.stdout.read() == "已结束\n"


@pytest.mark.slow
def test_two_hundred_uploads_by_eight_clients_at_once(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    bad, good = hostile(), honest()
    assert len(bad) >= 50
    uploads = [(bad if n % 2 else good)[n // 2 % len(bad if n % 2 else good)] for n in range(200)]
    sizes = []
    # The first round, with every hostile file in it, warms up; after it the server may not grow.
    for each in ([*bad, *good], uploads):
        told = uploaded(server, each, CLIENTS)
        assert told.wrong == []
        assert len(told.seconds) == len(each)
        sizes.append(server.resident())
        with capsys.disabled():
            said = f"p95 {told.p95:.2f} s, resident {sizes[-1] / 1e6:.0f} MB"
            print(f"\n{len(each)} uploads by {CLIENTS} clients: {said}", end="")
    assert sizes[1] - sizes[0] < 60_000_000
    assert server.left() == []
    assert server.process.poll() is None
    with httpx.Client(base_url=server.address, timeout=60) as client:
        assert "87.32" in Visitor(client).upload((DEPARTMENT.name, DEPARTMENT.read_bytes())).text
