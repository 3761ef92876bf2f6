"""Compiling the knowledge base: text, ledger, terms, rules and slices, checked and put into a form that loads in milliseconds.

Everything that can be wrong with a knowledge base is found here, before any case is looked at: rules outside the dialect, norms that
do not exist, quotations that are not in their paragraph, terms without labels, kinds whose facts or questions are not declared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from . import answer, check, conflicts, paths, text
from .catalogue import SIGNATURES, catalogue
from .cells import Cells, Rung
from .declared import NORM_ID
from .dialect import parse
from .errors import KnowledgeError
from .lint import lint
from .rules import Rule, Signature, declared, is_variable, norms_of, program_text, signatures
from .slices import slice_rules

BRIEF = frozenset({"zh", "en", "aliases", "register"})
"""What the core says of a kind; the rest is read when a case of the kind is."""
NORM_KINDS = frozenset(
    [
        "obligation",
        "prohibition",
        "permission",
        "power",
        "definition",
        "deadline",
        "threshold",
        "procedure",
        "declaratory",
        "reference",
        "scope",
    ]
)
STRENGTHS = frozenset(["strict", "default", "plain", "exhortative"])
WHY_NOT = frozenset(["exhortation", "discretion", "outside_rule"])

USES = {module.USE: module.SHOWN for module in (paths, answer, check, conflicts)}
"""What each use of a case reads from a stable model."""


def compile_knowledge(root: Path, target: Path, reasoning: Path | None = None, overlay: str = "") -> None:
    """Compile the knowledge base below *root* into the folder *target*.

    Args:
        root: holds ``kb/``.
        target: is made; holds ``core.json``, ``norms.json``, ``text.json`` and a program a kind.
        reasoning: the folder of the reasoning modules, if not ``root/kb/reasoning``.
        overlay: the name of the file in ``kb/law`` with the rules of an amendment, which may add to any predicate.

    Raises:
        KnowledgeError: something is wrong with the knowledge base; all that was found is listed, a line each.
    """
    kb = root / "kb"
    reasoning = reasoning or kb / "reasoning"
    problems: list[str] = []

    regulation = text.cut(_only(kb / "text", "*.txt").read_text(encoding="utf-8"))
    norms = _ledger(sorted((kb / "norms").glob("*.lp")), regulation, problems)
    law_files = [*sorted((kb / "law").glob("*.lp")), *sorted((reasoning / "derive").glob("*.lp"))]
    rules, diagnostics = parse(law_files)
    terms = _terms(kb / "terms", problems)
    cells = Cells(_rungs(rules, problems))
    target.mkdir(parents=True, exist_ok=True)
    computed = _computed_facts(target / "computed.lp", cells, terms)
    problems += _shared_predicates([r for r in rules if Path(r.file).name != overlay], kb / "law")
    problems += _shared_ids(terms)
    diagnostics = diagnostics or lint(
        [*rules, *computed], known_norms=norms.keys() | {""}
    )  # a rule lost would look undefined
    problems += [d.say("en") for d in diagnostics]
    if problems:
        raise _knowledge_error(problems)

    stated: dict[str, list[str]] = {}
    for rule in rules:
        where = f"kb/{_below(rule.file, kb, reasoning)}:{rule.line}"
        for norm in dict.fromkeys(rule.norms):
            stated.setdefault(norm, []).append(where)
    for id_, entry in norms.items():
        entry["rules"] = stated.get(id_, [])
        entry["executable"] = id_ in stated and entry["why_not"] is None

    search = (reasoning / "search" / "worlds.lp").read_text(encoding="utf-8")
    walking = (reasoning / "search" / "paths.lp").read_text(encoding="utf-8")
    program = [*rules, *computed]
    kinds = terms["kinds"]
    everything = {goal for goals in USES.values() for goal in goals}
    asking = set(_inputs(rules))
    for kind, declaration in kinds.items():
        fixed: dict[Signature, dict[int, set[str]]] = {("kind", 2): {1: {kind}}}
        if declaration.get("register") != "true":
            fixed["surveys", 1] = {0: set()}  # only registers are surveyed
        shared = slice_rules([r for r in program if _may_concern(r, kind)], fixed, everything)
        own = {int(a) for a in declaration.get("articles", [])}
        for use, goals in USES.items():
            if not _has(declaration, use):
                continue
            sliced = slice_rules(shared, fixed, set(goals))
            topics = {lit.args[1] for r in sliced for lit in r.body if lit.signature == ("reading", 3)}
            declaration.setdefault("topics", {})[use] = sorted(topics & terms["readings"].keys())
            sliced = [rule for rule in sliced if rule.head.name not in {"input", "hook"}]
            giving = {n for r in sliced if r.head.name in {"gives_route", "leads_to", "says"} for n in r.norms}
            asked = sorted(n for n in giving if n in norms and norms[n]["article"] in own)
            declaration.setdefault("asked_norms", {})[use] = asked
            read = {literal.signature for rule in sliced for literal in rule.body}
            lines = [program_text(sliced), search, *(f"#defined {n}/{a}." for n, a in sorted(read & asking))]
            if use == "paths":
                lines.append(walking)
            heads = signatures(sliced)
            lines += [f"#project {name}/{arity}." for name, arity in goals if (name, arity) in heads]
            lines += ["#show walks/2.", "#show by_office/3.", "#show by_person/4."] if use == "paths" else ["#show."]
            (target / f"{kind}.{use}.lp").write_text("\n".join(lines) + "\n", encoding="utf-8")
    whole = [program_text(program), search, *(f"#defined {n}/{a}." for n, a in _inputs(rules))]
    (target / "whole.lp").write_text("\n".join(whole) + "\n", encoding="utf-8")
    about_itself = "".join(f"{atom}.\n" for atom in catalogue(norms, terms, regulation))
    (target / "catalogue.lp").write_text(about_itself, encoding="utf-8")
    (target / "settled.lp").write_text(_settled("\n".join(whole), about_itself), encoding="utf-8")

    leads = {(*r.head.args[:2], norm) for r in rules if r.head.name == "leads_to" for norm in norms_of(r.head)}
    (target / "repairs.lp").write_text(
        (reasoning / "search" / "repairs.lp").read_text(encoding="utf-8"), encoding="utf-8"
    )

    sections = ("actors", "things", "actions", "values", "questions", "readings", "ladders", "phrases", "names")
    core = {
        "leads": sorted(leads),
        "in_force_from": next(
            (
                [int(r.head.args[0]), *norms_of(r.head)]
                for r in rules
                if r.head.signature == ("in_force_from", 2) and r.is_fact
            ),
            None,
        ),
        "title": regulation.title,
        "terms": {k: terms[k] for k in sections},
        "kinds": {id_: {k: v for k, v in kind.items() if k in BRIEF} for id_, kind in kinds.items()},
        "rungs": [
            [r.ladder, r.name, _money(r.low), r.low_included, _money(r.high), r.high_included] for r in cells.rungs
        ],
        "own_acts": sorted(r.head.args[0] for r in rules if r.head.name == "own_act" and r.is_fact),
        "derived": sorted(signatures(r for r in rules if not r.is_fact)),
        "law_files": [str(f.relative_to(root)) if f.is_relative_to(root) else str(f) for f in law_files],
    }
    _write_json(target / "core.json", core)
    asked_for = {*signatures(rules), *_inputs(rules), *SIGNATURES} - {("input", 2), ("hook", 2)}
    _write_json(target / "predicates.json", sorted(asked_for))
    for id_, declaration in kinds.items():
        _write_json(target / f"{id_}.kind.json", declaration)
    _write_json(target / "norms.json", norms)
    articles = [
        {"number": a.number, "chapter": a.chapter, "paragraphs": [p.text for p in a.paragraphs]}
        for a in ([regulation.notice] if regulation.notice else []) + list(regulation.articles)
    ]
    _write_json(target / "scenarios.json", scenarios_by_norm(root / "tests" / "scenarios"))
    chapters = [{"number": c.number, "title": c.title} for c in regulation.chapters]
    _write_json(target / "text.json", {"articles": articles, "chapters": chapters})


def scenarios_by_norm(folder: Path) -> dict[str, dict[str, list[str]]]:
    """The scenarios that expect something of a norm, by norm: those in which it is breached, decides or sets the date ("applied"),
    and those in which it is met or does not apply ("spared"). Empty where there are no scenarios (in a wheel built from an sdist).
    """
    import yaml

    found: dict[str, dict[str, list[str]]] = {}
    for path in sorted(folder.rglob("*.yaml")):
        for scenario in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader) or []:
            name = f"{path.relative_to(folder).with_suffix('').as_posix()}: {scenario['name']}"
            spared: set[str] = set()
            applied: set[str] = set()
            _sides(scenario.get("expect", {}), applied, spared)
            for side, norms in (("applied", applied), ("spared", spared)):
                for norm in sorted(norms):
                    found.setdefault(norm, {"applied": [], "spared": []})[side].append(name)
    return found


SPARING = ("satisfied", "inapplicable")


def _sides(expected: object, applied: set[str], spared: set[str]) -> None:
    """Sorts the norms that an expectation names: *spared* takes those below the keys ``satisfied`` and ``inapplicable``."""
    match expected:
        case dict():
            for key, value in expected.items():
                _sides(value, spared if key in SPARING else applied, spared)
        case list():
            for value in expected:
                _sides(value, applied, spared)
        case str():
            applied |= {m[0] for m in NORM_ID.finditer(expected)}


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, sort_keys=False, separators=(",", ":")), encoding="utf-8")


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise KnowledgeError(
            f"{folder} must hold one {pattern}, found {len(found)}", f"{folder} 应当只有一个 {pattern}"
        )
    return found[0]


def _knowledge_error(problems: list[str]) -> KnowledgeError:
    listed = "\n".join(problems)
    return KnowledgeError(
        f"the knowledge base has {len(problems)} problems:\n{listed}", f"知识库有 {len(problems)} 处错误:\n{listed}"
    )


def _below(file: str, *roots: Path) -> str:
    for root in roots:
        if Path(file).is_relative_to(root):
            prefix = "reasoning/" if root.name == "reasoning" else ""
            return prefix + Path(file).relative_to(root).as_posix()
    return file


def _ledger(files: Iterable[Path], regulation: text.Regulation, problems: list[str]) -> dict[str, dict[str, Any]]:
    rules, diagnostics = parse(list(files))
    problems += [d.say("en") for d in diagnostics]
    articles = {a.number: a for a in regulation.articles}
    if regulation.notice:
        articles[0] = regulation.notice
    norms: dict[str, dict[str, Any]] = {}
    for rule in rules:
        where = f"{rule.file}:{rule.line}"
        args = [_unquote(a) for a in rule.head.args]
        shape = (rule.head.name, len(args))
        match = NORM_ID.fullmatch(args[0]) if args else None
        if match is None or not rule.is_fact:
            problems.append(f"{where}: the ledger holds facts about norms, not {rule.text}")
        elif shape == ("norm", 4):
            if args[0] in norms:
                problems.append(f"{where}: {args[0]} is there twice; an id is never used again")
            if args[1] not in NORM_KINDS or args[2] not in STRENGTHS:
                problems.append(f"{where}: {args[0]}: kind {args[1]} or strength {args[2]} is unknown")
            number, paragraph, _ = map(int, match.groups())
            norms[args[0]] = {
                "article": number, "paragraph": paragraph, "kind": args[1], "strength": args[2], "subject": args[3],
                "quote": "", "gist": "", "why_not": None, "points_to": [],
            }  # fmt: skip
        elif args[0] not in norms:
            problems.append(f"{where}: {args[0]} has no norm/4 above it")
        elif shape == ("quotation", 2):
            norm = norms[args[0]]
            norm["quote"] = args[1]
            article = articles.get(norm["article"])
            if article is None or not 1 <= norm["paragraph"] <= len(article.paragraphs):
                problems.append(f"{where}: {args[0]}: the text has no such paragraph")
            elif not text.find(article.paragraphs[norm["paragraph"] - 1], args[1]):
                problems.append(f"{where}: the quotation of {args[0]} is not in its paragraph: {args[1]}")
        elif shape == ("gist", 2):
            norms[args[0]]["gist"] = args[1]
        elif shape == ("why_not", 4) and args[1] in WHY_NOT:
            norms[args[0]]["why_not"] = {"reason": args[1], "en": args[2], "zh": args[3]}
        elif shape == ("points_to", 2):
            norms[args[0]]["points_to"].append(args[1])
        else:
            problems.append(
                f"{where}: the ledger knows norm/4, quotation/2, gist/2, why_not/4 and points_to/2, not {rule.text}"
            )
    problems += [f"{i}: no quotation" for i, n in norms.items() if not n["quote"]]
    problems += [f"{i}: no gist" for i, n in norms.items() if not n["gist"]]
    return dict(sorted(norms.items(), key=lambda item: tuple(map(int, NORM_ID.fullmatch(item[0]).groups()))))  # type: ignore[union-attr]


def _unquote(argument: str) -> str:
    if argument.startswith('"'):
        return re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], argument[1:-1])
    return argument


FACT_TYPES = frozenset(
    ["term", "terms", "boolean", "money", "number", "date", "text", "portfolio", "official", "officials", "actor"]
)


SECTIONS = ("actors", "things", "actions", "values", "questions", "readings", "ladders", "phrases", "names", "kinds")


def _terms(folder: Path, problems: list[str]) -> dict[str, Any]:
    """The words of all topics, by section. Every scalar stays text."""
    import yaml

    terms: dict[str, Any] = {section: {} for section in SECTIONS}
    for path in sorted(folder.glob("*.yaml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader) or {}
        for section, entries in content.items():
            if section not in SECTIONS:
                problems.append(f"{path.name}: the section {section} is unknown; allowed: {', '.join(SECTIONS)}")
                continue
            for id_, entry in (entries or {}).items():
                if id_ in terms[section]:
                    problems.append(f"{path.name}: {section}: {id_} is declared twice")
                terms[section][id_] = entry
    kinds = terms["kinds"]
    for section, entries in terms.items():
        for id_, entry in entries.items():
            if not re.fullmatch(r"[a-z][a-z0-9_]*", id_):
                problems.append(f"{section}: {id_!r} is not an id (lower case, digits, _)")
            if not isinstance(entry, dict) or not entry.get("zh") or not entry.get("en"):
                problems.append(f"{section}: {id_} needs zh and en")
    problems += (f"{place}: {key!r} has no value; quote a text with a comma in it" for place, key in _valueless(terms))
    known_values = terms["values"].keys() | terms["actors"].keys()
    for kind, declaration in kinds.items():
        for field, spec in declaration.get("facts", {}).items():
            if spec.get("type") not in FACT_TYPES:
                problems.append(f"{kind}.{field}: type {spec.get('type')!r}; allowed: {', '.join(sorted(FACT_TYPES))}")
            for option in spec.get("options", []):
                if option not in known_values:
                    problems.append(f"{kind}.{field}: the option {option} has no label in values.yaml or actors.yaml")
            for option in spec.get("moot", []):
                if option not in spec.get("options", ["true", "false"]):
                    problems.append(f"{kind}.{field}: the moot option {option} is not among its options")
            if spec.get("type") in {"term", "terms"} and not spec.get("options"):
                problems.append(f"{kind}.{field}: a term needs options")
        for question in declaration.get("questions", []):
            if question not in terms["questions"]:
                problems.append(f"{kind}: the question {question} is not in questions.yaml")
    return terms


def _valueless(entry: object, place: str = "") -> Iterable[tuple[str, str]]:
    """Keys without a value, as a comma in a text that is not quoted makes them."""
    if isinstance(entry, dict):
        for key, value in entry.items():
            if value == "" and place:
                yield place, key
            yield from _valueless(value, f"{place}.{key}".lstrip("."))


def _rungs(rules: Iterable[Rule], problems: list[str]) -> list[Rung]:
    def amount(argument: str, where: str) -> Decimal | None:
        if argument == "unbounded":
            return None
        try:
            return Decimal(_unquote(argument))
        except InvalidOperation:
            problems.append(f'{where}: a bound is a text of yuan such as "200000" or unbounded, not {argument}')
            return None

    rungs = []
    for rule in rules:
        if rule.head.signature == ("rung", 6) and rule.is_fact:
            where = f"{rule.file}:{rule.line}"
            ladder, name, low, low_in, high, high_in = rule.head.args
            rung = Rung(
                ladder, name, amount(low, where), low_in == "included", amount(high, where), high_in == "included"
            )
            if rung.low is not None and rung.high is not None and rung.low > rung.high:
                problems.append(f"{where}: the rung ends before it begins")
            rungs.append(rung)
    return rungs


def _computed_facts(file: Path, cells: Cells, terms: Mapping[str, Any]) -> list[Rule]:
    """Write to *file* the facts that follow from declarations: which cells a rung spans, the options of readings, the acts that questions ask for."""
    facts = [f"spans({r.ladder}, {r.name}, {i})." for r in cells.rungs for i in cells.spans(r)]
    facts += [f"enacts({q}, {spec['act']})." for q, spec in terms["questions"].items() if spec.get("act")]
    file.write_text("".join(f"{line}\n" for line in facts), encoding="utf-8")
    return parse([file])[0]


def _settled(whole: str, about_itself: str) -> str:
    """What holds whatever the case: the atoms of the whole law without a case, and the knowledge base about itself."""
    import clingo

    control = clingo.Control(["--warn=none"])
    control.add("base", [], whole)
    control.ground([("base", [])])
    atoms = sorted(str(a.symbol) for a in control.symbolic_atoms if a.symbol.name not in {"input", "hook"})
    return "".join(f"{atom}.\n" for atom in atoms) + about_itself


def _shared_predicates(rules: Sequence[Rule], law: Path) -> Iterable[str]:
    """Predicates that are defined in two files, so that their rules would merge unseen; hooks are meant to be."""
    hooks = declared(rules, "hook")
    first: dict[Signature, Rule] = {}
    for rule in rules:
        signature = rule.head.signature
        if signature in hooks or rule.head.name in {"input", "hook"}:
            if signature in hooks and not Path(rule.file).is_relative_to(law):
                yield f"{rule.file}:{rule.line}: {rule.head.name} is a hook: only a law defines it"
        elif first.setdefault(signature, rule).file != rule.file:
            other = first[signature]
            yield f"{rule.file}:{rule.line}: {rule.head.name}/{signature[1]} is defined in {other.file}:{other.line} too; rename one"


def _shared_ids(terms: Mapping[str, Any]) -> Iterable[str]:
    """Ids that stand for two words: actors, things, acts, values and questions share one space of names."""
    seen: dict[str, str] = {}
    for section in ("actors", "things", "actions", "values", "questions"):
        for id_ in terms[section]:
            if seen.setdefault(id_, section) != section:
                yield f"{section}: {id_} is an id of {seen[id_]} too; rename one"


def _has(declaration: Mapping[str, Any], use: str) -> bool:
    """Whether cases of a kind are put to a use."""
    if use == paths.USE:
        return bool(declaration.get("procedure") == "true")
    if use == answer.USE:
        return bool(declaration.get("questions"))
    return use != conflicts.USE or bool(declaration.get("register") == "true")


def _may_concern(rule: Rule, kind: str) -> bool:
    """Whether a rule's body does not ask for another kind of case."""
    return all(
        lit.negated or lit.signature != ("kind", 2) or lit.args[1] in {kind, "_"} or is_variable(lit.args[1])
        for lit in rule.body
    )


def _inputs(rules: Sequence[Rule]) -> list[Signature]:
    return sorted(declared(rules, "input") | declared(rules, "hook"))


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)
