import contextlib
import datetime
import json
import math
import os
import pickle
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nj_logic import files, tables
from nj_logic.document import Mapping, Sequence, Text, read_document
from nj_logic.errors import InputError
from nj_logic.files import read_text, write_document
from nj_logic.tables import read_table

HOSTILE = "\"quoted\" 'x' \\ `). halt. %` #script {{ 7*7 }} <b>𠮷\n县长\t"
FIELDS = st.recursive(
    st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["case", "kind", "事项", "on"]), inner),
    max_leaves=12,
).filter(lambda value: isinstance(value, (list, dict)))


@pytest.fixture
def file(tmp_path):
    def write(content, name="case.yaml"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


def refused(path, read=read_document):
    """What is said of the file, in English, and where; the Chinese must be there as well."""
    with pytest.raises(InputError) as refusal:
        read(path)
    assert refusal.value.exit_status == 2
    assert re.search("[\u4e00-\u9fff]", refusal.value.message.zh)
    return refusal.value.message.en, refusal.value.where.removeprefix(str(path)).removeprefix(":")


class TestScalars:
    AS_WRITTEN = (
        "on",
        "no",
        "Yes",
        "001",
        "0o17",
        "1e400",
        "2026-03-02",
        "99.9999999999999999",
        "12:30:45",
        "NULL",
        ".inf",
    )

    @pytest.mark.parametrize("scalar", AS_WRITTEN)
    def test_in_yaml_stay_as_written(self, file, scalar):
        read = read_document(file(f"value: {scalar}\n{scalar}: key\n"))
        assert read == {"value": scalar, scalar: "key"}
        assert type(read["value"]) is Text

    @pytest.mark.parametrize("scalar", ["1e400", "-0.10", "99.9999999999999999", "true", "NaN", "-Infinity", "10" * 50])
    def test_in_json_stay_as_written(self, file, scalar):
        assert read_document(file(f'{{"value": {scalar}}}', "case.json")) == {"value": scalar}

    def test_nothing_stated_is_none_and_quoted_it_is_text(self, file):
        read = read_document(file("a:\nb: ~\nc: null\nd: 'null'\ne: \"\"\nf: [~, '~']\n"))
        assert read == {"a": None, "b": None, "c": None, "d": "null", "e": "", "f": [None, "~"]}
        assert read_document(file('{"a": null, "b": "null"}', "a.json")) == {"a": None, "b": "null"}

    def test_know_their_line_and_their_quotes(self, file):
        read = read_document(file("case: a\nfacts:\n  amount: '1'\n  list:\n    - x\n"))
        assert (read.line, read["facts"].line, read["facts"]["list"].line) == (1, 3, 5)
        assert (read["case"].line, read["case"].quoted) == (1, False)
        assert (read["facts"]["amount"].line, read["facts"]["amount"].quoted) == (3, True)
        assert [key.line for key in read["facts"]] == [3, 4]

    def test_in_json_know_their_line(self, file):
        read = read_document(file('{\n "a": [\n\n  1,\n  "x"],\n "b": {}}', "case.json"))
        assert [value.line for value in read["a"]] == [4, 5]
        assert [value.quoted for value in read["a"]] == [False, True]
        assert ([key.line for key in read], read["b"].line) == ([2, 6], 6)

    def test_survive_a_journey_to_another_process(self, file):
        read = pickle.loads(pickle.dumps(read_document(file("a: ['x', y]\n"))))
        assert read == {"a": ["x", "y"]}
        assert [(value.line, value.quoted) for value in read["a"]] == [(1, True), (1, False)]

    @given(FIELDS)
    def test_of_any_content_come_back_from_json_and_yaml(self, tmp_path_factory, value):
        folder = tmp_path_factory.getbasetemp()
        (folder / "any.json").write_text(json.dumps(value), "utf-8")
        (folder / "any.yaml").write_text(yaml.safe_dump(value, default_style='"'), "utf-8")
        quoted = json.loads(json.dumps(value))
        assert read_document(folder / "any.json") == quoted
        # a quoted "null" is how this writer writes None
        if "null" not in (folder / "any.yaml").read_text("utf-8"):
            assert read_document(folder / "any.yaml") == quoted

    def test_that_are_hostile_stay_text(self, file):
        assert read_document(file(json.dumps({"case": HOSTILE}), "case.json"))["case"] == HOSTILE
        assert read_document(file(yaml.safe_dump({"case": HOSTILE})))["case"] == HOSTILE


class TestMalformedDocuments:
    @pytest.mark.parametrize(
        ("content", "said", "line"),
        [
            ("", "empty", ""),
            ("# nothing\n---\n", "empty", ""),
            ("a: 1\n---\nb: 2\n", "second document", "2"),
            ("a: &x [1]\n", "anchors", "1"),
            ("a: 1\nb: *x\n", "aliases", "2"),
            ("a: !!python/object/apply:os.system [ls]\n", "tags", "1"),
            ("a: !!str 1\n", "tags", "1"),
            ("a: 1\nb: 2\n'a': 3\n", "'a' is repeated .first in line 1", "3"),
            ("? [x]\n: 1\n", "key must be a word", "1"),
            ("a: 1\n\tb: 2\n", "not tabs", "2"),
            ("a: b: c\n", "malformed YAML in column 5", "1"),
            ("a: [1\n", "malformed YAML", "2"),
            ("a: 'x\n", "malformed YAML", "2"),
            ("a： 1\nb: 2\n", "half-width ':'", "2"),
            ("案号：一\n", "one single text", "1"),
            ("a: 1\nb: \x07\n", r"U\+0007", "2"),
            ('a: "\\0"\n', "NUL", "1"),
            (b"a: 1\nb: \0\n", "NUL", "2"),
        ],
    )
    def test_of_yaml_are_refused_with_their_line(self, file, content, said, line):
        message, where = refused(file(content))
        assert re.search(said, message) and where == line

    @pytest.mark.parametrize(
        ("content", "said", "line"),
        [
            ("", "empty", ""),
            (" \n", "empty", ""),
            ("null", "empty", ""),
            ('"x"', "one single text", "1"),
            ('{"a": 1,\n"a": 2}', "'a' is repeated .first in line 1", "2"),
            ('{"a": 1,}', "after the comma", "1"),
            ("[1,\n]", "after the comma", "2"),
            ("[1 2]", "',' or ']'", "1"),
            ("[1}", "',' or ']'", "1"),
            ('{"a" 1}', "':'", "1"),
            ('{"a":}', "a value", "1"),
            ('{1: "a"}', "a key in double quotes", "1"),
            ("{a: 1}", "text in double quotes", "1"),
            ("[1,\n001]", "001", "2"),
            ("[tru]", "tru", "1"),
            ("['a']", "double quotes", "1"),
            ('["a\nb"]', "double quotes", "1"),
            ('["a', "double quotes", "1"),
            ('["\\x"]', "double quotes", "1"),
            ("[1", "the end of the file where", "1"),
            ("[1]\n[2]", "the end of the file should", "2"),
            ('""""', "the end of the file should", "1"),
            ('["\\ud800"]', "half of a character", "1"),
            ('["\\u0000"]', "NUL", "1"),
        ],
    )
    def test_of_json_are_refused_with_their_line(self, file, content, said, line):
        message, where = refused(file(content, "case.json"))
        assert re.search(said, message) and where == line

    @pytest.mark.parametrize("opening", ["[", "- ", "{a: ", "? ", '{"a":'])
    def test_of_a_hundred_thousand_levels_are_refused(self, file, opening):
        assert re.search("50 levels|a key must be", refused(file(opening * 100_000))[0])

    @pytest.mark.parametrize("opening", ["[", '{"a":'])
    def test_of_a_hundred_thousand_levels_in_json_are_refused(self, file, opening):
        assert "50 levels" in refused(file(opening * 100_000, "deep.json"))[0]

    @pytest.mark.parametrize(("levels", "allowed"), [(50, True), (51, False)])
    @pytest.mark.parametrize("name", ["a.yaml", "a.json"])
    def test_may_nest_fifty_levels(self, file, levels, allowed, name):
        path = file("[" * levels + "]" * levels, name)
        if allowed:
            assert isinstance(read_document(path), Sequence)
        else:
            refused(path)

    @given(st.text("{}[]:,\"' \n-a1\\?&*!#|", max_size=30))
    def test_of_any_kind_never_crash(self, tmp_path_factory, content):
        for name in ("any.yaml", "any.json"):
            path = tmp_path_factory.getbasetemp() / name
            path.write_text(content, "utf-8")
            with contextlib.suppress(InputError):
                assert isinstance(read_document(path), (Mapping, Sequence))

    @given(st.text('{}[]:,"1a\\ \n.e-', max_size=30))
    def test_of_json_are_those_that_python_refuses(self, tmp_path_factory, content):
        path = tmp_path_factory.getbasetemp() / "same.json"
        path.write_text(content, "utf-8")
        try:
            allowed = isinstance(json.loads(content, object_pairs_hook=lambda pairs: [k for k, _ in pairs]), list)
        except ValueError:
            allowed = False
        try:
            read_document(path)
        except InputError as refusal:
            assert not allowed or "repeated" in str(refusal)
        else:
            assert allowed


class TestFiles:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "gbk", "gb2312"])
    def test_of_usual_encodings_are_read(self, file, encoding):
        assert read_document(file("事项: 县长出访\r\n".encode(encoding))) == {"事项": "县长出访"}
        assert read_table(file("谁,事由\r\n县长,学习\r\n".encode(encoding), "a.csv")) == [
            {"谁": "县长", "事由": "学习"}
        ]

    def test_of_other_encodings_are_refused(self, file):
        message, where = refused(file(b"a: 1\nb: \xff\xff\n"))
        assert "UTF-8 or GB18030 (byte 9)" in message and where == "2"

    def test_in_damaged_utf8_are_not_taken_for_gb18030(self, file):
        damaged = "政府常务会议\n".encode() + "县长".encode()[:-2] + b"\n"
        assert damaged.decode("gb18030")
        assert refused(file(damaged), read_text)[1] == "2"

    def test_that_are_missing_are_refused_with_the_nearest_name(self, file):
        path = file("a: 1", "fund-001.yaml")
        assert f"did you mean {path}?" in refused(path.with_name("fund-01.yaml"))[0]
        assert refused(path.with_name("x.yaml"))[0] == "there is no such file"
        assert refused(path.parent / "none" / "x.yaml")[0] == "there is no such file"
        refused(path / "x.yaml")

    def test_that_are_no_files_are_refused(self, tmp_path):
        assert "folder" in refused(tmp_path)[0]
        assert "device" in refused(Path("/dev/zero"))[0]
        os.mkfifo(tmp_path / "pipe.yaml")
        assert "pipe" in refused(tmp_path / "pipe.yaml")[0]

    @pytest.mark.parametrize("path", ["a\0b", "x" * 5000, "\udcff.yaml", "\x1b[31m.yaml"])
    def test_of_strange_names_are_refused_in_print(self, path):
        with pytest.raises(InputError) as refusal:
            read_document(path)
        assert str(refusal.value).isprintable()
        str(refusal.value).encode("utf-8")

    def test_without_permission_are_refused(self, file, monkeypatch):
        path = file("a: 1")

        def denied(*_args, **_options):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", denied)
        assert refused(path)[0] == "cannot be read: permission denied"

    @pytest.mark.parametrize("read", [read_document, read_table, read_text])
    def test_that_are_too_large_are_refused_unread(self, tmp_path, read, monkeypatch):
        path = tmp_path / "large.csv"
        with path.open("wb") as large:
            large.truncate(100 * 2**20)
        monkeypatch.setattr(Path, "open", None)
        assert "10 MB" in refused(path, read)[0]

    def test_that_lie_about_their_size_are_bounded(self, file, monkeypatch):
        monkeypatch.setattr(files, "MOST_BYTES", 2**20)
        real = Path.stat
        path = file(b"x" * (2**20 + 1))
        monkeypatch.setattr(Path, "stat", lambda self, **_: os.stat_result([*real(self)[:6], 0, *real(self)[7:10]]))
        assert "1 MB" in refused(path)[0]


