"""A call of ``nj ask``: which of its uses it is, what it shows, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import goals
from .errors import InputError
from .queries import Answered, Library, answered_goal

if TYPE_CHECKING:
    from .case import Case
    from .knowledge import KnowledgeBase


@dataclass
class Call:
    """The arguments of ``nj ask``, as :mod:`nj_logic.cli` reads them.

    Attributes:
        status: 0, or 1 if an answer is cut off or holds under some readings only; set by :meth:`shown`.
    """

    kb: KnowledgeBase
    name: str | None
    given: tuple[str, ...]
    search: str | None
    describe: bool
    asp: str | None
    prolog: str | None
    predicates: bool
    case_file: Path | None
    engine: str | None
    seconds: float | None
    limit: int | None
    output: Path | None
    format: str
    readings: Mapping[str, str]
    lang: str
    status: int = 0

    def shown(self) -> str | dict[str, Any] | list[Any]:
        """What the call prints: text, or what is to be printed as JSON.

        Raises:
            InputError: options that do not go together, or a call that does not fit its query.
        """
        from . import query_tables

        uses = {
            "NAME": self.name, "--asp": self.asp, "--prolog": self.prolog, "--search": self.search, "--predicates": self.predicates or None,
        }  # fmt: skip
        used = [use for use, value in uses.items() if value is not None]
        if len(used) > 1:
            raise InputError(f"{used[0]} and {used[1]} do not go together", f"{used[0]} 与 {used[1]} 不能同时使用")
        if self.format == "xlsx" and self.output is None:
            raise InputError("--format xlsx needs a file: -o OUT.xlsx", "--format xlsx 需要输出文件:-o 输出.xlsx")
        if self.asp is not None or self.prolog is not None:
            return self._answers(self._goal())
        if self.name is not None and not self.describe:
            return self._answers(self._query())
        if self.format not in ("pretty", "json") or self.output is not None:
            raise InputError(
                "only answers can be written to a file or as a table", "只有查询结果可以写入文件或输出为表格"
            )
        library, as_json = Library(self.kb), self.format == "json"
        if self.name is not None:
            query = library.query(self.name)
            return query.to_json() if as_json else query_tables.described(query, self.lang)
        if self.describe:
            raise InputError("--describe needs the name of a query", "--describe 需要查询名称")
        if self.predicates:
            known = goals.Ground(self.kb).known
            return (
                [f"{n}/{a}" for n, a in known]
                if as_json
                else query_tables.predicates(known, self.kb.phrases, self.lang)
            )
        if self.search is not None:
            from .search import Search

            found = Search(self.kb, [self.search]).queries()
        else:
            found = list(library.queries.values())
        return [q.to_json() for q in found] if as_json else query_tables.listing(found, self.lang)

    def _case(self) -> Case | None:
        return None if self.case_file is None else self.kb.register(self.case_file)

    def _query(self) -> Answered:
        assert self.name is not None
        return Library(self.kb).ask(
            self.name, _pairs(self.given), case=self._case(), readings=self.readings, engine=self.engine, most=self.limit or goals.MOST_ANSWERS
        )  # fmt: skip

    def _goal(self) -> Answered:
        engine = "asp" if self.asp is not None else "prolog"
        if self.engine not in (None, engine):
            raise InputError(
                f"--engine {self.engine} does not go with --{engine}",
                f"--engine {self.engine} 与 --{engine} 不能同时使用",
            )
        goal = self.asp if self.asp is not None else self.prolog
        assert goal is not None
        case = self._case()
        ground = goals.Ground(self.kb, case, self.readings)
        ask = goals.ask_asp if engine == "asp" else goals.ask_prolog
        found = ask(ground, goal, seconds=self.seconds or goals.SECONDS, most=self.limit or goals.MOST_ANSWERS)
        return answered_goal(self.kb, goal, engine, found, case)

    def _answers(self, answered: Answered) -> str | dict[str, Any]:
        from . import query_tables

        self.status = int(answered.truncated or any(row.varies for row in answered.rows))
        if self.format == "json" and self.output is None:
            return answered.to_json()
        content: str | bytes
        match self.format:
            case "json":
                import json

                content = json.dumps(answered.to_json(), ensure_ascii=False, indent=1) + "\n"
            case "csv":
                content = query_tables.as_csv(answered, self.lang)
            case "xlsx":
                content = query_tables.as_xlsx(answered, self.lang)
            case _:
                content = query_tables.table(answered, self.lang)
        if self.output is None:
            assert isinstance(content, str)
            return content.rstrip("\n")
        from .files import write_document

        marked = "\ufeff" + content if self.format == "csv" and isinstance(content, str) else content
        write_document(self.output, marked)
        return str(self.output)


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    """The parameters as written, ``key=value``.

    Raises:
        InputError: not of that form, or one key twice.
    """
    found: dict[str, str] = {}
    for one in given:
        key, sign, value = one.partition("=")
        if not sign or not value:
            raise InputError(f"{one[:80]!r} is not KEY=VALUE", f"“{one[:80]}”应写作 参数=值(KEY=VALUE)")
        if key in found:
            raise InputError(f"{key[:80]} is given twice", f"{key[:80]} 重复")
        found[key] = value
    return found
