"""The knowledge base about itself, as atoms that queries and goals of one's own may ask for beside the law's.

``norm(N, Kind, Strength, Subject)``, ``located(N, Article, Paragraph)``, ``in_chapter(Article, Chapter)``, ``points_to(N, Text)``,
``executable(N)``, ``not_testable(N, Reason)``, ``actor(O)``, ``office(O)``, ``single(O)``, ``topic(T, weighed|convention)``,
``topic_option(T, O)``, ``default_option(T, O)``, ``topic_norm(T, N)``, ``kind_of_matter(K)``, ``kind_article(K, Article)``,
``kind_question(K, Q)``, ``kind_fact(K, F)``, ``fact_option(K, F, V)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import clingo

from .worlds import symbol

if TYPE_CHECKING:
    from .text import Regulation

SIGNATURES = (
    ("norm", 4), ("located", 3), ("in_chapter", 2), ("points_to", 2), ("executable", 1), ("not_testable", 2), ("actor", 1), ("office", 1),
    ("single", 1), ("topic", 2), ("topic_option", 2), ("default_option", 2), ("topic_norm", 2), ("kind_of_matter", 1), ("kind_article", 2),
    ("kind_question", 2), ("kind_fact", 2), ("fact_option", 3),
)  # fmt: skip


def catalogue(
    norms: Mapping[str, Mapping[str, Any]], terms: Mapping[str, Any], regulation: Regulation
) -> Iterable[clingo.Symbol]:
    """The atoms: *norms* and *terms* as they are compiled (see :mod:`nj_logic.build`)."""

    def constant(name: str) -> clingo.Symbol:
        return clingo.Function(name)

    for id_, norm in norms.items():
        yield symbol("norm", id_, *(constant(norm[key]) for key in ("kind", "strength", "subject")))
        yield symbol("located", id_, norm["article"], norm["paragraph"])
        for outside in norm["points_to"]:
            yield symbol("points_to", id_, outside)
        if norm["executable"]:
            yield symbol("executable", id_)
        if norm["why_not"]:
            yield symbol("not_testable", id_, constant(norm["why_not"]["reason"]))
    for article in regulation.articles:
        yield symbol("in_chapter", article.number, article.chapter)
    for id_, entry in terms["actors"].items():
        yield symbol("actor", constant(id_))
        if entry.get("office") == "true":
            yield symbol("office", constant(id_))
        if entry.get("single") == "true":
            yield symbol("single", constant(id_))
    for id_, entry in terms["readings"].items():
        yield symbol("topic", constant(id_), constant("convention" if entry.get("default") else "weighed"))
        for option in entry["options"]:
            yield symbol("topic_option", constant(id_), constant(option))
        if entry.get("default"):
            yield symbol("default_option", constant(id_), constant(entry["default"]))
        for norm_id in entry.get("norms", []):
            yield symbol("topic_norm", constant(id_), norm_id)
    for id_, entry in terms["kinds"].items():
        yield symbol("kind_of_matter", constant(id_))
        for number in entry.get("articles", []):
            yield symbol("kind_article", constant(id_), int(number))
        for question in entry.get("questions", []):
            yield symbol("kind_question", constant(id_), constant(question))
        for field, spec in entry.get("facts", {}).items():
            yield symbol("kind_fact", constant(id_), constant(field))
            for option in spec.get("options", []):
                yield symbol("fact_option", constant(id_), constant(field), constant(option))
