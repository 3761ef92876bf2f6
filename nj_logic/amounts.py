"""Amounts of money, dates and Chinese numerals as people write them, read exactly or refused.

Nothing is rounded: ``99.9999999999999999`` stays below 100. What is ambiguous (``3万5``), malformed
(``1,5000``) or in a notation that nobody uses for money (``1e5``) is refused with an :class:`AmountError`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from nj_logic.errors import Bilingual

if TYPE_CHECKING:
    import datetime
    from decimal import Decimal

MOST_DIGITS = 40
FIRST_YEAR, LAST_YEAR = 1949, 2200

# Full-width forms only: NFKC would also read 10² as 102.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0xFFE5: "¥", 0x3000: " "}

_DIGITS = "零一二三四五六七八九"
_ZEROS = {"亿": 8, "万": 4, "千": 3, "百": 2, "十": 1}
_VARIANTS = str.maketrans("〇两兩萬億", "零二二万亿")

# Patterns are compiled when first used: this module is imported at every start of the command line.
_PREFIX = r"(?is)(?:人民币|人民幣|RMB|CNY|¥)?\s*"
_MONEY = _PREFIX + r"(?P<sum>.*?)\s*(?:元|圆|圓|yuan)?\s*[整正]?"
_NEGATIVE = _PREFIX + r"[-−–—负負]\s*[0-9.零一二三四五六七八九十百千万亿]"
_ARABIC = r"(?P<number>[0-9][0-9,]*(?:\.[0-9]+)?)\s*(?P<unit>[十百千]?万?亿?)\s*"
_NUMBER = r"(?:0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]+)?"
_ISO_DATE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_CHINESE_DATE = r"([0-9]{4})\s*年\s*([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*日"
_LIKE_A_DATE = r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})"


class AmountError(ValueError):
    """A text is no amount, date or numeral; ``message`` says in both languages why, and what is allowed."""

    def __init__(self, en: str, zh: str) -> None:
        self.message = Bilingual(zh, en)
        super().__init__(en)

    def say(self, lang: str) -> str:
        """The message in *lang* (``zh`` or ``en``)."""
        return self.message.say(lang)


def parse_money(text: str) -> Decimal:
    """An amount in yuan: ``1500000``, ``3,000,000元``, ``100 万元``, ``1.5亿元``, ``1亿2000万元``, ``一百五十万元``.

    Zero is an amount. Raises :class:`AmountError` for anything negative, not finite, ambiguous or malformed.
    """
    from decimal import Decimal

    if len(text) > 4 * MOST_DIGITS or sum(character.isdigit() for character in text) > MOST_DIGITS:
        raise AmountError(
            f"an amount has at most {MOST_DIGITS} digits: {_shown(text)}",
            f"金额最多 {MOST_DIGITS} 位数字：{_shown(text)}",
        )
    plain = text.translate(_HALF_WIDTH).strip()
    if not plain:
        raise AmountError(f"no amount is given; {_MONEY_FORMS.en}", f"没有写金额；{_MONEY_FORMS.zh}")
    if re.match(_NEGATIVE, plain):
        raise AmountError(f"an amount cannot be negative: {_shown(text)}", f"金额不能是负数：{_shown(text)}")
    shape = re.fullmatch(_MONEY, plain)
    assert shape is not None  # every part of the pattern is optional
    amount = _arabic_sum(shape["sum"].translate(_VARIANTS))
    if amount is not None:
        return amount
    try:
        return Decimal(chinese_number(shape["sum"]))
    except AmountError:
        raise AmountError(
            f"not an amount of money: {_shown(text)}; {_MONEY_FORMS.en}",
            f"不是金额：{_shown(text)}；{_MONEY_FORMS.zh}",
        ) from None


def _arabic_sum(text: str) -> Decimal | None:
    """The value of ``1亿2000万``, each part below the unit before it, or None if *text* is not of this form."""
    from decimal import Decimal

    values: list[Decimal] = []
    ceiling = Decimal("Infinity")
    while text:
        part = re.match(_ARABIC, text)
        if part is None or not re.fullmatch(_NUMBER, part["number"]):
            return None
        number, zeros = part["number"].replace(",", ""), sum(_ZEROS[unit] for unit in part["unit"])
        value = Decimal(f"{number}E{zeros}")
        # 3万5 is 35,000 to some and 30,005 to others
        if value >= ceiling or (values and not zeros and len(number) == 1):
            return None
        values.append(value)
        ceiling = Decimal(10**zeros if zeros and "." not in number else 0)
        text = text[part.end() :]
    return total(values) if values else None


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum (the default context would round it to 28 digits)."""
    from decimal import Context, Decimal

    exact = Context(prec=10 * MOST_DIGITS)
    result = Decimal(0)
    for amount in amounts:
        result = exact.add(result, amount)
    return result


