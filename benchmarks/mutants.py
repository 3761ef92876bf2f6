"""Whether the scenarios would notice: the law damaged in every place, one damage at a time, and asked again.

Run as ``python -m benchmarks.mutants``. A mutant is a copy of the rules with one number, comparison, negation, condition, join,
rule, fact, actor or order altered. It counts as killed where a named scenario sees it, and the figures say how clearly:

* ``expectation``: what the scenario expects is not what the altered rules give (its test would fail);
* ``outcome``: what ``nj`` shows for the scenario's case changes, beside what it expects (a norm cited, a warning, the nearest norm);
* ``atoms``: only derived atoms change (of those that answers are read from; never the altered fact itself);
* ``survived``: nothing changes in any scenario's worlds.

Mutants that no case can tell from the law are left out of the count: those that the abstract reading of ``nj_logic.dialect`` proves
(no case of any kind can bring the altered rule to bear), and those named in ``equivalent_mutants.yaml`` with a reason.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import json
import multiprocessing
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import clingo
import yaml

from nj_logic.build import USES
from nj_logic.case import Case
from nj_logic.cells import Cells, Rung
from nj_logic.check import Check
from nj_logic.declared import Kind
from nj_logic.dialect import parse
from nj_logic.facts import case_atoms, open_topics
from nj_logic.flow import ANY, Flow, Values, values_of
from nj_logic.knowledge import KnowledgeBase
from nj_logic.lint import lint
from nj_logic.rules import Comparison, Goal, Literal, Rule, Signature, declared, is_variable, program_text
from nj_logic.worlds import Topic
from tests import scenarios
from tests.scenarios import Scenario

EQUIVALENT = Path(__file__).with_name("equivalent_mutants.yaml")
SHOWN: frozenset[Signature] = frozenset(signature for shown in USES.values() for signature in shown)
UNSEEN = {"nearest", "principle"}
"""Of these an expectation speaks only where it lists norms or warnings."""
CENT = Decimal("0.01")
FEW_WORLDS, MANY_WORLDS = 3, 10
CASE = clingo.String("the case of a world")
MOST_KINDS = 6
"""So many kinds, those with most scenarios, are looked at in many worlds."""
TRIALS, TRIALS_SHOWN = 32, 8
"""So many scenarios' expectations, and outcomes, are tried for one mutant (and three more in each kind)."""

# How clearly a mutant is seen, best first.
EXPECTATION, OUTCOME, ATOMS, SURVIVED, EQUIVALENT_ = "expectation", "outcome", "atoms", "survived", "equivalent"
LEVELS = (EXPECTATION, OUTCOME, ATOMS, SURVIVED, EQUIVALENT_)

# Classes of mutants, in the order of the table.
BOUND, BOUNDARY, INTEGER, COMPARISON = "rung bound", "boundary of two rungs", "integer", "comparison"
NEGATION, CONDITION, KIND, JOIN = "negation dropped", "condition dropped", "kind dropped", "join broken"
RULE, FACT, ORDER, ACTOR, ACT = "rule dropped", "fact dropped", "order dropped", "actor swapped", "act swapped"
CLASSES = (BOUND, BOUNDARY, INTEGER, COMPARISON, NEGATION, CONDITION, KIND, JOIN, RULE, FACT, ORDER, ACTOR, ACT)

Change = tuple[int, Rule | None]
"""The number of a rule, and what stands in its place."""


# --- Mutants ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mutant:
    """One damage to the law: its class, the rule it strikes, what is done to it, and the rules that change."""

    group: str
    rule: Rule
    mutation: str
    changes: tuple[Change, ...]

    @property
    def place(self) -> str:
        """File and line, from ``kb`` on."""
        parts = Path(self.rule.file).parts
        at = len(parts) - 1 - parts[::-1].index("kb") if "kb" in parts else 0
        return f"{'/'.join(parts[at:])}:{self.rule.line}"

    def __str__(self) -> str:
        return f"{self.place}: {self.group}: {self.mutation}\n    {self.rule.text}"


def rebuilt(rule: Rule, head: Literal, goals: Sequence[Goal]) -> Rule:
    """*rule* with another head and body."""
    text = f"{head} :- {', '.join(map(str, goals))}." if goals else f"{head}."
    return Rule(rule.file, rule.line, text, head, tuple(goals))


def safe(rule: Rule) -> bool:
    """Whether every variable is bound where the dialect wants it bound."""
    return not {"unbound-variable", "unbound-head"}.intersection(d.code for d in lint([rule]))


