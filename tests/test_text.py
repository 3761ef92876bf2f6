import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nj_logic.amounts import chinese_numeral
from nj_logic.errors import KnowledgeError
from nj_logic.text import Article, Chapter, Paragraph, cut, find, fold, uncovered

TEXTS = Path(__file__).parent / "texts"
REGULATION = Path(__file__).parents[1] / "kb" / "text" / "nanjiang-2020.txt"


def read(path):
    return path.read_bytes().decode("utf-8")


def sample(name):
    return cut(read(TEXTS / name), name)


def words(article):
    return [paragraph.text for paragraph in article.paragraphs]


@pytest.fixture(scope="module")
def regulation():
    return cut(read(REGULATION))


class TestTheRegulation:
    def test_has_14_chapters_and_95_articles(self, regulation):
        assert regulation.title == "政府工作规则"
        assert [chapter.number for chapter in regulation.chapters] == list(range(1, 15))
        assert regulation.chapters[7] == Chapter(8, "会议制度")
        assert [article.number for article in regulation.articles] == list(range(1, 96))
        assert regulation.articles[28].chapter == 5

    @pytest.mark.parametrize(("number", "paragraphs"), [(43, 5), (29, 1), (24, 2), (95, 1)])
    def test_paragraphs_are_the_lines_of_an_article(self, regulation, number, paragraphs):
        assert len(regulation.articles[number - 1].paragraphs) == paragraphs

    def test_the_notice_runs_from_the_addressees_to_the_date(self, regulation):
        addressees, body, date = words(regulation.notice)
        assert addressees == "各乡镇人民政府、集州街道办事处,县级各部门:"
        assert body.startswith("《政府工作规则》已经") and body.endswith("贯彻落实。")
        assert date == "2020年5月19日"

    def test_the_page_around_the_text_is_in_no_article(self, regulation):
        text = "".join(words(regulation.notice)) + "".join("".join(words(a)) for a in regulation.articles)
        assert not re.search("浏览量|扫一扫|蜀ICP备", text)
        assert text.endswith("之日起废止。")

    def test_every_line_between_the_headings_is_in_an_article(self, regulation):
        body = read(REGULATION).split("第一章", 1)[1].split("扫一扫")[0]
        headings = re.compile(r"(?m)^第.{1,3}章.*$|^[一二三四五六七八九十]+、")
        assert fold(headings.sub("", body.split("\n", 1)[1])) == fold(
            "".join("".join(words(article)) for article in regulation.articles)
        )


class TestForms:
    def test_articles_numbered_with_a_comma(self):
        listed = sample("listed.txt")
        assert listed.title == "东河县政府工作规则"
        assert words(listed.notice)[0] == "各乡镇人民政府,县级各部门:"
        assert words(listed.notice)[-1] == "2021年3月1日"
        assert len(listed.notice.paragraphs) == 3
        assert listed.chapters == (Chapter(1, "总则"), Chapter(2, "会议"))
        assert [article.chapter for article in listed.articles] == [1, 1, 2, 2]
        assert words(listed.articles[1]) == ["县长主持会议;副县长协助。有特殊情况的,", "可以委托副县长主持。"]

    def test_items_of_an_article_are_its_paragraphs(self):
        listed = sample("listed.txt")
        assert words(listed.articles[2])[1:] == ["(一)上级的决定;", "1.预算.决算。"]

    def test_the_page_after_the_last_article_is_cut_off(self):
        listed = sample("listed.txt")
        assert words(listed.articles[3]) == ["本规则自发布之日起施行。", "原规则同时废止。"]

    def test_articles_numbered_with_a_word(self):
        titled = sample("titled.txt")
        assert titled.title == "西山市行政规则"
        assert titled.notice == Article(0, 0, ())
        assert titled.chapters == (Chapter(1, "总则"), Chapter(2, "分则"))  # those of the contents are not counted
        assert [article.number for article in titled.articles] == [1, 2, 3, 4, 5]
        assert words(titled.articles[3]) == ["公文由市长签发。"]

    def test_a_list_within_a_titled_article_and_a_reference_are_paragraphs(self):
        assert words(sample("titled.txt").articles[1]) == [
            "行政工作应当：", "一、依法进行；", "二、公开进行。", "第三条规定的事项除外。",
        ]  # fmt: skip

    def test_digits_of_any_width_and_spaces_of_any_kind(self):
        digits = sample("digits.txt")
        assert digits.title == "北湖市规则"
        assert [words(article) for article in digits.articles] == [
            ["市长负责。"], ["副市长协助.各局配合."], ["自公布之日起施行！"],
        ]  # fmt: skip
        assert digits.chapters == ()
        assert words(digits.notice)[-1] == "二〇二〇年五月十九日"

    def test_traditional_characters_stay_as_they_are(self):
        traditional = sample("traditional.txt")
        assert traditional.title == "南灣縣議事規則"
        assert traditional.chapters == (Chapter(1, "總則"), Chapter(2, "附則"))
        assert words(traditional.articles[0]) == ["本規則規定「會議」之程序。"]
        assert len(traditional.articles[1].paragraphs) == 3

    @pytest.mark.parametrize("name", ["listed.txt", "titled.txt", "digits.txt", "traditional.txt"])
    @pytest.mark.parametrize("new_line", ["\r\n", "\r"])
    def test_line_ends_make_no_difference(self, name, new_line):
        text = read(TEXTS / name)
        there, here = cut(text), cut("\ufeff" + text.replace("\n", new_line))
        assert there.title == here.title and there.chapters == here.chapters
        assert [words(article) for article in there.articles] == [words(article) for article in here.articles]

    @pytest.mark.parametrize("name", ["listed.txt", "titled.txt", "digits.txt", "traditional.txt"])
    def test_a_paragraph_knows_where_it_stands_in_the_file(self, name):
        text = read(TEXTS / name).replace("\n", "\r\n")
        regulation = cut(text)
        for article in (regulation.notice, *regulation.articles):
            for number, paragraph in enumerate(article.paragraphs, 1):
                assert paragraph.number == number
                assert text[paragraph.start :].startswith(paragraph.text)

    @given(st.integers(1, 130), st.sampled_from(["listed", "titled", "digits"]))
    def test_any_number_of_articles_is_found_again(self, count, form):
        marks = {"listed": "{zh}、", "titled": "第{zh}条　", "digits": "第{n}条 "}
        numbers = [marks[form].format(n=n, zh=chinese_numeral(n)) for n in range(1, count + 1)]
        regulation = cut("\n".join(f"{number}甲{n}。" for n, number in enumerate(numbers, 1)))
        assert [words(article) for article in regulation.articles] == [[f"甲{n}。"] for n in range(1, count + 1)]


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "line", "said"),
        [
            ("hole.txt", 5, "3 is missing"),
            ("repeated.txt", 5, "article 2 comes again"),
            ("backwards.txt", 7, "article 1 comes again"),
            ("first_missing.txt", 1, "the first article is 2"),
            ("chapter_hole.txt", 5, "2 is missing"),
            ("chapter_repeated.txt", 5, "chapter 1 comes again"),
            ("two_ways.txt", 1, "in two ways"),
            ("other_way_at_the_end.txt", 5, "in two ways"),
            ("no_text.txt", 3, "article 2 has no text"),
            ("no_numeral.txt", 5, "numeral"),
            ("between_headings.txt", 3, "its first article"),
            ("empty.txt", None, "no article"),
            ("no_articles.txt", None, "no article"),
        ],
    )
    def test_a_text_that_cannot_be_numbered_is_refused_with_its_line(self, name, line, said):
        with pytest.raises(KnowledgeError, match=said) as refusal:
            cut(read(TEXTS / "refused" / name), name)
        assert refusal.value.where == (f"{name}:{line}" if line else name)
        assert re.search("[\u4e00-\u9fff]", refusal.value.say("zh"))

    @given(st.lists(st.integers(1, 12), max_size=8).filter(lambda numbers: numbers != [*range(1, len(numbers) + 1)]))
    def test_every_other_order_is_refused(self, numbers):
        with pytest.raises(KnowledgeError):
            cut("\n\n".join(f"第{number}条 甲。" for number in numbers))


