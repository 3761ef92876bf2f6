import contextlib
import datetime
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nj_logic.amounts import (
    AmountError,
    chinese_number,
    chinese_numeral,
    format_money,
    parse_date,
    parse_money,
    total,
)

YUAN = st.decimals(0, 10**15, places=4)


class TestMoney:
    @pytest.mark.parametrize(
        ("text", "yuan"),
        [
            ("0", "0"),
            ("1500000", "1500000"),
            ("20万元", "200000"),
            ("100 万元", "1000000"),
            ("1.5亿元", "150000000"),
            ("3,000,000元", "3000000"),
            ("３，０００，０００元", "3000000"),
            ("99.999999万元", "999999.99"),
            ("99.9999999999999999", "99.9999999999999999"),
            ("3000000000", "3000000000"),
            ("￥20万", "200000"),
            ("人民币 20万元整", "200000"),
            ("CNY 1,000.50", "1000.5"),
            ("5百万元", "5000000"),
            ("1亿2000万元", "120000000"),
            ("12万3456.78元", "123456.78"),
            ("5萬圓", "50000"),
            ("二十万元", "200000"),
            ("一百五十万元", "1500000"),
            ("两千零一元", "2001"),
            ("9" * 40, "9" * 40),
        ],
    )
    def test_is_read_exactly_as_people_write_it(self, text, yuan):
        assert parse_money(text) == Decimal(yuan)

    @pytest.mark.parametrize(
        "text",
        [
            *[
                "",
                "  ",
                "元",
                "万元",
                "约20万元",
                "20万元以上",
                "yes",
                "20%",
                "$20",
                "20万元\0",
                "1\n2",
                "1'). halt. %",
            ],
            *["1e5", "1e400", "1E5", "inf", "Infinity", "nan", "NaN", "0x10", "1_000", "+5", ".5", "5."],
            *["001", "1,5000", "15,00,000", ",100", "0,000", "1.000.000", "1 2", "10²", "①00", "٣", "½"],
            *["3万5", "3万5元", "1.5亿2000万", "5千6百万7千万", "10万万", "三百五元", "十二十元"],
            *["9" * 41, "0." + "1" * 41, "9" * 1_000_000],
        ],
    )
    def test_that_is_malformed_ambiguous_or_endless_is_refused(self, text):
        with pytest.raises(AmountError) as refusal:
            parse_money(text)
        assert re.search("[\u4e00-\u9fff]", refusal.value.say("zh"))
        assert len(refusal.value.say("en")) < 300

    @pytest.mark.parametrize("text", ["-5", "－5万元", "−3", "¥-20", "负二十万元"])
    def test_below_zero_is_refused_as_such(self, text):
        with pytest.raises(AmountError, match="negative"):
            parse_money(text)

    @given(YUAN)
    def test_survives_every_way_of_writing_it(self, amount):
        assert parse_money(f"{amount:f}") == parse_money(f"{amount:,f}元") == amount
        assert parse_money(f"{amount:f}万元") == amount * 10**4
        assert parse_money(format_money(amount, "en")) == amount
        plain, _, tail = format_money(amount, "zh").partition("（")
        assert parse_money(plain) == amount
        assert not tail or parse_money(tail.rstrip("）")) == amount

    @given(st.text(max_size=12) | st.text("0123456789.,万亿元百十一二-+eE ¥", max_size=12))
    def test_is_read_or_refused_and_never_crashes(self, text):
        try:
            amount = parse_money(text)
        except AmountError:
            return
        assert amount >= 0 and amount.is_finite()

    @pytest.mark.parametrize(
        ("yuan", "zh", "en"),
        [
            ("1500000", "1,500,000元（150万元）", "1,500,000 yuan"),
            ("1.5E+8", "150,000,000元（1.5亿元）", "150,000,000 yuan"),
            ("9999", "9,999元", "9,999 yuan"),
            ("999999.990", "999,999.99元（99.999999万元）", "999,999.99 yuan"),
            ("0.00", "0元", "0 yuan"),
            ("-20000", "-20,000元（-2万元）", "-20,000 yuan"),
        ],
    )
    def test_is_printed_plainly_and_in_large_units(self, yuan, zh, en):
        assert format_money(Decimal(yuan), "zh") == zh
        assert format_money(Decimal(yuan), "en") == en

    def test_sums_keep_every_digit(self):
        parts = [parse_money("9" * 39), parse_money("0." + "1" * 30)]
        assert f"{total(parts):f}" == "9" * 39 + "." + "1" * 30
        assert total([]) == 0


class TestDates:
    @pytest.mark.parametrize(
        "text", ["2026-03-02", "2026年3月2日", "2026年03月02日", "２０２６年３月２日", " 2026 年 3 月 2 日 "]
    )
    def test_are_iso_or_chinese(self, text):
        assert parse_date(text) == datetime.date(2026, 3, 2)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("2026/3/2", "write it as 2026-03-02"),
            ("2026-3-2", "write it as 2026-03-02"),
            ("2026.03.02", "write it as 2026-03-02"),
            ("03-02", "not a date"),
            ("2026-03-02T00:00", "not a date"),
            ("20260302", "not a date"),
            ("٢٠٢٦-03-02", "not a date"),
            ("", "not a date"),
            ("2026-02-29", "no such day"),
            ("2026-13-01", "no such day"),
            ("2026年2月30日", "no such day"),
            ("1948-12-31", "1949 to 2200"),
            ("2201-01-01", "1949 to 2200"),
        ],
    )
    def test_of_other_forms_or_that_do_not_exist_are_refused(self, text, said):
        with pytest.raises(AmountError, match=said) as refusal:
            parse_date(text)
        assert re.search("[\u4e00-\u9fff]", refusal.value.say("zh"))

    @given(st.dates(datetime.date(1949, 1, 1), datetime.date(2200, 12, 31)))
    def test_of_all_days_are_read_in_both_forms(self, day):
        assert parse_date(day.isoformat()) == parse_date(f"{day.year}年{day.month}月{day.day}日") == day


class TestNumerals:
    @pytest.mark.parametrize(
        ("numeral", "number"),
        [
            ("〇", 0),
            ("十", 10), ("二十一", 21), ("九十五", 95), ("一百零五", 105), ("一百十二", 112), ("一〇五", 105),
            ("两千", 2000), ("十万零五百", 100500), ("一亿零二百万", 102000000),
        ],
    )  # fmt: skip
    def test_are_read(self, numeral, number):
        assert chinese_number(numeral) == number

    @given(st.integers(0, 10**12 - 1))
    def test_are_written_as_they_are_read(self, number):
        assert chinese_number(chinese_numeral(number)) == number

    @pytest.mark.parametrize("numeral", ["", "百", "十二十", "三百五", "三五万", "一千五十", "十零"])
    def test_that_are_malformed_are_refused(self, numeral):
        with pytest.raises(AmountError):
            chinese_number(numeral)

    @given(st.text("零〇一二三十百千万亿两", max_size=8))
    def test_are_read_or_refused_and_never_crash(self, numeral):
        with contextlib.suppress(AmountError):
            assert chinese_number(numeral) >= 0