def mutants_of(rules: Sequence[Rule]) -> Iterator[Mutant]:
    """Every mutant of *rules*; the declarations of the vocabulary and what the build computes have none."""
    yield from _boundaries(rules)
    actors, acts = _performers(rules, 2), _performers(rules, 3)
    for number, rule in enumerate(rules):
        if rule.head.name in {"input", "hook"} or Path(rule.file).name == "computed.lp":
            continue

        def mutant(group: str, mutation: str, new: Rule | None, at: int = number) -> Mutant:
            return Mutant(group, rules[at], mutation, ((at, new),))

        if rule.head.signature == ("rung", 6):
            yield from (mutant(BOUND, words, new) for words, new in _bounds(rule))
        for words, new in _integers(rule):
            yield mutant(INTEGER, words, new)
        for group, words, new in _goals(rule):
            yield mutant(group, words, new)
        if not rule.is_fact:
            yield mutant(RULE, "the rule is dropped", None)
        elif rule.head.signature == ("after", 3):
            yield mutant(ORDER, "the fact is dropped", None)
        elif rule.head.signature != ("rung", 6):
            yield mutant(FACT, "the fact is dropped", None)
        place = {("step", 5): 2, ("adds_step", 6): 3}.get(rule.head.signature)
        if place is not None:
            for group, at, words_of in ((ACTOR, place, actors), (ACT, place + 1, acts)):
                old = rule.head.args[at]
                if old in words_of:
                    other = words_of[(words_of.index(old) + 1) % len(words_of)]
                    head = _with_argument(rule.head, at, other)
                    yield mutant(group, f"{old} → {other}", rebuilt(rule, head, rule.goals))


def _performers(rules: Iterable[Rule], position: int) -> list[str]:
    heads = (rule.head for rule in rules if rule.head.signature == ("step", 5))
    return sorted({h.args[position] for h in heads if h.args[position][0].islower()})


def _with_argument(literal: Literal, at: int, term: str) -> Literal:
    return replace(literal, args=(*literal.args[:at], term, *literal.args[at + 1 :]))


def _bounds(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Each bound of a rung a cent higher, a cent lower, and with the amount itself on the other side."""
    for at in (2, 4):
        bound, side = rule.head.args[at : at + 2]
        if bound == "unbounded":
            continue
        for shifted in (Decimal(bound.strip('"')) + CENT, Decimal(bound.strip('"')) - CENT):
            head = _with_argument(rule.head, at, f'"{shifted}"')
            yield f"{bound} → {shifted}", rebuilt(rule, head, ())
        other = "excluded" if side == "included" else "included"
        yield f"{bound} {side} → {other}", rebuilt(rule, _with_argument(rule.head, at + 1, other), ())


def _boundaries(rules: Sequence[Rule]) -> Iterator[Mutant]:
    """Where two rungs meet: both bounds moved together, so that neither a gap nor an overlap gives it away."""
    rungs = [(n, r) for n, r in enumerate(rules) if r.head.signature == ("rung", 6)]
    for (n, below), (m, above) in itertools.permutations(rungs, 2):
        bound = below.head.args[4]
        if below.head.args[0] != above.head.args[0] or bound != above.head.args[2] or bound == "unbounded":
            continue
        high, low = list(_bounds(below))[-3:], list(_bounds(above))[:3]
        for (words, one), (_, other) in zip(high, low, strict=True):
            yield Mutant(BOUNDARY, below, words, ((n, one), (m, other)))


def _integers(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Each integer one more and one less."""
    for at, part in enumerate((rule.head, *rule.goals)):
        for number, new in _shifted(part):
            if at == 0 and isinstance(new, Literal):
                yield number, rebuilt(rule, new, rule.goals)
            elif at:
                goals = [*rule.goals[: at - 1], new, *rule.goals[at:]]
                yield number, rebuilt(rule, rule.head, goals)


def _shifted(part: Goal) -> Iterator[tuple[str, Goal]]:
    def both(term: str) -> Iterator[tuple[str, str]]:
        if not term.startswith('"'):
            for found in re.finditer(r"(?<!\w)\d+", term):
                for other in (int(found[0]) + 1, int(found[0]) - 1):
                    yield f"{found[0]} → {other} in {part}", f"{term[: found.start()]}{other}{term[found.end() :]}"

    if isinstance(part, Literal):
        for at, argument in enumerate(part.args):
            for words, term in both(argument):
                yield words, _with_argument(part, at, term)
    else:
        yield from ((words, replace(part, left=term)) for words, term in both(part.left))
        yield from ((words, replace(part, right=term)) for words, term in both(part.right))


_FLIPPED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}