class TestWriting:
    @pytest.mark.parametrize("data", ["报告\n", b"\x00\xff", ""])
    def test_puts_the_whole_file_in_place(self, tmp_path, data):
        path = tmp_path / "报告.html"
        write_document(path, "old")
        write_document(path, data)
        assert path.read_bytes() == (data.encode() if isinstance(data, str) else data)
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError(28, "No space left on device"), MemoryError])
    @pytest.mark.parametrize("moment", ["replace", "chmod"])
    def test_leaves_the_old_file_and_no_other_when_stopped(self, tmp_path, monkeypatch, stop, moment):
        path = tmp_path / "report.html"
        write_document(path, "old")

        def stopped(*_args):
            raise stop

        monkeypatch.setattr(Path, moment, stopped)
        with pytest.raises(InputError if isinstance(stop, OSError) else stop):
            write_document(path, "new")
        assert list(tmp_path.iterdir()) == [path] and path.read_text() == "old"

    def test_to_no_folder_or_no_file_is_refused(self, tmp_path):
        def write(path):
            write_document(path, "x")

        assert "make it first" in refused(tmp_path / "none" / "a.html", write)[0]
        assert "this is a folder" in refused(tmp_path, write)[0]
        assert "device" in refused(Path("/dev/null"), write)[0]
        write_document(tmp_path / "file", "x")
        assert "no folder" in refused(tmp_path / "file" / "a.html", write)[0]
        (tmp_path / "loop").symlink_to(tmp_path / "loop")
        refused(tmp_path / "loop", write)
        with pytest.raises(InputError):
            write_document("a\0b", "x")

    def test_without_permission_is_refused(self, tmp_path, monkeypatch):
        def denied(*_args):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", denied)
        assert refused(tmp_path / "a.html", lambda path: write_document(path, "x"))[0].endswith("permission denied")

    def test_keeps_permissions_and_links(self, tmp_path):
        path, link = tmp_path / "report.html", tmp_path / "latest.html"
        write_document(path, "old")
        path.chmod(0o640)
        link.symlink_to(path)
        write_document(link, "new")
        assert link.is_symlink() and path.read_text() == "new"
        assert path.stat().st_mode & 0o777 == 0o640


