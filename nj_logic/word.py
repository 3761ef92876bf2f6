"""Reports as Word files: docxtpl fills a template that an office may have restyled. Drawings are put in as pictures."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .amounts import chinese_numeral
from .errors import KnowledgeError
from .printing import picture
from .terminal import clean

if TYPE_CHECKING:
    from .report_words import Words
    from .teller import View

WIDEST, TALLEST = 150.0, 200.0
"""The largest a picture is, in millimetres."""
MM_PER_PIXEL = 25.4 / 96
MADE_ON = (1980, 1, 1, 0, 0, 0)
"""The time that every part of a Word file bears."""
_SIZE = re.compile(r' width="([\d.]+)" height="([\d.]+)" font')
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def word_document(template: Path, view: Mapping[str, Any]) -> bytes:
    """The template, filled; the same view gives the same bytes.

    Args:
        template: a Word file with the tags of docxtpl.
        view: what the tags name, as for the templates of HTML.

    Raises:
        InputError: no font here shows the drawings.
        KnowledgeError: the template asks for what is not there.
    """
    from docxtpl import DocxTemplate, InlineImage
    from jinja2 import Environment, StrictUndefined, TemplateError

    document = DocxTemplate(template)
    say: Words = view["say"]

    def drawn(svg: str) -> InlineImage:
        from docx.shared import Mm

        found = _SIZE.search(svg)
        width, height = (float(one) * MM_PER_PIXEL for one in found.groups()) if found else (WIDEST, 1.0)
        scale = min(1.0, WIDEST / width, TALLEST / height)
        return InlineImage(document, io.BytesIO(picture(svg)), width=Mm(width * scale))

    environment = Environment(autoescape=True, undefined=StrictUndefined, finalize=_text)
    environment.filters |= {
        "picture": drawn,
        "cites": lambda norms: cites(norms, say),
        "provision": lambda norm: provision(norm, say),
    }
    try:
        document.render({**view, "heading": _Headings(say)}, environment, autoescape=True)
    except TemplateError as problem:
        raise KnowledgeError(f"{template.name}: {problem}", f"{template.name}：{problem}") from problem
    made = io.BytesIO()
    document.save(made)
    return _dated(made.getvalue())


class _Headings:
    """Headings of the first level, numbered as they come."""

    def __init__(self, say: Words) -> None:
        self._say, self._n = say, 0

    def __call__(self, title: str) -> str:
        self._n += 1
        n = chinese_numeral(self._n) if self._say.lang == "zh" else str(self._n)
        return self._say("numbered", n=n, title=title)


def cites(norms: Iterable[View], say: Words) -> str:
    """Norms by their articles and ids, in a row."""
    groups = groupby(norms, key=lambda n: n["article"])
    space = say("comma").rstrip() + " "  # where a line may break
    return say.listed((say("brackets", a=a, b=space.join(n["id"] for n in found)) for a, found in groups), "semicolon")


def provision(norm: View, say: Words) -> str:
    """A norm with its quotation."""
    quote = say.pair(say("brackets", a=norm["article"], b=norm["id"]), norm["quote"])
    return f"{quote} — {norm['gist']}" if norm["gist"] else quote


def _text(value: object) -> object:
    """A value with what cannot be seen, or stand in a Word file, made visible; the template escapes it."""
    if not isinstance(value, str) or hasattr(value, "__html__"):
        return value
    shown = clean(value.replace("\t", " "), keep_lines=True)
    return _NOT_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", shown)


def _dated(data: bytes) -> bytes:
    """The Word file with its parts in the order of their names, all of one time."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as parts, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as dated:
        for name in sorted(parts.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            entry = zipfile.ZipInfo(name, MADE_ON)
            entry.compress_type = zipfile.ZIP_DEFLATED
            dated.writestr(entry, parts.read(name))
    return made.getvalue()