def _goals(rule: Rule) -> Iterator[tuple[str, str, Rule]]:
    """Comparisons turned, negations and conditions dropped, joins broken; what stays safe."""
    for at, goal in enumerate(rule.goals):
        if isinstance(goal, Comparison) and goal.operator in _FLIPPED:
            turned = replace(goal, operator=_FLIPPED[goal.operator])
            goals = [*rule.goals[:at], turned, *rule.goals[at + 1 :]]
            yield COMPARISON, f"{goal} → {turned}", rebuilt(rule, rule.head, goals)
        rest = [*rule.goals[:at], *rule.goals[at + 1 :]]
        without = rebuilt(rule, rule.head, rest)
        if safe(without):
            by_kind = isinstance(goal, Literal) and goal.name == "kind" and not is_variable(goal.args[1])
            yield NEGATION if goal.negated else KIND if by_kind else CONDITION, f"`{goal}` is dropped", without
    for at, goal in enumerate(rule.goals):
        if not isinstance(goal, Literal):
            continue
        for variable in dict.fromkeys(a for a in goal.args if a[0].isupper() and a != "C"):
            elsewhere = [g for g in rule.goals[:at] + rule.goals[at + 1 :] if variable in g.operands]
            if not elsewhere:
                continue
            again = isinstance(elsewhere[0], Literal) and len(elsewhere) == 1 and variable not in rule.head.args
            if again and not goal.negated and elsewhere[0] in rule.goals[:at] and not elsewhere[0].negated:
                continue  # two literals share it and nothing else: broken in the one is broken in the other
            loose = replace(goal, args=tuple("_" if a == variable else a for a in goal.args))
            new = rebuilt(rule, rule.head, [*rule.goals[:at], loose, *rule.goals[at + 1 :]])
            if safe(new):
                yield JOIN, f"{variable} in `{goal}` is any", new


# --- The knowledge base with a mutant in it --------------------------------------------------------------------------


class Altered(KnowledgeBase):
    """A knowledge base whose programs are made in memory from altered rules, a kind at a time."""

    def __init__(self, bench: Bench, mutant: Mutant) -> None:
        self.__dict__.update(bench.kb.__dict__)
        self.kept_worlds = {}
        self._programs = {}
        self.bench, self.mutant = bench, mutant
        self._rules: dict[str, list[Rule]] = {}
        if mutant.group in {BOUND, BOUNDARY}:
            rungs = {i: r for i, r in enumerate(bench.rules) if r.head.signature == ("rung", 6)}
            rungs |= {i: r for i, r in mutant.changes if r is not None}
            self.cells = Cells(map(_rung, rungs.values()))
        self.__dict__["kinds"] = copy.copy(bench.kb.kinds)

    def prepare(self, kind: str) -> None:
        """Make the program of a kind, and open the readings that its rules ask for."""
        rules, new = self.bench.rules_of(self.mutant, kind, self.cells)
        self._rules[kind] = rules
        topics = topics_of(new)
        old = self.kinds[kind]
        opened = {use: tuple(sorted({*found, *topics})) for use, found in old.topics.items()}
        self.__dict__["kinds"] = {**self.kinds, kind: replace(old, topics=opened)}

    def program(self, name: str) -> str:
        """The program of a kind and use, as the build would make it, but cut less tightly."""
        if name in self._programs:
            return self._programs[name]
        kind, use = name.split(".")
        shown = "".join(f"#project {n}/{a}.\n" for n, a in USES[use])
        show = "#show walks/2.\n#show by_office/3.\n#show by_person/4.\n" if use == "paths" else "#show.\n"
        walking = self.bench.walking if use == "paths" else ""
        text = program_text(bearing(self._rules[kind], USES[use]))
        self._programs[name] = "\n".join([text, self.bench.undefined, self.bench.search, walking, shown, show])
        return self._programs[name]


def topics_of(rules: Iterable[Rule]) -> set[str]:
    """The readings that *rules* ask for."""
    asked = (literal.args[1] for rule in rules for literal in rule.body if literal.signature == ("reading", 3))
    return {topic for topic in asked if not is_variable(topic)}


