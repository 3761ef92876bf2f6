"""Pages and pictures: a report's HTML as PDF (WeasyPrint), a drawing as PNG (resvg). A sign that no font here can show is an error, never a box."""

from __future__ import annotations

import logging
from functools import lru_cache

from .drawing import FONTS
from .errors import InputError

ADVICE = (
    "install a Chinese font (Debian: fonts-noto-cjk), or write html or md",
    "请安装中文字体（Debian：fonts-noto-cjk），或改用 html、md 格式",
)
SHARPNESS = 2.5
"""So many pixels of a picture stand for one of the drawing: 240 to the inch."""


def pdf(html: str) -> bytes:
    """A page of HTML that needs no other file, printed; the same page gives the same bytes.

    Raises:
        InputError: a sign that no font here can show; WeasyPrint or the Pango library is not installed.
    """
    try:
        import weasyprint
    except (ImportError, OSError) as missing:
        raise InputError(
            f"pdf needs WeasyPrint with the Pango library, which cannot be loaded ({str(missing)[:120]}); install it "
            "(Debian: libpango-1.0-0, libpangoft2-1.0-0), or write docx or html",
            f"pdf 格式需要 WeasyPrint 和 Pango 库，无法载入（{str(missing)[:120]}）；请安装"
            "（Debian：libpango-1.0-0、libpangoft2-1.0-0），或改用 docx、html 格式",
        ) from missing
    heard = _Missing()
    logger = logging.getLogger("weasyprint")
    kept, logger.propagate = logger.propagate, False
    silenced, logger.handlers = logger.handlers, [heard]
    try:
        printed = weasyprint.HTML(string=html, url_fetcher=_nothing).write_pdf(pdf_identifier=b"nj_logic")
    finally:
        logger.propagate, logger.handlers = kept, silenced
    if heard.signs:
        raise _no_font("".join(sorted(heard.signs)))
    return bytes(printed)


class _Missing(logging.Handler):
    """Gathers the signs that WeasyPrint could not show."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.signs: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Take note of a warning; its first argument is the sign."""
        if ".notdef" in str(record.msg):
            self.signs |= set(str(record.args[0]) if isinstance(record.args, tuple) and record.args else "?")


def _nothing(url: str, *_more: object, **_further: object) -> dict[str, object]:
    raise ValueError(f"a report needs no other file: {url[:80]}")


def picture(svg: str) -> bytes:
    """A drawing as PNG.

    Raises:
        InputError: no font here has Chinese characters.
    """
    if not _shows_chinese():
        raise _no_font("中文")
    return _painted(svg)


def _painted(svg: str, *, fonts: bool = True) -> bytes:
    import resvg_py

    return bytes(
        resvg_py.svg_to_bytes(svg_string=svg, zoom=SHARPNESS, background="#ffffff", skip_system_fonts=not fonts)
    )


@lru_cache(maxsize=1)
def _shows_chinese() -> bool:
    """Whether two characters look different: without a font for them both are nothing, or the same box."""
    one, other = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" font-family="{FONTS}"><text x="4" y="30" font-size="28">{c}</text></svg>'
        for c in "县规"
    )
    return _painted(one) != _painted(other)


def _no_font(signs: str) -> InputError:
    shown = " ".join(signs[:12]) + (" …" if len(signs) > 12 else "")
    return InputError(
        f"no font on this machine shows {shown}; {ADVICE[0]}", f"本机没有能够显示“{shown}”的字体；{ADVICE[1]}"
    )
