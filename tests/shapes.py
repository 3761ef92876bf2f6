"""The shapes of JSON results, as the contract has them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Shape = Any
"""A type, a set of allowed values, [the shape of each item], {key: shape} with exactly these keys, or a function that gives what is wrong."""


def wrong(value: Any, shape: Shape, at: str = "$") -> list[str]:
    """Where *value* is not of *shape*."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [f"{at}: {value!r} is no object"]
        optional = {key.removesuffix("?") for key in shape if key.endswith("?")}
        needed = {key for key in shape if not key.endswith("?")}
        keys = [f"{at}: lacks {key}" for key in sorted(needed - value.keys())]
        keys += [f"{at}: unknown {key}" for key in sorted(value.keys() - needed - optional)]
        shapes = {key.removesuffix("?"): item for key, item in shape.items()}
        return keys + [
            w for key, item in value.items() if key in shapes for w in wrong(item, shapes[key], f"{at}.{key}")
        ]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{at}: {value!r} is no list"]
        return [w for i, item in enumerate(value) for w in wrong(item, shape[0], f"{at}[{i}]")]
    if isinstance(shape, set):
        return [] if value in shape else [f"{at}: {value!r} is none of {sorted(map(str, shape))}"]
    if isinstance(shape, type):
        return [] if type(value) is shape else [f"{at}: {value!r} is no {shape.__name__}"]
    found: list[str] = shape(value, at)
    return found


def either(*shapes: Shape) -> Callable[[Any, str], list[str]]:
    def check(value: Any, at: str) -> list[str]:
        problems = [wrong(value, shape, at) for shape in shapes]
        return [] if [] in problems else min(problems, key=len)

    return check


def maybe(shape: Shape) -> Callable[[Any, str], list[str]]:
    return lambda value, at: [] if value is None else wrong(value, shape, at)


def text(pattern: str) -> Callable[[Any, str], list[str]]:
    return lambda value, at: [] if isinstance(value, str) and re.fullmatch(pattern, value) else [f"{at}: {value!r}"]


TERM = {"id": text("[a-z][a-z0-9_]*"), "zh": str, "en": str}
PERSON = {"id": str, "zh": str, "en": str}
WORDS = {"zh": str, "en": str}
NORM = text(r"a\d+\.p\d+\.n\d+")
DAY = text(r"\d{4}-\d\d-\d\d")
STATUS = {"determined", "conflict", "undefined", "needs_facts"}
STRENGTH = {"strict", "default", "plain", "exhortative"}
KIND = {
    "obligation", "prohibition", "permission", "power", "definition", "deadline", "threshold", "procedure", "declaratory",
    "reference", "scope",
}  # fmt: skip
READINGS = [[{"topic": str, "option": str}]]
MISSING = [{"id": str, "zh": str, "en": str}]
SILENCE = {"question": WORDS, "nearest": [NORM], "outside": [{"norm": NORM, "rule": str}]}
WARNINGS = [{"zh": str, "en": str, "norms": [NORM]}]