def bearing(rules: Sequence[Rule], goals: Iterable[Signature]) -> list[Rule]:
    """The rules on whose predicates those of *goals* rest."""
    defining: dict[Signature, list[Rule]] = defaultdict(list)
    for rule in rules:
        defining[rule.head.signature].append(rule)
    wanted = set(goals)
    todo = list(wanted)
    while todo:
        new = {literal.signature for rule in defining.get(todo.pop(), ()) for literal in rule.body} - wanted
        wanted |= new
        todo += new
    return [rule for rule in rules if rule.head.signature in wanted]


def _rung(rule: Rule) -> Rung:
    ladder, name, low, low_in, high, high_in = (a.strip('"') for a in rule.head.args)
    ends = [None if bound == "unbounded" else Decimal(bound) for bound in (low, high)]
    return Rung(ladder, name, ends[0], low_in == "included", ends[1], high_in == "included")


def _lies_on(rung: Rung, amount: Decimal) -> bool:
    above = rung.low is None or amount > rung.low or (rung.low_included and amount == rung.low)
    below = rung.high is None or amount < rung.high or (rung.high_included and amount == rung.high)
    return above and below


@dataclass(frozen=True, slots=True)
class Verdict:
    """How clearly a mutant is seen, and by which scenario."""

    mutant: Mutant
    level: str
    killer: str = ""
    reason: str = ""


@dataclass(slots=True)
class Differences:
    """The scenarios whose derived atoms differ: for each the predicates, and what differs (its case left out)."""

    names: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    traces: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))