def format_money(amount: Decimal, lang: str, *, short: bool = False) -> str:
    """``1,500,000元（150万元）`` (*short*: ``150万元``) or ``1,500,000 yuan``, with every decimal that counts and none that does not."""
    plain = _trimmed(f"{amount:,f}")
    if lang != "zh":
        return f"{plain} yuan"
    for unit, zeros in (("亿", 8), ("万", 4)):
        if abs(amount) >= 10**zeros:
            sign, digits, exponent = amount.as_tuple()
            assert isinstance(exponent, int)
            own = f"{_trimmed(f'{type(amount)((sign, digits, exponent - zeros)):f}')}{unit}元"
            return own if short else f"{plain}元（{own}）"
    return f"{plain}元"


def _trimmed(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def parse_date(text: str) -> datetime.date:
    """The day that ``2026-03-02`` or ``2026年3月2日`` names.

    Raises :class:`AmountError` for other forms, days that do not exist and years outside 1949 to 2200.
    """
    import datetime

    plain = text.translate(_HALF_WIDTH).strip()
    found = re.fullmatch(_ISO_DATE, plain) or re.fullmatch(_CHINESE_DATE, plain)
    if found is None:
        like = re.fullmatch(_LIKE_A_DATE, plain)
        better = f"{like[1]}-{like[2]:0>2}-{like[3]:0>2}" if like else "2026-03-02"
        raise AmountError(
            f"not a date: {_shown(text)}; write it as {better}{'' if like else ' or 2026年3月2日'}",
            f"不是日期：{_shown(text)}；请写作 {better}{'' if like else ' 或 2026年3月2日'}",
        )
    year, month, day = (int(part) for part in found.groups())
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise AmountError(
            f"the year of {_shown(text)} is outside {FIRST_YEAR} to {LAST_YEAR}",
            f"{_shown(text)} 的年份不在 {FIRST_YEAR} 至 {LAST_YEAR} 之间",
        )
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise AmountError(f"there is no such day: {_shown(text)}", f"没有这一天：{_shown(text)}") from None


def chinese_number(text: str) -> int:
    """The integer that a Chinese numeral writes: ``四十三``, ``一百零五``, and digit by digit ``一〇五``.

    Raises :class:`AmountError` where the numeral is not well formed: ``十二十``, or ``三百五``, which is 350 to
    some and 305 to others.
    """
    numeral = text.translate(_VARIANTS)
    if len(numeral) > MOST_DIGITS or not re.fullmatch(r"[零一二三四五六七八九十百千万亿]+", numeral):
        raise AmountError(f"not a Chinese numeral: {_shown(text)}", f"不是中文数字：{_shown(text)}")
    if not re.search(r"[十百千万亿]", numeral):
        return int("".join(str(_DIGITS.index(digit)) for digit in numeral))
    numeral = re.sub(r"(?<![一二三四五六七八九])十", "一十", numeral)  # 十二, 一百十二, 一百零十二
    value = _value(numeral)
    if value >= 10**12 or _numeral(value) != numeral:
        raise AmountError(f"not a well-formed Chinese numeral: {_shown(text)}", f"中文数字写法有误：{_shown(text)}")
    return value


def chinese_numeral(value: int) -> str:
    """The numeral of a number from 0 to below 10^12, as texts number their articles: ``四十三``, ``十二``."""
    if not 0 <= value < 10**12:
        raise ValueError(f"no numeral for {value}: 0 to 999,999,999,999")
    numeral = _numeral(value)
    return numeral[1:] if numeral.startswith("一十") else numeral


def _value(numeral: str) -> int:
    """The value of a full form; of a malformed one, some number that another numeral writes."""
    for sign, zeros in _ZEROS.items():
        head, found, rest = numeral.rpartition(sign)
        if found:
            return int(_value(head) * 10**zeros + _value(rest))
    return _DIGITS.index(numeral[-1]) if numeral else 0


def _numeral(value: int) -> str:
    """The full form of the numeral: 12 is 一十二, and a place that is skipped is 零."""
    for sign, zeros in _ZEROS.items():
        head, rest = divmod(value, 10**zeros)
        if head:
            gap = "零" if 0 < rest < 10 ** (zeros - 1) else ""
            return _numeral(head) + sign + (gap + _numeral(rest) if rest else "")
    return _DIGITS[value]


def _shown(text: str) -> str:
    return f"{text[:40]!r}" + ("…" if len(text) > 40 else "")


_MONEY_FORMS = Bilingual(
    zh="可以写 1500000、3,000,000元、150万元、1.5亿元 或 一百五十万元",
    en="write 1500000, 3,000,000元, 150万元, 1.5亿元 or 一百五十万元",
)