STEP = {
    "id": text(r"p\d+\.\d+"), "no": int, "actor": TERM, "action": TERM, "person": maybe(PERSON), "acting_for": maybe(PERSON),
    "after": [text(r"p\d+\.\d+")], "norms": [NORM],
}  # fmt: skip
CONTEXT = {
    "before_force?": {"date": str, "norm": str, "quote": str},
    "evidence?": [{**TERM, "paper": str}],
    "interpretations?": [dict],
}
PATHS = {
    **CONTEXT, "case": str, "kind": str, "status": STATUS,
    "alternatives": [
        {"readings": READINGS, "norms": [NORM], "paths": [{"id": text(r"p\d+"), "steps": [STEP]}], "undefined_because?": SILENCE}
    ],
    "missing_facts": MISSING, "undefined": [SILENCE], "warnings": WARNINGS,
}  # fmt: skip
VALUE = either(TERM, PERSON, bool, int, float, DAY)
PERFORMER = {"office": TERM, "person": maybe(PERSON), "acting_for": maybe(PERSON)}
ANSWER = {
    **CONTEXT, "case": str, "kind": str,
    "answers": [
        {
            "question": TERM, "status": STATUS,
            "alternatives": [
                {
                    "id": text(r"a\d+(\.\d+)?"), "readings": READINGS, "norms": [NORM], "value?": either(VALUE, [VALUE]), "mode?": {"all", "any"},
                    "performers?": [PERFORMER], "undefined_because?": SILENCE,
                }
            ],
            "missing_facts": MISSING, "undefined": [SILENCE], "warnings": WARNINGS,
        }
    ],
}  # fmt: skip
CHECK = {
    **CONTEXT, "case": str, "kind": str, "verdict": {"non_compliant", "conflict", "needs_facts", "undefined", "deviated", "compliant"},
    "findings": [
        {
            "id": text(r"[fs]\d+"), "status": {"violated", "deviated", "missing", "open", "satisfied"}, "norm": NORM, "article": int,
            "strength": STRENGTH, "quote": str, "message": WORDS, "witness": dict, "readings": READINGS, "missing_facts": MISSING,
            "conflict_with": [NORM],
        }
    ],
}  # fmt: skip
CONFLICTS = {
    **CONTEXT, "case": str, "kind": str,
    "findings": [
        {
            "id": text(r"f\d+"), "type": str, "norm": NORM, "norms": [NORM], "article": int, "strength": STRENGTH, "quote": str,
            "persons": [str], "from": maybe(DAY), "to": maybe(DAY), "message": WORDS, "readings": READINGS,
        }
    ],
    "acting": [
        {"office": TERM, "acting_for": str, "person": str, "from": maybe(DAY), "to": maybe(DAY), "basis": NORM, "readings": READINGS}
    ],
}  # fmt: skip
COUNTS = {"norms": int, "operational": int, "executable": int, "exercised": int}
COVERAGE = {
    "articles": {95}, **COUNTS, "unaccounted_text": [{"article": int, "paragraph": int, "text": str}],
    "by_article": [{"article": int, **COUNTS}],
}  # fmt: skip
NORMS = [
    {
        "id": NORM, "article": int, "paragraph": int, "quote": str, "gist": str, "kind": KIND, "strength": STRENGTH, "subject": TERM,
        "executable": bool, "operational": bool, "why_not": maybe({"reason": str, "zh": str, "en": str}), "points_to": [str],
        "rules": [text(r"kb/.*\.lp:\d+")], "scenarios": [str],
    }
]  # fmt: skip
REPLAY = {"command": {"paths", "answer", "check", "conflicts"}, "question": maybe(str), "status": str, "beside?": dict}
AUDIT = {
    "findings": [
        {
            "id": text(r"[a-z_]+-[0-9a-f]{8}"), "type": str, "severity": {"blocking", "two_answers", "vague", "editorial"}, "articles": [int],
            "norms": [NORM], "quotes": [str], "title": WORDS, "message": WORDS, "witness": maybe(dict), "replay": maybe(REPLAY),
            "further_witnesses": [{"case": dict, **REPLAY}], "remedy": WORDS, "amendment": maybe(dict), "removed": maybe(bool), "accepted": maybe(dict),
        }
    ],
    "searched": {
        "complete": bool, "kinds": int, "cells": int, "pairs_of_facts": int, "readings": int, "absences": int, "norms": int, "unproved": int
    },
}  # fmt: skip
SARIF = {
    "$schema": text(r"https://.*sarif-2\.1\.0\.json"), "version": {"2.1.0"},
    "runs": [
        {
            "tool": {"driver": {"name": str, "version": str, "rules": [{"id": str, "shortDescription": {"text": str}}]}},
            "columnKind": {"unicodeCodePoints"},
            "results": [
                {
                    "ruleId": str, "level": {"error", "warning", "note"}, "message": {"text": str}, "partialFingerprints": {"finding/v1": str},
                    "suppressions?": [{"kind": {"external"}, "justification": str}],
                    "locations": [
                        {
                            "physicalLocation": {
                                "artifactLocation": {"uri": str}, "region": {"startLine": int, "snippet": {"text": str}}
                            },
                            "logicalLocations": [{"name": NORM, "kind": str}],
                        }
                    ],
                }
            ],
        }
    ],
}  # fmt: skip