class Bench:
    """The law, the scenarios, and what the law derives in their worlds.

    Args:
        kb: the knowledge base.
        listed: the scenarios that may kill.
    """

    def __init__(self, kb: KnowledgeBase, listed: Iterable[Scenario]) -> None:
        self.kb = kb
        self.rules, found = parse(kb.law_files)
        assert not found, found
        # Read now, all of it: the compiled form may be gone from the cache before the end.
        self.kept = {
            id_: frozenset(line for use in uses_of(kind) for line in kb.program(f"{id_}.{use}").splitlines())
            for id_, kind in kb.kinds.items()
        }
        assert kb.norms
        self.scenarios = list(listed)
        self.cases: list[Case] = [kb.case(s.case) for s in self.scenarios]
        self.of_kind: dict[str, list[int]] = defaultdict(list)
        for i, case in enumerate(self.cases):
            self.of_kind[case.kind.term.id].append(i)
        words = declared(self.rules, "input") | declared(self.rules, "hook")
        self.undefined = "".join(f"#defined {n}/{a}.\n" for n, a in sorted(words))
        folder = (kb.reasoning or kb.root / "kb" / "reasoning") / "search"
        self.search = (folder / "worlds.lp").read_text("utf-8")
        self.walking = (folder / "paths.lp").read_text("utf-8")
        self._flows: dict[str, Flow] = {}
        self._worlds: dict[tuple[str, int], str] = {}
        self._derived: dict[tuple[str, int], frozenset[clingo.Symbol]] = {}
        self._holds: dict[int, bool] = {}
        self._shown: dict[tuple[int, str], str] = {}
        self._last: tuple[tuple[Mutant | None, str], tuple[list[Rule], list[Rule]]] | None = None

    @cached_property
    def mutants(self) -> list[Mutant]:
        """All mutants of the law."""
        return list(mutants_of(self.rules))

    @cached_property
    def equivalent(self) -> dict[tuple[str, str], str]:
        """Why a mutant cannot be told from the law, by rule and mutation."""
        listed = yaml.load(EQUIVALENT.read_text("utf-8"), Loader=yaml.CBaseLoader) if EQUIVALENT.is_file() else []
        return {(entry["rule"], entry["mutation"]): entry["reason"] for entry in listed or []}

    # -- which kinds a rule bears on, and their programs ------------------------------------------------------------------

    def _inputs(self, kind: str) -> dict[Signature, tuple[Values, ...]]:
        """What a case of *kind* can state."""
        stated = self.kb.kinds[kind]
        by_type: dict[str, set[str]] = defaultdict(set)
        for name, one in stated.fields.items():
            type_ = {"money": "cell", "number": "quantity", "date": "date"}.get(one.type, "fact")
            by_type[type_].add(name)
            if one.fills is not None:
                by_type["role"].add(one.fills)
        absent = {"done", "done_on"} if stated.register else {"surveys"}
        found: dict[Signature, tuple[Values, ...]] = {}
        for name, arity in declared(self.rules, "input"):
            row: list[Values] = [ANY] * arity
            if name == "kind":
                row[1] = frozenset([kind])
            elif name in {"fact", "cell", "quantity", "date", "role"}:
                row[1] = frozenset(by_type[name])
            if name not in absent and row[-1] and (arity < 2 or row[1]):
                found[name, arity] = tuple(row)
        return found

    def flow(self, kind: str) -> Flow:
        """What the heads of rules can be in cases of *kind*."""
        if kind not in self._flows:
            self._flows[kind] = Flow(self.rules, self._inputs(kind))
        return self._flows[kind]

    def _widens(self, kind: str, number: int, new: Rule) -> bool:
        """Whether the altered rule can give something in *kind* that the rule itself cannot."""
        flow = self.flow(kind)
        values = flow.narrow(new, {})
        if values is None:
            return False
        row = tuple(values_of(term, values) for term in new.head.args)
        if self.rules[number].is_fact:
            return True
        reached = flow.reached.get(number)
        return reached is None or any("*" not in was and not now <= was for now, was in zip(row, reached, strict=True))

    def kinds_of(self, mutant: Mutant) -> list[str]:
        """The kinds on which the mutant can bear; those of the unaltered rule first."""
        if mutant.group in {BOUND, BOUNDARY}:
            ladder = f"spans({mutant.rule.head.args[0]},"
            return [k for k in self.of_kind if any(line.startswith(ladder) for line in self.kept[k])]
        home = [k for k in self.of_kind if any(self.rules[n].text in self.kept[k] for n, _ in mutant.changes)]
        if mutant.group == KIND:  # there the condition always holds
            ((_, new),) = mutant.changes
            dropped = next(g.args[1] for g in mutant.rule.body if g.name == "kind" and new and g not in new.goals)
            home = [k for k in home if k != dropped]
            others: Iterable[str] = (k for k in self.of_kind if k != dropped)
        else:
            others = self.of_kind
        if mutant.group in {NEGATION, CONDITION, KIND, JOIN}:
            ((number, new),) = mutant.changes
            assert new is not None
            home += [
                k for k in others
                if k not in home and self._widens(k, number, new) and new in self.rules_of(mutant, k)[0]
            ]  # fmt: skip
        return home

    def rules_of(self, mutant: Mutant | None, kind: str, cells: Cells | None = None) -> tuple[list[Rule], list[Rule]]:
        """The rules that can fire in cases of *kind* with the mutant in place, and those of them that are new to the kind.

        Args:
            cells: where a mutant moves rungs, the cells that they now make.
        """
        key = (mutant, kind)
        if self._last is None or self._last[0] != key:
            self._last = key, self._rules_of(mutant, kind, cells)
        return self._last[1]

    def _rules_of(self, mutant: Mutant | None, kind: str, cells: Cells | None) -> tuple[list[Rule], list[Rule]]:
        changes = dict(mutant.changes) if mutant is not None else {}
        base = self.flow(kind)
        flow, rules = base, [changes.get(n, rule) for n, rule in enumerate(self.rules)] if changes else self.rules
        moved = mutant is not None and mutant.group in {BOUND, BOUNDARY}
        if not moved and any(new is not None and self._widens(kind, n, new) for n, new in changes.items()):
            flow = Flow([rule or self.rules[n] for n, rule in enumerate(rules)], self._inputs(kind))
        fires = [(n, rule) for n, rule in enumerate(rules) if rule is not None and (rule.is_fact or n in flow.reached)]
        found = bearing([rule for _, rule in fires if not (moved and rule.head.name == "spans")], SHOWN)
        fresh = [r for n, r in fires if not r.is_fact and (n in changes or n not in base.reached)]
        if moved and cells is not None:
            heads = [Literal("spans", (r.ladder, r.name, str(i))) for r in cells.rungs for i in cells.spans(r)]
            found += [Rule("computed.lp", 0, f"{head}.", head) for head in heads]
        return found, fresh

    # -- worlds -----------------------------------------------------------------------------------------------------------

    def _choices(self, topics: Sequence[Topic], index: int, count: int) -> Iterator[tuple[int, ...]]:
        sizes = [len(t.options) for t in topics]
        total = 1
        for size in sizes:
            total *= size
        if total <= count:
            yield from itertools.product(*map(range, sizes))
            return
        yield tuple(0 for _ in sizes)
        yield tuple(size - 1 for size in sizes)
        chance = random.Random(index)
        for _ in range(count - 2):
            yield tuple(chance.randrange(size) for size in sizes)

    def _stated(self, index: int) -> tuple[list[Topic], list[clingo.Symbol]]:
        """What is open in a scenario's case, whatever is asked of it, and the atoms that hold in all its worlds."""
        case, readings = self.cases[index], self.kb.fixed_readings(self.scenarios[index].readings)
        topics: dict[str, Topic] = {}
        atoms = case_atoms(self.kb, case, readings, CASE)
        for use in uses_of(case.kind):
            listed, opening = open_topics(self.kb, case, use, readings, CASE)
            topics |= {t.id: t for t in listed}
            atoms += [a for a in opening if a.name == "absent_on"]
        return list(topics.values()), atoms

    def worlds(self, kind: str, count: int) -> str:
        """Worlds of all scenarios of *kind* as facts, each world a case of its own."""
        if (kind, count) not in self._worlds:
            found = []
            for index in self.of_kind[kind]:
                topics, atoms = self._stated(index)
                stated = "".join(f"{a}.\n" for a in dict.fromkeys(atoms))
                options = [["" if a.name == "at_work" else f"{a}.\n" for _, a in t.options] for t in topics]
                for number, choice in enumerate(self._choices(topics, index, count)):
                    facts = stated + "".join(texts[c] for texts, c in zip(options, choice, strict=True))
                    found.append(facts.replace(str(CASE), f'"{index}.{number}"'))
            self._worlds[kind, count] = "".join(found)
        return self._worlds[kind, count]

    def _newly_read(self, rules: Iterable[Rule], kind: str, count: int) -> str:
        """Readings that only the altered rules ask for in cases of *kind*: their options in turn, world by world."""
        known = {topic for topics in self.kb.kinds[kind].topics.values() for topic in topics}
        fresh = sorted(topics_of(rules) - known - {t for t, e in self.kb.readings.items() if e.get("default")})
        facts = []
        for topic in fresh:
            options = list(self.kb.readings[topic]["options"])
            for index, number in itertools.product(self.of_kind[kind], range(count)):
                option = options[number % len(options)]
                facts.append(f'reading("{index}.{number}", {topic}, {option}) :- case("{index}.{number}").\n')
        return "".join(facts)

    def derived(self, rules: Iterable[Rule], kind: str, count: int, more: str = "") -> frozenset[clingo.Symbol]:
        """The atoms that answers are read from, in all worlds of the scenarios of *kind*."""
        control = clingo.Control(["--warn=none"])
        control.add("base", [], program_text(rules) + self.undefined + self.worlds(kind, count) + more)
        control.ground([("base", [])])
        atoms = control.symbolic_atoms
        return frozenset(a.symbol for name, arity in SHOWN for a in atoms.by_signature(name, arity))

    def differences(self, mutant: Mutant, kind: str, count: int) -> Differences:
        """Where the mutant derives other atoms than the law."""
        if (kind, count) not in self._derived:
            self._derived[kind, count] = self.derived(self.rules_of(None, kind)[0], kind, count)
        rules, new = self.rules_of(mutant, kind)
        found = Differences()
        more = self._newly_read(new, kind, count)
        for atom in self._derived[kind, count] ^ self.derived(rules, kind, count, more):
            index = int(atom.arguments[0].string.split(".")[0])
            found.names[index].add(atom.name)
            found.traces[index].add(f"{atom.name}({','.join(map(str, atom.arguments[1:]))})")
        return found

    # -- verdicts ---------------------------------------------------------------------------------------------------------

    def holds(self, index: int) -> bool:
        """Whether the scenario passes with the law as it is."""
        if index not in self._holds:
            self._holds[index] = not scenarios.compare(self.kb, self.scenarios[index])
        return self._holds[index]

    def fails(self, altered: Altered, index: int) -> bool:
        """Whether the altered law gives another answer than the scenario expects."""
        try:
            return self.holds(index) and bool(scenarios.compare(altered, self.scenarios[index]))
        except Exception:  # an answer that cannot even be made is no answer
            return True

    def outcomes(self, kb: KnowledgeBase, index: int, use: str) -> str:
        """All that one command shows of a scenario's case."""
        case, readings = kb.case(self.scenarios[index].case), self.scenarios[index].readings
        try:
            result = getattr(kb, use)(case, readings)
            found = result.to_json(True) if isinstance(result, Check) else result.to_json()
            return json.dumps(found, sort_keys=True)
        except Exception as error:
            return repr(error)

    def shows(self, altered: Altered, index: int, names: set[str]) -> bool:
        """Whether what is shown of the scenario's case differs, where atoms of these predicates do."""
        for use in uses_of(self.cases[index].kind):
            if names.isdisjoint(name for name, _ in USES[use]):
                continue
            if (index, use) not in self._shown:
                self._shown[index, use] = self.outcomes(self.kb, index, use)
            if self._shown[index, use] != self.outcomes(altered, index, use):
                return True
        return False

    def verdict(self, mutant: Mutant) -> Verdict:
        """Who sees the mutant."""
        reason = self.equivalent.get((mutant.rule.text, mutant.mutation))
        if reason is not None:
            return Verdict(mutant, EQUIVALENT_, reason=reason)
        kinds = self.kinds_of(mutant)
        if not kinds:
            if any(mutant.rule.text in self.kept[k] for k in self.kb.kinds) and mutant.group != KIND:
                return Verdict(mutant, SURVIVED, reason="there is no scenario of its kinds")
            idle = all(self.rules[n].text not in kept for n, _ in mutant.changes for kept in self.kept.values())
            reason = (
                "the rule is idle: nothing that is shown rests on it" if idle else "no case of another kind states this"
            )
            return Verdict(mutant, EQUIVALENT_, reason=reason)
        tried: set[int] = set()
        found = self._seen(mutant, kinds, FEW_WORLDS, tried)
        if found.level in {ATOMS, SURVIVED} and mutant.group not in {BOUND, BOUNDARY}:
            largest = sorted(kinds, key=lambda k: -len(self.of_kind[k]))[:MOST_KINDS]
            again = self._seen(mutant, largest, MANY_WORLDS, tried)
            found = min(found, again, key=lambda v: LEVELS.index(v.level))
        return found

    def _seen(self, mutant: Mutant, kinds: Sequence[str], count: int, tried: set[int]) -> Verdict:
        differ: list[tuple[int, set[str]]] = []
        altered = Altered(self, mutant)
        for kind in kinds:
            if mutant.group in {BOUND, BOUNDARY}:
                candidates = telling = self.moved(mutant, kind)
                names: Mapping[int, set[str]] = {i: {"route", "value"} for i in candidates}
            else:
                found = self.differences(mutant, kind, count)
                candidates, names = _varied(found), found.names
                telling = [i for i in candidates if self._speaks_of(i, names[i])]
            if candidates:
                altered.prepare(kind)
            for index in [i for i in telling if i not in tried][: max(TRIALS - len(tried), 3)]:
                tried.add(index)
                if self.fails(altered, index):
                    return Verdict(mutant, EXPECTATION, self.scenarios[index].id)
            differ += [(i, names[i]) for i in candidates]
        for index, differing in differ[:TRIALS_SHOWN]:
            if self.shows(altered, index, differing):
                return Verdict(mutant, OUTCOME, self.scenarios[index].id)
        return Verdict(mutant, ATOMS, self.scenarios[differ[0][0]].id) if differ else Verdict(mutant, SURVIVED)

    def _speaks_of(self, index: int, names: set[str]) -> bool:
        """Whether an expectation of the scenario rests on one of these predicates."""
        expect = self.scenarios[index].content["expect"]
        paths, answers = expect.get("paths", {}), expect.get("answer", {}).values()
        seen = {name for use in expect for name, _ in USES.get(use, ()) if name not in UNSEEN}
        if "warnings" in paths:
            seen.add("principle")
        if any("norms" in one for one in (paths, *answers)):
            seen.add("nearest")
        return not seen.isdisjoint(names)

    def moved(self, mutant: Mutant, kind: str) -> list[int]:
        """The scenarios with an amount that changes its rung."""
        pairs = [(_rung(self.rules[n]), _rung(new)) for n, new in mutant.changes if new is not None]
        return [
            i for i in self.of_kind[kind]
            if any(_lies_on(old, a) != _lies_on(new, a)
                   for a in self.cases[i].facts.values() if isinstance(a, Decimal) for old, new in pairs)
        ]  # fmt: skip


