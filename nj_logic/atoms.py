"""Ground atoms of the dialect as plain tuples: ``("holder", Const("county_head"), "张三", 3)``.

The first item is the predicate's name, the others its arguments. A constant is a :class:`Const`, a string a ``str``, an
integer an ``int``; ``Const("x")`` and ``"x"`` are not equal. Only goals may hold a :class:`Var`.
"""

from __future__ import annotations

import re
from typing import TypeAlias

import clingo

from nj_logic.errors import InputError

MAX_TEXT = 2000
_NAME = "[a-z][A-Za-z0-9_]*"
_VARIABLE = re.compile("[A-Z_][A-Za-z0-9_]*")
_TERM = re.compile(rf'(?P<const>{_NAME})|(?P<int>-?[0-9]+)|"(?P<string>(?:[^"\\\n]|\\["\\n])*)"')
_ATOM = re.compile(rf"\s*(?P<name>{_NAME})\s*(?:\((?P<arguments>.*)\))?\s*\.?\s*", re.DOTALL)
_COMMA = re.compile(r"\s*,\s*")
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")  # ends a C string; half a character
_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n"}
_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})


class _Symbol(str):
    """A text that equals texts of its own class only."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str.__repr__(self)})"


class Const(_Symbol):
    """A constant, e.g. ``Const("county_head")``.

    Raises:
        InputError: if it is not written ``[a-z][A-Za-z0-9_]*``, or is ``not``.
    """

    __slots__ = ()

    def __new__(cls, name: str) -> Const:
        """See the class."""
        if not re.fullmatch(_NAME, name) or name == "not":
            raise InputError(
                f"{name[:100]!r} is no constant; write [a-z][A-Za-z0-9_]*, or use a string",
                f"{name[:100]!r} 不是常量;常量写作 [a-z][A-Za-z0-9_]*,否则请用字符串",
            )
        return super().__new__(cls, name)


class Var(_Symbol):
    """A variable of a goal, e.g. ``Var("X")``; ``Var("_")`` is any value."""

    __slots__ = ()


Term: TypeAlias = Const | Var | str | int
Atom: TypeAlias = tuple[str, *tuple[Term, ...]]


def arguments(atom: Atom) -> tuple[Term, ...]:
    """The arguments of an atom."""
    _, *found = atom
    return tuple(found)


def _outside(what: object) -> InputError:
    shown = str(what)[:100]
    return InputError(
        f"`{shown}` is not a ground atom of the dialect; write name(argument, ...)"
        " with constants, 32-bit integers and strings in double quotes",
        f"`{shown}` 不是本方言的基原子;请写 name(参数, ...),参数为常量、32 位整数或双引号字符串",
    )


def _integer(value: int, what: object) -> int:
    if not -(2**31) <= value < 2**31:
        raise _outside(what)
    return value


def to_clingo(atom: Atom) -> clingo.Symbol:
    """The atom as a symbol of clingo.

    Raises:
        InputError: if it holds a variable, an integer beyond 32 bits (clingo would wrap it), a NUL or half a character.
    """
    arguments = []
    for term in atom[1:]:
        if isinstance(term, Const):
            arguments.append(clingo.Function(term))
        elif isinstance(term, int):
            arguments.append(clingo.Number(_integer(term, term)))
        elif isinstance(term, Var) or _UNWRITABLE.search(term):
            raise _outside(repr(term))
        else:
            arguments.append(clingo.String(term))
    return clingo.Function(atom[0], arguments)


def from_clingo(symbol: clingo.Symbol) -> Atom:
    """The symbol of an atom as a tuple.

    Raises:
        InputError: if it is no atom of the dialect (compound arguments, strong negation, ``#inf``).
    """
    if symbol.type is not clingo.SymbolType.Function or not symbol.name or symbol.negative:
        raise _outside(symbol)
    terms: list[Term] = []
    for argument in symbol.arguments:
        if argument.type is clingo.SymbolType.String:
            terms.append(argument.string)
        elif argument.type is clingo.SymbolType.Number:
            terms.append(argument.number)
        elif argument.type is clingo.SymbolType.Function and not argument.arguments and argument.positive:
            terms.append(Const(argument.name))
        else:
            raise _outside(symbol)
    return (symbol.name, *terms)


def _term_text(term: Term) -> str:
    if isinstance(term, int | _Symbol):
        return str(term)
    return '"' + re.sub(r'[\\"\n]', lambda found: _ESCAPED[found[0]], term) + '"'


def text(atom: Atom) -> str:
    """The atom as written in the dialect; a comparison, whose name is its operator, as ``left < right``."""
    name, *terms = atom
    written = [_term_text(term) for term in terms]
    if name in _COMPARISONS and len(written) == 2:
        return f"{written[0]} {name} {written[1]}"
    return f"{name}({','.join(written)})" if written else name


def parse_atom(written: str) -> Atom:
    """The ground atom that a user wrote, e.g. ``holder(county_head, "张三")``; a full stop may follow.

    Raises:
        InputError: if it is longer than 2000 characters or not a ground atom of the dialect.
    """
    if len(written) > MAX_TEXT:
        raise InputError(
            f"the atom has {len(written)} characters; {MAX_TEXT} are allowed",
            f"该原子有 {len(written)} 个字符;最多允许 {MAX_TEXT} 个",
        )
    return _parsed(written, variables=False)


def parse_goal(written: str) -> Atom:
    """As :func:`parse_atom`, but variables (``X``, ``_``) may stand in it."""
    if len(written) > MAX_TEXT:
        return parse_atom(written)
    return _parsed(written, variables=True)


def _parsed(written: str, *, variables: bool) -> Atom:
    found = _ATOM.fullmatch(written)
    if found is None or found["name"] == "not" or _UNWRITABLE.search(written):
        raise _outside(written)
    if found["arguments"] is None:
        return (found["name"],)
    return (found["name"], *_terms(found["arguments"].strip(), written, variables))


def _terms(arguments: str, written: str, variables: bool) -> list[Term]:
    terms: list[Term] = []
    at = 0
    while True:
        variable = _VARIABLE.match(arguments, at) if variables else None
        found = variable or _TERM.match(arguments, at)
        if found is None:
            raise _outside(written)
        if variable is not None:
            terms.append(Var(variable[0]))
        elif found["const"] is not None:
            terms.append(Const(found["const"]))
        elif found["int"] is not None:
            terms.append(_integer(int(found["int"]), written))
        else:
            terms.append(re.sub(r"\\(.)", lambda c: "\n" if c[1] == "n" else c[1], found["string"]))
        comma = _COMMA.match(arguments, found.end())
        if comma is None:
            break
        at = comma.end()
    if found.end() != len(arguments):
        raise _outside(written)
    return terms
