"""The wheel: built from the source archive, installed where nothing else is, run far from any checkout."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest

from nj_logic import places
from nj_logic.knowledge import KnowledgeBase

ROOT = Path(__file__).resolve().parent.parent
FUND = "{case: fund-001, kind: fund_use, facts: {source: county, amount: 1500000}}\n"


def run(*command: object, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in command], capture_output=True, encoding="utf-8", **options)  # type: ignore[call-overload]


def done(*command: object, **options: object) -> str:
    result = run(*command, **options)
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return str(result.stdout)


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    done(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", folder, cwd=ROOT)
    return next(folder.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def wheel(archive) -> Path:
    """Built from the archive, in a folder that pip removes afterwards: nothing can reach back into it."""
    done(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", archive.parent, archive)
    return next(archive.parent.glob("*.whl"))


class Installed:
    """A virtual environment with the wheel and what it asks for, and nothing else."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self.bin = folder / "venv" / "bin"
        self.elsewhere = folder / "else where"
        self.elsewhere.mkdir()
        self.cache = folder / "cache"
        kept = {"PATH", "LANG", "LC_ALL", "TMPDIR"}
        self.environment = {k: v for k, v in os.environ.items() if k in kept}
        self.environment |= {"XDG_CACHE_HOME": str(self.cache), "HOME": str(folder)}
        done(sys.executable, "-m", "venv", "--without-pip", folder / "venv")
        done(sys.executable, "-m", "pip", "--python", self.bin / "python", "install", wheel)

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return run(self.bin / "nj", *arguments, cwd=self.elsewhere, env=self.environment)


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Installed:
    place = Installed(tmp_path_factory.mktemp("installed"), wheel)
    (place.elsewhere / "fund.yaml").write_text(FUND, "utf-8")
    return place


def test_the_source_archive_holds_all_that_git_holds_but_git_s_own_files(archive):
    listed = run("git", "ls-files", "-z", cwd=ROOT)
    if listed.returncode:
        pytest.skip("not a git checkout")
    with tarfile.open(archive) as tar:
        packed = {name.split("/", 1)[1] for name in tar.getnames()}
    kept = {name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()}
    assert kept - packed - {".gitattributes"} == set()


def test_the_wheel_holds_the_knowledge_base_as_source_and_compiled(wheel):
    with zipfile.ZipFile(wheel) as file:
        names = set(file.namelist())
    sources = {
        f.relative_to(ROOT).as_posix()
        for top in ("kb", "queries", "report_templates")
        for f in (ROOT / top).rglob("*.*")
    }
    assert {f"nj_logic/data/{name}" for name in sources} <= names
    assert {f"nj_logic/data/compiled/{name}" for name in ("core.json", "norms.json", "text.json", "whole.lp")} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not {name for name in names if name.endswith(".pyc") or name.split("/")[0] in {"tests", "benchmarks", "kb"}}


def test_no_file_of_the_wheel_names_a_folder_of_the_machine_that_built_it(wheel):
    folders = [str(ROOT).encode(), str(Path.home()).encode() + b"/", tempfile.gettempdir().encode() + b"/pip-"]
    with zipfile.ZipFile(wheel) as file:
        found = [(name, folder) for name in file.namelist() for folder in folders if folder in file.read(name)]
    assert found == []


def test_the_installed_command_answers_from_any_folder_as_the_checkout_does(installed):
    answer = installed.run("paths", "fund.yaml", "--json")
    assert (answer.returncode, answer.stderr) == (0, "")
    kb = KnowledgeBase()
    assert (
        json.loads(answer.stdout)
        == kb.paths(
            kb.case({"case": "fund-001", "kind": "fund_use", "facts": {"source": "county", "amount": "1500000"}})
        ).to_json()
    )


def test_the_installed_command_compiles_nothing_and_writes_nothing_beside_itself(installed):
    assert installed.run("paths", "fund.yaml").returncode == 0
    assert not installed.cache.exists()


def test_the_installed_package_reads_its_own_knowledge_base(installed):
    program = (
        "from nj_logic.knowledge import KnowledgeBase as K; k = K(); print(k.root, k.compiled, *k.law_files, sep='\\n')"
    )
    printed = done(installed.bin / "python", "-c", program, cwd=installed.elsewhere, env=installed.environment)
    files = [Path(line) for line in printed.splitlines()]
    assert all(file.exists() and file.is_relative_to(installed.bin.parent / "lib") for file in files)