class TestTables:
    def test_of_commas_give_each_row_by_the_names_of_the_columns(self, file):
        rows = read_table(file('\ncase,facts,note\n 001 ,"a\nb",\n\n1e400,"say ""x"""\n', "a.csv"))
        assert rows == [
            {"case": "001", "facts": "a\nb", "note": None},
            {"case": "1e400", "facts": 'say "x"', "note": None},
        ]
        assert [row.line for row in rows] == [3, 6]
        assert [cell.line for cell in rows[1].values() if cell] == [6, 6]
        assert all(type(key) is Text and key.line == 2 for key in rows[0])

    def test_may_use_tabs_and_may_hold_no_rows(self, file):
        assert read_table(file("a\tb\n1,5\t2\n", "a.tsv")) == [{"a": "1,5", "b": "2"}]
        assert read_table(file("a,b\n", "a.csv")) == []

    @pytest.mark.parametrize(
        ("content", "said", "line"),
        [
            ("", "empty", ""),
            ("a,b,a\n1,2,3\n", "columns 1 and 3 have the same name 'a'", "1"),
            ("a, a\n", "same name", "1"),
            ("a,,b\n1,2,3\n", "column 2 has no name", "1"),
            ("a,b\n1,2\n1,2,3\n", "only 2 columns", "3"),
            ('a\n1\n"x\n', "malformed CSV", "3"),
            (b"a\n\0\n", "NUL", "2"),
            (b"\xd0\xcf\x11\xe0", "old Excel", ""),
            (b"PK\x03\x04", "not a readable spreadsheet", ""),
        ],
    )
    def test_that_are_malformed_are_refused(self, file, content, said, line):
        message, where = refused(file(content, "a.csv"), read_table)
        assert said in message and where == line

    def test_of_excel_become_text(self, tmp_path):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(["谁", "从", "金额", "比例", "和", "急", "备注"])
        sheet.append([])
        day = datetime.date(2026, 3, 2)
        sheet.append(["县长", day, 3_000_000_000, 0.1, "=1+1", True, " 001 "])
        sheet.append(["x", datetime.datetime(2026, 3, 2, 8, 30), 1.5e-7, 1e16, None, False])
        book.create_sheet("empty")
        book.create_sheet("hidden").append(["x"])
        book["hidden"].sheet_state = "hidden"
        book.save(tmp_path / "a.xlsx")
        rows = read_table(tmp_path / "a.xlsx")
        assert [list(row.values()) for row in rows] == [
            ["县长", "2026-03-02", "3000000000", "0.1", "=1+1", "true", "001"],
            ["x", "2026-03-02 08:30:00", "0.00000015", "10000000000000000", None, "false", None],
        ]
        assert [(row.line, row["谁"].line) for row in rows] == [(3, 3), (4, 4)]

    def test_of_excel_with_two_filled_sheets_are_refused(self, tmp_path):
        book = openpyxl.Workbook()
        book.active.append(["a"])
        book.create_sheet("b").append(["a"])
        book.save(tmp_path / "a.xlsx")
        assert "several sheets" in refused(tmp_path / "a.xlsx", read_table)[0]

    def test_that_unpack_to_a_flood_are_refused(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as bomb:
            bomb.writestr("xl/workbook.xml", b" " * (tables.MOST_UNPACKED_BYTES + 1))
        assert (tmp_path / "a.xlsx").stat().st_size < files.MOST_BYTES
        assert "unpacks to more than" in refused(tmp_path / "a.xlsx", read_table)[0]

    def test_of_excel_that_are_damaged_are_refused(self, tmp_path):
        book = openpyxl.Workbook()
        book.active.append(["a"])
        book.save(tmp_path / "a.xlsx")
        whole = (tmp_path / "a.xlsx").read_bytes()
        for length in range(0, len(whole), math.ceil(len(whole) / 20)):
            (tmp_path / "b.xlsx").write_bytes(whole[:length])
            refused(tmp_path / "b.xlsx", read_table)
