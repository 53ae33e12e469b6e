"""Functions in LLVM's language made into machine code for the processor at hand (llvmlite), or taken from where it is kept.

Whoever knows of a place where it may be kept between runs says so; what is kept is what would be made anew.
"""

from __future__ import annotations

import ctypes
import mmap
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from typing import Any, Protocol

import llvmlite
import llvmlite.binding as llvm
import numpy as np
from attrs import frozen

from zjrules.bulk.ir import DECLARED, Text
from zjrules.bulk.operation import Array, dtype_of

LEVEL = 3
"""How much LLVM does for the speed of the code."""


class Shelf(Protocol):
    """Where machine code is kept by what it was made from."""

    def get(self, made_from: str) -> bytes | None:
        """Return what is kept, to the byte as it was put; None where nothing is."""

    def put(self, made_from: str, code: bytes) -> None:
        """Keep machine code, if that can be done."""


_SHELF = ContextVar[Shelf | None]("shelf", default=None)


@contextmanager
def keeping(shelf: Shelf) -> Iterator[None]:
    """Keep there what is compiled for rule sets in this context, and take from there what it finds."""
    before = _SHELF.set(shelf)
    try:
        yield
    finally:
        _SHELF.reset(before)


def keeps() -> bool:
    """Return whether what is compiled now is kept for the next run."""
    return _SHELF.get() is not None


@frozen(eq=False)
class Function:
    """A compiled function; the engine holds its code, and the tables are read while it runs."""

    engine: Any
    call: Callable[..., None]
    tables: tuple[Array, ...]


def function(text: Text) -> Function:
    """Compile a function; all that it takes are integers of 64 bits, the addresses of columns among them."""
    _start()
    return _loaded(text, _compiled(text))


def kept_function(text: Text) -> Function:
    """Return a function that the next run will want too: of the code that is kept, or compiled and kept."""
    shelf = _SHELF.get()
    if shelf is None:
        return function(text)
    _start()
    made_from = "\n".join((llvmlite.__version__, *_target(), str(LEVEL), text.name, DECLARED + text.text))
    code = shelf.get(made_from)
    if code is not None:
        with suppress(RuntimeError):
            return _loaded(text, code)
    code = _compiled(text)
    shelf.put(made_from, code)
    return _loaded(text, code)


def _target() -> tuple[str, str, str]:
    """Return for what code is made: triple, processor, and what that can do."""
    return llvm.get_default_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


def _machine() -> Any:
    triple, cpu, features = _target()
    return llvm.Target.from_triple(triple).create_target_machine(opt=LEVEL, cpu=cpu, features=features)


def _compiled(text: Text) -> bytes:
    """Return the machine code of a function, as an object file."""
    machine, module = _machine(), llvm.parse_assembly(DECLARED + text.text)
    options = llvm.create_pipeline_tuning_options(speed_level=LEVEL)
    options.loop_vectorization = True
    passes = llvm.create_pass_builder(machine, options)
    passes.getModulePassManager().run(module, passes)
    code: bytes = machine.emit_object(module)
    return code


def _loaded(text: Text, code: bytes) -> Function:
    """Return a function of machine code. Raises RuntimeError where that does not have it."""
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    address = engine.get_function_address(text.name)
    if not address:
        raise RuntimeError(f"no function {text.name}")
    tables = tuple(np.ascontiguousarray(t.values.astype(dtype_of(t.lo, t.hi))) for t in text.tables)
    kind = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * text.takes)
    return Function(engine, kind(address), tables)


@cache
def _start() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()


@cache
def able() -> bool:
    """Return whether a program may make code while it runs here; a hardened system forbids it, and numpy is left."""
    try:
        return _executable() and bool(function(Text("nothing", 0, "define void @nothing() {\n  ret void\n}\n", ())))
    except RuntimeError:
        return False


def _executable() -> bool:
    """Return whether memory that was written may be executed: LLVM does not ask, and what it calls then ends the program."""
    if os.name != "posix":
        return True
    with mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE) as memory:
        held = ctypes.c_char.from_buffer(memory)
        change = ctypes.CDLL(None).mprotect
        change.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
        found: int = change(ctypes.addressof(held), mmap.PAGESIZE, mmap.PROT_READ | mmap.PROT_EXEC)
        del held
    return found == 0
