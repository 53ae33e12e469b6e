"""From a keystroke to its findings in the editor, over the protocol, as a ratio to bare parsing of the file: ``make bench``."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from editor import Editor, Page, editor
from zjrules.build import the_parser
from zjrules.read.lexer import tokens
from zjrules.read.parser import chunks
from zjrules.span import Source

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "rules/zhanjiang/2025"
GOAL = 0.150
"""Seconds from a keystroke to its findings at the median, on a machine that does nothing else."""
ROUNDS = 41


def largest() -> Path:
    """Return the largest file of the 2025 book."""
    return max(BOOK.glob("*.zj"), key=lambda p: p.stat().st_size)


def bare(text: str) -> float:
    """Return the seconds that parsing a text takes and nothing else."""
    source, parse = Source("甲", text), the_parser()
    start = time.perf_counter()
    list(chunks(tokens(source, parse.lex)[0], parse))
    return time.perf_counter() - start


def typed(text: str, number: int) -> str:
    """Return a text with one more character, each time in another declaration."""
    places = [i + len('说明 "') for i in range(len(text)) if text.startswith('说明 "', i)]
    place = places[number % len(places)]
    return text[:place] + "字" + text[place:]


def keystrokes(ed: Editor, page: Page, pause: float) -> list[tuple[float, float]]:
    """Return the seconds to the findings of each keystroke, and those of bare parsing beside it."""
    found = []
    text = page.text
    for number in range(ROUNDS):
        time.sleep(pause)
        text = typed(text, number)
        beside = bare(text)
        start = time.perf_counter()
        page = ed.type(page, text)
        ed.findings(page)
        found.append((time.perf_counter() - start, beside))
    return found


def main() -> None:
    """Print the medians."""
    path = largest()
    with editor(ROOT) as ed:
        page = ed.open(path, path.read_text("utf-8"))
        ed.findings(page)
        for title, pause in (("一键接一键", 0.0), ("停顿以后一键", 0.6)):
            found = keystrokes(ed, page, pause)
            page = ed.pages[page.uri]
            ours, beside = statistics.median(a for a, _ in found), statistics.median(b for _, b in found)
            ratio = statistics.median(a / b for a, b in found)
            print(
                f"{path.name}（{len(page.text)} 字）{title} → 发现：{ours * 1000:.0f} ms，只解析这个文件 {beside * 1000:.1f} ms，"
                f"比 {ratio:.1f}（各取中位数，{ROUNDS} 次；目标 {GOAL * 1000:.0f} ms{'，没有达到' * (ours > GOAL)}）"
            )


if __name__ == "__main__":
    main()