def uses_of(kind: Kind) -> list[str]:
    """What can be asked of a case of *kind*."""
    if kind.register:
        return ["conflicts"]
    return ["check", *(["answer"] if kind.questions else []), *(["paths"] if kind.procedure else [])]


def _varied(found: Differences) -> list[int]:
    """The scenarios that differ, so that those that differ in the same way do not stand together."""
    alike: dict[frozenset[str], list[int]] = defaultdict(list)
    for index in sorted(found.traces):
        alike[frozenset(found.traces[index])].append(index)
    rows = itertools.zip_longest(*sorted(alike.values(), key=len))
    return [index for row in rows for index in row if index is not None]


# --- The command -----------------------------------------------------------------------------------------------------

_bench: Bench | None = None


def _judge(number: int) -> Verdict:
    assert _bench is not None
    return _bench.verdict(_bench.mutants[number])


def judge(bench: Bench, numbers: Sequence[int], jobs: int, tell: Callable[[int], None]) -> list[Verdict]:
    """The verdicts on the mutants with these numbers."""
    global _bench
    _bench = bench
    found = []
    if jobs < 2:
        for number in numbers:
            found.append(_judge(number))
            tell(len(found))
        return found
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        for one in pool.imap_unordered(_judge, numbers, chunksize=8):
            found.append(one)
            tell(len(found))
    return sorted(found, key=lambda v: (v.mutant.rule.file, v.mutant.rule.line, v.mutant.mutation))