def test_the_installed_command_writes_a_report(installed):
    assert installed.run("report", "fund.yaml", "--format", "html", "-o", "fund.html").returncode == 0
    assert "</html>" in (installed.elsewhere / "fund.html").read_text("utf-8")


@pytest.mark.skipif(shutil.which("swipl") is None, reason="SWI-Prolog is not installed")
def test_the_installed_command_proves_a_step_in_prolog(installed):
    proof = installed.run("why", "fund.yaml", "p1.1", "--whole")
    assert (proof.returncode, proof.stderr) == (0, "")
    assert "kb/law/" in proof.stdout


def test_a_checkout_reads_the_files_that_one_edits():
    assert places.data_root() == ROOT


# --- .ci/setup, the script before every target of the Makefile ------------------------------------

TOOLS = ("sh", "dirname", "mktemp", "rm", "cat", "cksum", "id", "tail", "touch", "env", "mkdir", "cp")
FAKE_PYTHON = """#!/bin/sh
case "$*" in
    *"-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    *"-m pip"*) echo "no such package"; exit $PIP_STATUS ;;
    --version) echo "Python 3.11.9" ;;
esac
"""


class Bare:
    """A checkout on a machine with next to nothing."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "check out"
        (self.checkout / ".ci").mkdir(parents=True)
        for name in (".ci/setup", "pyproject.toml"):
            shutil.copy(ROOT / name, self.checkout / name)
        self.bin = folder / "bin"
        self.bin.mkdir()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(str(shutil.which(tool)))

    def add(self, name: str, program: str) -> None:
        file = self.bin / name
        file.write_text(program, "utf-8")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)

    def set_up(self, pip_status: int = 0) -> tuple[int, list[str]]:
        environment = {"PATH": str(self.bin), "PIP_STATUS": str(pip_status)}
        result = run(self.bin / "sh", self.checkout / ".ci/setup", env=environment)
        assert result.stdout == ""
        return result.returncode, result.stderr.splitlines()


@pytest.fixture
def bare(tmp_path) -> Bare:
    return Bare(tmp_path)


def test_without_python_and_without_a_way_to_get_it_set_up_stops_with_one_sentence(bare):
    status, said = bare.set_up()
    assert (status, len(said)) == (1, 1)
    assert "Python 3.11 or newer" in said[0]


def test_with_a_python_that_is_too_old_set_up_stops_with_one_sentence(bare):
    bare.add("python3", "#!/bin/sh\nexit 1\n")
    status, said = bare.set_up()
    assert (status, len(said)) == (1, 1)


def test_a_python_without_venv_is_told_from_no_python(bare):
    bare.add("python3", '#!/bin/sh\ncase "$*" in *ensurepip*) exit 1 ;; esac\n')
    status, said = bare.set_up()
    assert (status, len(said)) == (1, 1)
    assert f"{bare.bin / 'python3'} cannot make virtual environments" in said[0]


def test_packages_that_cannot_be_had_stop_set_up_with_pip_s_words_and_the_next_run_tries_again(bare):
    bare.add("python3", FAKE_PYTHON)
    for _ in range(2):
        status, said = bare.set_up(pip_status=1)
        assert status == 1
        assert said[-2:] == [
            "no such package",
            "set-up: stopped: the packages could not be installed; pip's last words are above",
        ]


def test_without_prolog_set_up_says_so_and_goes_on_and_does_not_try_again(bare):
    bare.add("python3", FAKE_PYTHON)
    bare.add("brew", "#!/bin/sh\nexit 1\n")
    status, said = bare.set_up()
    assert status == 0
    assert [line for line in said if "brew" in line] == ["set-up: installing swi-prolog (brew)"]
    status, said = bare.set_up()
    assert (status, len(said)) == (0, 1)
    assert "without SWI-Prolog" in said[0]


def test_with_everything_there_set_up_is_silent(bare):
    bare.add("python3", FAKE_PYTHON)
    bare.add("swipl", "#!/bin/sh\n")
    assert bare.set_up()[0] == 0
    assert bare.set_up() == (0, [])


def test_other_pins_or_another_folder_make_the_environment_anew(bare):
    bare.add("python3", FAKE_PYTHON)
    bare.add("swipl", "#!/bin/sh\n")
    bare.set_up()
    with (bare.checkout / "pyproject.toml").open("a") as file:
        file.write("# another pin\n")
    assert len(bare.set_up()[1]) == 2
    bare.checkout = bare.checkout.rename(bare.checkout.with_name("moved"))
    assert len(bare.set_up()[1]) == 2
