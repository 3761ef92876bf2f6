"""The knowledge base: a regulation's text, norms, words, kinds of matter and compiled rules, and the questions one can put to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import places
from .cells import Cells, Rung
from .compiled import compiled_folder
from .declared import Field, Kind, Norm, Term
from .errors import Bilingual, unknown_word

if TYPE_CHECKING:
    import clingo

    from .answer import Answers
    from .case import Case, Value
    from .check import Check
    from .conflicts import Conflicts
    from .document import Mapping as MappingNode
    from .document import Sequence as SequenceNode
    from .explain import Explanation
    from .interpretations import Interpretation
    from .paths import Paths
    from .whynot import WhyNot
    from .working_days import WorkingDays
    from .worlds import Worlds


TABLES = frozenset({".csv", ".tsv", ".xlsx", ".xlsm", ".xls"})
"""The endings of files that hold a table."""


class KnowledgeBase:
    """A knowledge base, ready for questions.

    Args:
        root: the folder that holds ``kb/``; by default the regulation that comes with the package.
        reasoning: the folder of the reasoning modules, if not ``root/kb/reasoning``.

    Raises:
        KnowledgeError: the knowledge base has errors (only when it has changed since it was last compiled).
    """

    def __init__(self, root: Path | None = None, reasoning: Path | None = None) -> None:
        self.root = root or places.data_root()
        self.reasoning = reasoning
        self.compiled = self._compiled()
        self._core = json.loads((self.compiled / "core.json").read_text(encoding="utf-8"))
        self.cells = Cells(
            Rung(ladder, name, _decimal(low), low_in, _decimal(high), high_in)
            for ladder, name, low, low_in, high, high_in in self._core["rungs"]
        )
        self._programs: dict[str, str] = {}
        self.kept_worlds: dict[object, Worlds] = {}
        self.interpretations: tuple[Interpretation, ...] = ()

    def _compiled(self) -> Path:
        packed = self.root / "compiled"
        if packed.is_dir():
            return packed
        return compiled_folder(self.root, self.reasoning)

    # -- words -------------------------------------------------------------------------------------------------------

    @cached_property
    def terms(self) -> dict[str, Term]:
        """Every term but kinds and fields, by id."""
        sections = ("actors", "things", "actions", "values", "questions")
        return {id_: _term(id_, entry) for section in sections for id_, entry in self._core["terms"][section].items()}

    def _words(self, section: str, only: str = "") -> dict[str, str]:
        entries = self._core["terms"][section].items()
        return {w: i for i, e in entries if not only or e.get(only) == "true" for w in self.terms[i].words}

    @cached_property
    def actor_words(self) -> dict[str, str]:
        """Every word for an actor, and its id."""
        return self._words("actors")

    @property
    def thing_words(self) -> dict[str, str]:
        """Every word for what the text calls by several names, and its id."""
        return self._words("things")

    @property
    def leads(self) -> list[tuple[str, str, str]]:
        """The ladders and their rungs, each with the norms that lead from it."""
        return [(ladder, rung, norm) for ladder, rung, norm in self._core["leads"]]

    def before_force(self, case: Case) -> str | None:
        """The norm by which the regulation applies only from a later day on than the case's; None where it applies, or no day is stated."""
        start = self._core["in_force_from"]
        return str(start[1]) if start and case.date is not None and case.date.toordinal() < start[0] else None

    @property
    def actors(self) -> dict[str, dict[str, str]]:
        """The actors, as declared."""
        return dict(self._core["terms"]["actors"])

    @cached_property
    def office_words(self) -> dict[str, str]:
        """Every word for an office that an official can hold."""
        return self._words("actors", "office")

    @cached_property
    def action_words(self) -> dict[str, str]:
        """Every word for an act."""
        return self._words("actions")

    @cached_property
    def value_words(self) -> dict[str, str]:
        """Every word for a value."""
        return self._words("values")

    @cached_property
    def offices(self) -> tuple[str, ...]:
        """The offices that officials can hold, in the order in which they are declared."""
        return tuple(i for i, e in self._core["terms"]["actors"].items() if e.get("office") == "true")

    @cached_property
    def single_offices(self) -> tuple[str, ...]:
        """The offices that one person holds."""
        return tuple(i for i, e in self._core["terms"]["actors"].items() if e.get("single") == "true")

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """The kinds of matter; each is read when it is asked for."""
        return _Kinds(self._core["kinds"], self._kind)

    @cached_property
    def kind_terms(self) -> dict[str, Term]:
        """The kinds' words."""
        return {id_: _term(id_, entry) for id_, entry in self._core["kinds"].items()}

    @cached_property
    def kind_words(self) -> dict[str, str]:
        """Every word for a kind."""
        return {w: i for i, t in self.kind_terms.items() for w in t.words}

    @property
    def registers(self) -> list[str]:
        """The kinds that are registers of absences."""
        return [i for i, entry in self._core["kinds"].items() if entry.get("register") == "true"]

    @cached_property
    def phrases(self) -> dict[str, dict[str, str]]:
        """How atoms are put in words: ``stage_6`` is the phrase of stage/6, with ``{0}`` for its first argument."""
        return dict(self._core["terms"]["phrases"])

    @cached_property
    def labels(self) -> dict[str, Bilingual]:
        """A label for each constant that has one: terms, kinds, fields, options of readings."""
        found = {n: Bilingual(e["zh"], e["en"]) for n, e in self._core["terms"]["names"].items()}
        found |= {o: Bilingual(e["zh"], e["en"]) for r in self.readings.values() for o, e in r["options"].items()}
        found |= {t: Bilingual(e["zh"], e["en"]) for t, e in self.readings.items()}
        found |= {f: d.term.label for k in self.kinds.values() for f, d in k.fields.items()}
        found |= {k: t.label for k, t in self.kind_terms.items()}
        found |= {i: t.label for i, t in self.terms.items()}
        return found | {i: Bilingual(e["zh"], e["en"]) for i, e in self._core["terms"]["ladders"].items()}

    @cached_property
    def readings(self) -> dict[str, dict[str, Any]]:
        """The topics of readings and conventions, as declared."""
        return dict(self._core["terms"]["readings"])

    def settled(self, *names: str) -> list[clingo.Symbol]:
        """What the law states whatever the case: its facts of these predicates."""
        import clingo

        lines = (line for line in self.program("settled").splitlines() if line.partition("(")[0] in names)
        return [clingo.parse_term(line.rstrip(".")) for line in lines]

    @property
    def values_by_case(self) -> list[str]:
        """The values that say something for one sort of matter only."""
        return [v for v, entry in self._core["terms"]["values"].items() if entry.get("by_case") == "true"]

    def question(self, id_: str) -> dict[str, Any]:
        """A question's declaration."""
        return dict(self._core["terms"]["questions"][id_])

    def term(self, id_: str) -> Term:
        """The term, or a bare one where the id is a person's or has no label."""
        found = self.terms.get(id_)
        return found if found is not None else Term(id_, Bilingual(id_, id_))

    def _kind(self, id_: str) -> Kind:
        entry = json.loads((self.compiled / f"{id_}.kind.json").read_text(encoding="utf-8"))
        fields = {f: self._field(f, spec) for f, spec in entry.get("facts", {}).items()}
        words = {w: f for f, declared in fields.items() for w in declared.term.words}
        return Kind(
            _term(id_, entry), entry.get("system", ""), tuple(int(a) for a in entry.get("articles", [])),
            entry.get("procedure") == "true", entry.get("register") == "true", entry.get("working_days") == "true", entry.get("overview") == "true",
            tuple(entry.get("questions", [])), fields, words,
            {use: tuple(t) for use, t in entry["topics"].items()}, {use: tuple(n) for use, n in entry["asked_norms"].items()},
        )  # fmt: skip

    def _field(self, id_: str, spec: Mapping[str, Any]) -> Field:
        options = tuple(spec.get("options", []))
        default: Value | None = spec.get("default")
        if default is not None and spec["type"] == "boolean":
            default = default == "true"
        if default is not None and spec["type"] == "terms":
            default = tuple(spec["default"])
        words = {w: o for o in options for w in self.term(o).words}
        when = {f: tuple(v if isinstance(v, list) else [v]) for f, v in spec.get("when", {}).items()}
        when = {f: tuple({"true": "yes", "false": "no"}.get(v, v) for v in values) for f, values in when.items()}
        return Field(
            _term(id_, spec), spec["type"], words, options, default, spec.get("optional") == "true", tuple(spec.get("unless", [])),
            tuple(spec.get("computed_from", [])), when, tuple(spec.get("sum_of", [])), spec.get("fills"),
            tuple({"true": "yes", "false": "no"}.get(o, o) for o in spec.get("moot", [])), spec.get("party") == "true",
        )  # fmt: skip

    # -- norms and text ----------------------------------------------------------------------------------------------

    @cached_property
    def norms(self) -> dict[str, Norm]:
        """The ledger, in the order of the text."""
        entries = json.loads((self.compiled / "norms.json").read_text(encoding="utf-8"))
        return {
            id_: Norm(
                id_, e["article"], e["paragraph"], e["quote"], e["gist"], e["kind"], e["strength"], e["subject"], e["executable"],
                e["why_not"], tuple(e["points_to"]), tuple(e["rules"]),
            )
            for id_, e in entries.items()
        }  # fmt: skip

    @cached_property
    def _scenarios(self) -> dict[str, dict[str, list[str]]]:
        path = self.compiled / "scenarios.json"
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}

    def scenarios_of(self, norm: str) -> tuple[str, ...]:
        """The names of the scenarios that expect something of the norm, where the scenarios are at hand."""
        sides = self._scenarios.get(norm, {})
        return tuple(sorted({name for names in sides.values() for name in names}))

    def exercised(self, norm: str) -> bool:
        """Whether one scenario has the norm breached, deciding or setting the date, and one has it met or not applying."""
        sides = self._scenarios.get(norm, {})
        return bool(sides) and all(sides.values())

    @cached_property
    def text(self) -> dict[str, Any]:
        """The regulation's articles and chapters."""
        return dict(json.loads((self.compiled / "text.json").read_text(encoding="utf-8")))

    @property
    def title(self) -> str:
        """The regulation's title."""
        return str(self._core["title"])

    @cached_property
    def working_days(self) -> WorkingDays:
        """The calendar of working days."""
        from .working_days import WorkingDays

        return WorkingDays(self.root / "kb" / "calendar")

    @cached_property
    def own_acts(self) -> frozenset[str]:
        """The acts that somebody does in his own matter (asking leave, reporting his trip)."""
        return frozenset(self._core["own_acts"])

    @property
    def law_files(self) -> list[Path]:
        """The files of the dialect, for the Prolog engine."""
        return [*(self.root / f for f in self._core["law_files"]), self.compiled / "computed.lp"]

    @property
    def derived(self) -> set[tuple[str, int]]:
        """The predicates that rules derive."""
        return {(name, arity) for name, arity in self._core["derived"]}

    def program(self, name: str) -> str:
        """A compiled program: ``KIND.USE``, ``whole`` or ``computed``."""
        if name not in self._programs:
            self._programs[name] = (self.compiled / f"{name}.lp").read_text(encoding="utf-8")
        return self._programs[name]

    # -- cases -------------------------------------------------------------------------------------------------------

    def case(self, source: Path | str | Mapping[str, Any], *, name: str | None = None) -> Case:
        """Read a case from a file, or from a mapping with the same names.

        Raises:
            InputError: the file or the case is wrong.
        """
        from .intake import read_case

        if isinstance(source, Mapping):
            return read_case(self, source, None, name or "case")
        path = Path(source)
        return read_case(self, self.document(path), path.parent, name or path.stem, str(source))

    def document(self, path: Path) -> MappingNode | SequenceNode:
        """The contents of a case's file.

        Raises:
            InputError: it cannot be read, or is malformed.
        """
        from .document import read_document

        return read_document(path)

    def register(self, source: Path | str, roster: Path | str | None = None) -> Case:
        """Read a register of absences: a case file, a roster with absences, or a table (CSV, XLSX) of absences beside a roster.

        Raises:
            InputError: the file or the register is wrong.
        """
        from .document import Mapping as MappingNode
        from .document import Text
        from .fields import as_node
        from .intake import read_case
        from .tables import read_table

        path = Path(source)
        node = as_node({"absences": read_table(path)}) if path.suffix.lower() in TABLES else self.document(path)
        if isinstance(node, MappingNode):
            registers = self.registers
            if registers and not any(str(key) in {"kind", "类型", "facts", "事实"} for key in node):
                node[Text("kind")] = Text(registers[0])
            if roster is not None:
                node[Text("roster")] = Text(str(Path(roster).absolute()))
        return read_case(self, node, path.parent, path.stem, str(source))

    def adopt(self, path: Path | str) -> None:
        """Apply the adopted interpretations of a file to every case from their day on.

        Raises:
            InputError: the file is wrong, or names no known topic or option.
        """
        from .interpretations import read_interpretations

        self.interpretations = read_interpretations(Path(path), self.readings)

    def applied(self, case: Case, readings: Mapping[str, str]) -> tuple[Interpretation, ...]:
        """The adopted interpretations that fixed a reading of the case."""
        if not self.interpretations:
            return ()
        from .interpretations import in_force

        topics = {t for used in case.kind.topics.values() for t in used}
        adopted = in_force(self.interpretations, case)
        return tuple(i for i in adopted if i.topic in topics and readings.get(i.topic) == i.option)

    def fixed_readings(self, chosen: Mapping[str, str], case: Case | None = None) -> dict[str, str]:
        """Check readings chosen by the user, and add the conventions' defaults and the adopted interpretations.

        Raises:
            InputError: an unknown topic or option.
        """
        fixed = {t: str(e["default"]) for t, e in self.readings.items() if e.get("default")}
        if case is not None and self.interpretations:
            from .interpretations import in_force

            fixed |= {i.topic: i.option for i in in_force(self.interpretations, case)}
        for topic, option in chosen.items():
            entry = self.readings.get(topic)
            if entry is None:
                raise unknown_word("reading", "解释分歧", topic, self.readings)
            if option not in entry["options"]:
                raise unknown_word(f"option of {topic}", f"{topic} 的选项", option, entry["options"])
            fixed[topic] = option
        return fixed

    def paths(self, case: Case, readings: Mapping[str, str] | None = None) -> Paths:
        """Every valid approval path of the case."""
        from .paths import find_paths

        return find_paths(self, case, self.fixed_readings(readings or {}, case))

    def answer(self, case: Case, readings: Mapping[str, str] | None = None) -> Answers:
        """The answers to the questions of the case's kind."""
        from .answer import find_answers

        return find_answers(self, case, self.fixed_readings(readings or {}, case))

    def check(self, case: Case, readings: Mapping[str, str] | None = None) -> Check:
        """What the case's record did wrong or still lacks."""
        from .check import check_record

        return check_record(self, case, self.fixed_readings(readings or {}, case))

    def conflicts(self, register: Case, readings: Mapping[str, str] | None = None) -> Conflicts:
        """The clashes in a register of absences, and who acts when."""
        from .conflicts import find_conflicts

        return find_conflicts(self, register, self.fixed_readings(readings or {}, register))

    def why(self, case: Case, goal: str, readings: Mapping[str, str] | None = None) -> Explanation:
        """The proof of a step, an answer, a finding or an atom."""
        from .explain import explain

        return explain(self, case, goal, self.fixed_readings(readings or {}, case))

    def why_not(self, case: Case, goal: str, readings: Mapping[str, str] | None = None) -> WhyNot:
        """Why an act, an answer, a norm's conclusion or an atom does not hold."""
        from .whynot import why_not

        return why_not(self, case, goal, self.fixed_readings(readings or {}, case))


class _Kinds(Mapping[str, Kind]):
    """The kinds by id, each made when it is first asked for."""

    def __init__(self, ids: Iterable[str], make: Callable[[str], Kind]) -> None:
        self._ids = dict.fromkeys(ids)
        self._make = make
        self._made: dict[str, Kind] = {}

    def __getitem__(self, id_: str) -> Kind:
        if id_ not in self._ids:
            raise KeyError(id_)
        if id_ not in self._made:
            self._made[id_] = self._make(id_)
        return self._made[id_]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


def _term(id_: str, entry: Mapping[str, Any]) -> Term:
    return Term(id_, Bilingual(entry["zh"], entry["en"]), tuple(entry.get("aliases", [])))


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
