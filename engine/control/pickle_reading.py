"""The instructions of a pickle, read and not executed: containers, numbers, text, references to tensors.

Owns the small stack machine. It imports nothing that the pickle names and calls nothing but its own functions.
Source: the opcodes of CPython's pickletools; the constructors of torch/_utils.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    import pickletools
    from collections.abc import Iterable

MAX_OPERATIONS = 5_000_000


class NotReadableError(Exception):
    """The file holds something else than weights; the text says what."""


@dataclass(frozen=True)
class Marker:
    """An object that is not built: the name it would have had."""

    name: str


@dataclass(frozen=True)
class StorageRef:
    """Values stored beside the pickle: `count` of type `kind` ("FloatStorage"), under `key`."""

    kind: str
    key: str
    count: int


@dataclass(frozen=True)
class TensorRef:
    """A view of a storage."""

    storage: StorageRef
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


_MARK: Final = object()
_TENSORS = ("torch._utils _rebuild_tensor", "torch._utils _rebuild_tensor_v2")
_VALUES = {
    "BININT", "BININT1", "BININT2", "LONG1", "LONG4", "INT", "LONG", "BINFLOAT", "FLOAT",
    "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "UNICODE", "BINSTRING", "SHORT_BINSTRING", "STRING",
    "BINBYTES", "SHORT_BINBYTES",
}  # fmt: skip
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_NOTHING = {"PROTO", "FRAME", "STOP"}


def interpret(operations: Iterable[tuple[pickletools.OpcodeInfo, object, int | None]]) -> object:
    """What one pickle describes: dict, list, tuple, numbers, text, TensorRef, and Marker for all else.

    Raises:
        NotReadableError: It uses an instruction that weights do not need, or is malformed.
        ValueError: It ends too early (pickletools).
    """
    machine = _Machine()
    for count, (opcode, argument, _place) in enumerate(operations):
        if count >= MAX_OPERATIONS:
            raise NotReadableError("too many instructions")
        try:
            machine.step(opcode.name, argument)
        except (IndexError, KeyError, TypeError) as error:
            raise NotReadableError(f"its instruction {opcode.name} is malformed") from error
    if len(machine.stack) != 1:
        raise NotReadableError("it ends in the middle")
    return machine.stack[0]


class _Machine:
    def __init__(self) -> None:
        self.stack: list[object] = []
        self._memo: dict[int, object] = {}

    def step(self, name: str, argument: object) -> None:
        """Carry out one instruction."""
        stack = self.stack
        if name in _VALUES:
            stack.append(argument)
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in ("BINPUT", "LONG_BINPUT", "PUT"):
            self._memo[cast("int", argument)] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET", "GET"):
            stack.append(self._memo[cast("int", argument)])
        elif name == "MEMOIZE":
            self._memo[len(self._memo)] = stack[-1]
        elif name not in _NOTHING:
            self._build(name, argument)

    def _build(self, name: str, argument: object) -> None:
        """Instructions that make or fill something."""
        stack = self.stack
        if name == "MARK":
            stack.append(_MARK)
        elif name == "EMPTY_DICT":
            stack.append({})
        elif name == "EMPTY_LIST":
            stack.append([])
        elif name == "EMPTY_TUPLE":
            stack.append(())
        elif name in _TUPLES:
            items = tuple(stack[-_TUPLES[name] :])
            del stack[-_TUPLES[name] :]
            stack.append(items)
        elif name == "TUPLE":
            stack.append(tuple(self._since_mark()))
        elif name in ("SETITEM", "SETITEMS"):
            self._set_items(self._pop(2) if name == "SETITEM" else self._since_mark())
        elif name in ("APPEND", "APPENDS"):
            items = self._pop(1) if name == "APPEND" else self._since_mark()
            if isinstance(stack[-1], list):
                cast("list[object]", stack[-1]).extend(items)
        else:
            self._make(name, argument)

    def _make(self, name: str, argument: object) -> None:
        """Instructions with which a pickle would import and call."""
        stack = self.stack
        if name == "GLOBAL":
            stack.append(Marker(str(argument)))
        elif name == "STACK_GLOBAL":
            module, attribute = self._pop(2)
            stack.append(Marker(f"{module} {attribute}"))
        elif name in ("REDUCE", "NEWOBJ"):
            constructor, arguments = self._pop(2)
            stack.append(_construct(constructor, arguments))
        elif name == "BINPERSID":
            stack.append(_storage(stack.pop()))
        elif name == "BUILD":
            stack.pop()  # the attributes of an object: no weights are there
        else:
            raise NotReadableError(f"the instruction {name} is none that weights need")

    def _pop(self, count: int) -> list[object]:
        if len(self.stack) < count:
            raise IndexError
        items = self.stack[-count:]
        del self.stack[-count:]
        return items

    def _since_mark(self) -> list[object]:
        place = len(self.stack) - 1
        while self.stack[place] is not _MARK:
            place -= 1
            if place < 0:
                raise IndexError
        items = self.stack[place + 1 :]
        del self.stack[place:]
        return items

    def _set_items(self, items: list[object]) -> None:
        if isinstance(self.stack[-1], dict):
            target = cast("dict[object, object]", self.stack[-1])
            target.update(zip(items[::2], items[1::2], strict=True))


def _construct(constructor: object, arguments: object) -> object:
    name = constructor.name if isinstance(constructor, Marker) else ""
    given = list(cast("tuple[object, ...]", arguments)) if isinstance(arguments, tuple) else []
    if name == "collections OrderedDict":
        pairs = cast("list[tuple[object, object]]", given[0]) if given else []
        return {pair[0]: pair[1] for pair in pairs}
    if name in _TENSORS:
        if len(given) < 4 or not isinstance(given[0], StorageRef):
            raise TypeError
        storage, offset, shape, strides = given[0], *given[1:4]
        return TensorRef(storage, cast("int", offset), cast("tuple[int, ...]", shape), cast("tuple[int, ...]", strides))
    if name == "torch._utils _rebuild_parameter":
        return given[0]
    return Marker(name or "object")


def _storage(identity: object) -> StorageRef:
    if not isinstance(identity, tuple):
        raise TypeError
    word, kind, key, _location, count, *_view = cast("tuple[object, ...]", identity)
    if word != "storage" or not isinstance(kind, Marker) or type(count) is not int or count < 0:
        raise TypeError
    return StorageRef(kind.name.rpartition(" ")[2], str(key), count)