class TestSentences:
    @pytest.mark.parametrize(
        ("text", "sentences"),
        [
            ("甲。乙；丙;丁!戊", ["甲。", "乙；", "丙;", "丁!", "戊"]),
            ("称为“甲。”乙。", ["称为“甲。”", "乙。"]),
            ("甲.乙.", ["甲.", "乙."]),
            ("1.预算1.5亿元。", ["1.预算1.5亿元。"]),
            ("甲。 　乙。", ["甲。", "乙。"]),
        ],
    )
    def test_end_at_full_stops_and_semicolons(self, text, sentences):
        assert [sentence.text for sentence in Paragraph(1, text, 0).sentences] == sentences

    @given(st.text("甲乙a1。；;.!”) 　", max_size=30))
    def test_hold_the_whole_paragraph(self, text):
        sentences = Paragraph(1, text.strip(), 0).sentences
        assert fold("".join(sentence.text for sentence in sentences)) == fold(text)
        assert all(text.strip()[s.start :].startswith(s.text) for s in sentences)


LOOSE = st.text("甲乙ab,，。;； 　\u00a0\u200b（(①½", max_size=25)


class TestQuotations:
    def test_width_and_spaces_do_not_count(self):
        paragraph = Paragraph(1, "总投资 100 万元(含)至５００万元（不含）的，报县委。", 0)
        assert find(paragraph, "100万元（含）至500万元(不含)的,") == [(4, 25)]
        assert paragraph.text[4:25] == "100 万元(含)至５００万元（不含）的，"

    def test_every_place_is_found(self):
        assert find(Paragraph(1, "报县长,报县长。", 0), "报县长") == [(0, 3), (4, 7)]

    def test_other_words_and_no_words_are_not_found(self):
        paragraph = Paragraph(1, "报县长。", 0)
        assert find(paragraph, "报副县长") == find(paragraph, "") == find(paragraph, " ") == []

    @given(LOOSE, st.data())
    def test_what_is_copied_from_a_paragraph_is_found_there(self, text, data):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, len(text)))
        places = find(Paragraph(1, text, 0), text[start:end])
        assert all(fold(text[slice(*place)]).find(fold(text[start:end])) >= 0 for place in places)
        if fold(text[start:end]):
            assert any(start <= at and to <= end for at, to in places)

    def test_what_no_quotation_holds_is_listed(self):
        paragraph = Paragraph(1, "由县长召集和主持，副县长参加；办公室记录。", 0)
        assert uncovered(paragraph, ["由县长召集", "办公室"]) == ["和主持，副县长参加", "记录"]
        assert uncovered(paragraph, ["由县长召集和主持", "副县长参加", "办公室记录"]) == []
        assert uncovered(paragraph, []) == ["由县长召集和主持，副县长参加；办公室记录"]

    @given(LOOSE)
    def test_folding_twice_changes_nothing(self, text):
        assert fold(fold(text)) == fold(text)
        assert not re.search(r"\s", fold(text))