def table(verdicts: Iterable[Verdict]) -> str:
    """Mutants by class and by how clearly they are seen."""
    counts: Mapping[str, Counter[str]] = defaultdict(Counter)
    for verdict in verdicts:
        for row in (verdict.mutant.group, "all"):
            counts[row][verdict.level] += 1
    lines = [f"{'':24}{'mutants':>9}" + "".join(f"{level:>13}" for level in LEVELS)]
    for row in (*CLASSES, "all"):
        if counts[row]:
            lines.append(f"{row:24}{counts[row].total():9}" + "".join(f"{counts[row][level]:13}" for level in LEVELS))
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table and the mutants that are not killed."""
    parser = argparse.ArgumentParser(prog="benchmarks.mutants", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--law", nargs="+", metavar="FILE", help="only mutants of rules in these files")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--sample", type=int, metavar="N", help="only N mutants, drawn by chance")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--list", nargs="+", choices=LEVELS, default=[ATOMS, SURVIVED], help="which mutants to list")
    parser.add_argument(
        "--doubt", action="store_true", help=f"try the mutants of {EQUIVALENT.name} too; none should be killed"
    )
    parser.add_argument("--class", nargs="+", choices=CLASSES, dest="groups", help="only mutants of these classes")
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    bench = Bench(KnowledgeBase(), scenarios.load())
    doubted = dict(bench.equivalent) if options.doubt else {}
    if options.doubt:
        bench.equivalent.clear()
    wanted = {Path(f).resolve() for f in options.law or []}
    numbers = [
        n for n, m in enumerate(bench.mutants)
        if (not wanted or Path(m.rule.file).resolve() in wanted)
        and (not options.groups or m.group in options.groups)
        and (not options.doubt or (m.rule.text, m.mutation) in doubted)
    ]  # fmt: skip
    chance = random.Random(options.seed)
    chance.shuffle(numbers)  # so that the work is spread evenly
    if options.sample:
        numbers = numbers[: options.sample]

    def tell(done: int) -> None:
        if done % 100 == 0:
            end = "\r" if sys.stderr.isatty() else "\n"
            print(f"{done} of {len(numbers)}, {time.perf_counter() - start:.0f} s", end=end, file=sys.stderr)

    verdicts = judge(bench, numbers, options.jobs, tell)
    for level in options.list:
        listed = [v for v in verdicts if v.level == level]
        print(f"\n== {level}: {len(listed)}")
        for verdict in listed:
            print(verdict.mutant)
            if verdict.killer or verdict.reason:
                print(f"    {'seen by ' if verdict.killer else ''}{verdict.killer or verdict.reason}")
    known = {(m.rule.text, m.mutation) for m in bench.mutants}
    for rule, mutation in (bench.equivalent.keys() | doubted.keys()) - known:
        print(f"\n{EQUIVALENT.name}: there is no such mutant any more: {mutation}: {rule}")
    failing = [bench.scenarios[i].id for i, holds in bench._holds.items() if not holds]
    print(f"\n{table(verdicts)}\n\n{len(bench.scenarios)} scenarios, {time.perf_counter() - start:.0f} s")
    if failing:
        print(f"{len(failing)} scenarios fail with the law as it is and were not counted: {failing[:5]}")
    return int(any(v.level == SURVIVED for v in verdicts))


if __name__ == "__main__":
    sys.exit(main())
