"""A name that one process holds at a time: the system lets go of it when the process ends, however it ends."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP}
"""What file systems say that know no locks."""
_FAR = 1 << 30
"""The byte that is locked where locks are of bytes: far behind what is written, so that others can read that."""


class HeldError(Exception):
    """Another process holds it; holder is its number, '' where that cannot be read."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


def _locked(handle: int) -> bool:
    """Lock an open file without waiting; return whether that was possible. Raises OSError."""
    try:
        if sys.platform == "win32":
            os.lseek(handle, _FAR, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            os.lseek(handle, 0, os.SEEK_SET)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return True
        if error.errno in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
            return False
        raise
    return True


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a file while something is done, and remove it. Raises HeldError, OSError.

    A file that was left by a process that was killed is nobody's. On a file system without locks nothing is kept apart.
    """
    handle = _open(path)
    try:
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        yield
    finally:
        if sys.platform == "win32":
            os.close(handle)
            with contextlib.suppress(OSError):  # somebody else has it by now
                path.unlink()
        else:
            with contextlib.suppress(OSError):
                path.unlink()
            os.close(handle)


def _open(path: Path) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            mine = _locked(handle)
            holder = "" if mine else os.read(handle, 20).decode("ascii", "replace")
            # Whoever held it may have removed it after it was opened here: then it is no longer the file of that name.
            same = mine and os.path.samestat(os.fstat(handle), path.stat())
        except FileNotFoundError:
            same = False
        except BaseException:
            os.close(handle)
            raise
        if same:
            return handle
        os.close(handle)
        if not mine:
            raise HeldError(holder)
