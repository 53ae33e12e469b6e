"""Work beside the main thread: nothing is lost, nothing hangs, and whoever fails is heard."""

from __future__ import annotations

import weakref
from collections.abc import Iterator

import pytest

from zjrules.batch.beside import StoppedError, ahead, handing

MANY = 40


class Thing:
    """Something of which one can see whether it is still there."""

    def __init__(self, number: int) -> None:
        self.number = number


def things(broken: int = MANY) -> Iterator[Thing]:
    for number in range(MANY):
        if number == broken:
            raise OSError(28, "磁盘满了")
        yield Thing(number)


def test_what_is_made_ahead_comes_in_order_and_is_let_go() -> None:
    found: list[int] = []
    before: weakref.ref[Thing] | None = None
    for thing in ahead(things()):
        found.append(thing.number)
        gone, before = before, weakref.ref(thing)
        assert gone is None or gone() is None
    assert found == list(range(MANY))


def test_something_else_is_done_while_the_first_is_made() -> None:
    done = list[str]()
    assert list(ahead(iter(()), lambda: done.append("一次"))) == []
    assert [t.number for t in ahead(things(), lambda: done.append("又一次"))] == list(range(MANY))
    assert done == ["一次", "又一次"]


def test_what_fails_ahead_is_raised_in_its_turn() -> None:
    found = []
    with pytest.raises(OSError, match="磁盘满了"):
        for thing in ahead(things(broken=7)):
            found.append(thing.number)
    assert found == list(range(7))


def test_everything_that_is_handed_over_is_used_before_the_end() -> None:
    found: list[int] = []

    def use(pieces: Iterator[Thing]) -> None:
        found.extend(thing.number for thing in pieces)

    with handing(use) as hand:
        for thing in things():
            hand(thing)
    assert found == list(range(MANY))


@pytest.mark.parametrize("used", [0, 1, 5])
def test_who_uses_them_fails(used: int) -> None:
    handed = 0

    def use(pieces: Iterator[Thing]) -> None:
        for thing in pieces:
            if thing.number == used:
                raise OSError(28, "磁盘满了")

    with pytest.raises(OSError, match="磁盘满了"), handing(use) as hand:
        for thing in things():
            hand(thing)
            handed += 1
    assert handed < used + 4  # one waits, one is used, one was refused


def test_who_hands_them_over_fails_and_the_other_knows() -> None:
    seen: list[int | type] = []

    def use(pieces: Iterator[Thing]) -> None:
        try:
            seen.extend(thing.number for thing in pieces)
        except StoppedError:
            seen.append(StoppedError)
            raise

    with pytest.raises(KeyboardInterrupt), handing(use) as hand:
        for thing in things():
            if thing.number == 3:
                raise KeyboardInterrupt
            hand(thing)
    assert seen == [0, 1, 2, StoppedError]
