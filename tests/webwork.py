"""What the tests of the server share: a visitor with a browser's habits, and a real server in a process of its own."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import httpx2 as httpx
from attrs import frozen

TOKEN = re.compile(r'name="token" value="([0-9a-f]+)"')
_TAG = re.compile(r"<[^>]*>")
DEPARTMENT = Path("cases/zhanjiang-2025/05-full-department.xlsx")
REAL = Path("cases/zhanjiang-2025/01-real-report.xlsx")


def words(page: str) -> str:
    """Return what is to be read on a page, on one line."""
    return re.sub(r"\s+", " ", html.unescape(_TAG.sub(" ", page.partition("<main")[2]))).strip()


def told_name(answer: httpx.Response) -> str:
    """Return the name under which a browser saves an answer."""
    return unquote(answer.headers["content-disposition"].partition("filename*=UTF-8''")[2])


@frozen
class Visitor:
    """Someone with a browser: a cookie is kept, and a form is sent with the token of a page."""

    client: httpx.Client

    def token(self) -> str:
        """Return the token of a form."""
        found = TOKEN.search(self.client.get("/rules", params={"id": "zhanjiang/2025"}).text)
        assert found is not None
        return found[1]

    def upload(
        self, *files: tuple[str, bytes], rules: str = "", to: str = "/unit", token: str | None = None
    ) -> httpx.Response:
        """Upload files and return the page that follows."""
        sent = [("file", (name, data, "application/octet-stream")) for name, data in files]
        fields = {"token": self.token() if token is None else token, "rules": rules}
        return self.client.post(to, data=fields, files=sent, follow_redirects=True)

    def uploaded(self, path: Path = DEPARTMENT) -> str:
        """Upload a file and return the address of the unit."""
        answer = self.upload((path.name, path.read_bytes()))
        assert answer.status_code == 200, answer.text
        return answer.url.path


@frozen
class Server:
    """A server in a process of its own, whose folders for temporary files and of work are watched."""

    address: str
    process: subprocess.Popen[str]
    folders: Sequence[Path]

    def left(self) -> list[Path]:
        """Return the files in the watched folders."""
        return [p for folder in self.folders for p in folder.rglob("*")]

    def processes(self) -> list[int]:
        """Return the server and its children now."""
        pids, every = [self.process.pid], _parents()
        for pid in pids:
            pids += [child for child, parent in every.items() if parent == pid]
        return pids

    def resident(self) -> int:
        """Return the bytes of memory that the server and its children have now."""
        return sum(_resident(pid) for pid in self.processes())


def _parents() -> dict[int, int]:
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Server]:
    """Start ``zjrules serve`` on a free port and end it as Ctrl-C does."""
    temporary, work = folder / "temporary", folder / "work"
    temporary.mkdir()
    work.mkdir()
    command = [sys.executable, "-m", "zjrules.cli.main", "serve", "--port", "0", *options]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    process = subprocess.Popen(
        command, cwd=work, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    try:
        line = ""
        while "已开：" not in line:
            line = process.stdout.readline()
            assert line, "the server did not start"
        found = re.search(r"http://\S+", line)
        assert found is not None
        yield Server(found[0], process, (temporary, work))
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()
