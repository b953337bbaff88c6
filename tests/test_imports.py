"""What is imported when: start-up stays light, and modules do not go round in circles."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import compassion_coach
from compassion_coach import errors

SOURCE = Path(compassion_coach.__file__).parent
HEAVY = {
    "numpy",
    "onnxruntime",
    "tokenizers",
    "openai",
    "pydantic",
    "jinja2",
    "re2",
    "sentencex",
    "httpx2",
    "asyncio",
    "compassion_coach.embedded.reader",
}


def loaded_by(code: str) -> set[str]:
    """Return the modules that a fresh interpreter holds after running code."""
    told = f"{code}\nimport sys; print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "code",
    [
        "import compassion_coach",
        "from compassion_coach.__main__ import run; run(['--help'])",
        "from compassion_coach.__main__ import run; run(['reflect', '--help'])",
        "from compassion_coach.__main__ import run; run(['--version'])",
    ],
)
def test_help_and_version_load_nothing_heavy(code: str) -> None:
    """`--help` imports neither openai nor pydantic nor the reader."""
    assert not HEAVY & loaded_by(code)


def test_what_pre_screens_loads_nothing_heavy_before_it_reads() -> None:
    """Whoever imports it for its options waits for no network, no client and no validation."""
    of_reading = {"sentencex", "compassion_coach.embedded.reader"}
    assert not (HEAVY | {"pyarrow"}) - of_reading & loaded_by("import compassion_coach.prescreen")


def test_the_embedded_reader_loads_no_client() -> None:
    """Reading a letter without a model imports nothing that could send it, nor what only checks answers."""
    loaded = loaded_by("from compassion_coach import Coach; Coach().reflect('I see you.')")
    assert not {"openai", "httpx2", "http.client", "pydantic"} & loaded


def test_modules_do_not_go_round_in_circles() -> None:
    """Imports at the top of modules have an order."""
    graph: dict[str, set[str]] = {}
    for path in SOURCE.rglob("*.py"):
        name = ".".join(("compassion_coach", *path.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__")
        tree = ast.parse(path.read_text("utf-8"))
        modules = (node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom))
        graph[name] = {module for module in modules if module.startswith("compassion_coach")} - {name}
    assert len(graph) > 30
    TopologicalSorter(graph).prepare()


def test_modules_are_short() -> None:
    """No module is longer than 250 lines."""
    assert {
        path.name: n for path in SOURCE.rglob("*.py") if (n := len(path.read_text("utf-8").splitlines())) > 250
    } == {}


def test_public_names() -> None:
    """What `from compassion_coach import ...` offers is this list, and all of it is there."""
    assert sorted(compassion_coach.__all__) == [
        "AnswerError", "Coach", "CoachError", "DataError", "InputError", "KeyRefusedError", "Kind", "Letter", "Level",
        "Mark", "MissingExtraError", "ModelError", "NoKeyError", "NotSentError", "Quality", "Reflection",
        "RequestRefusedError", "Sentence", "SettingError", "Turn", "UnreachableError", "__version__",
    ]  # fmt: skip
    assert all(hasattr(compassion_coach, name) for name in compassion_coach.__all__)
    with pytest.raises(AttributeError):
        _ = compassion_coach.nothing


def test_every_error_is_of_one_tree_and_public() -> None:
    """Each is drawn at the top of `errors.py`, can be imported by whoever catches it, and is made nowhere else."""
    own = {
        name for name, error in vars(errors).items() if isinstance(error, type) and error.__module__ == errors.__name__
    }
    assert own <= {*compassion_coach.__all__}
    assert all(f" {name} " in str(errors.__doc__).replace("\n", " ") for name in own)
    elsewhere = {
        node.name
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and node.name.endswith(("Error", "Exception"))
    }
    assert elsewhere == own


def test_no_name_of_a_module_is_given_twice() -> None:
    """A second constant of one name would change what the first is used for, and no checker says so."""
    for path in SOURCE.rglob("*.py"):
        body = ast.parse(path.read_text("utf-8")).body
        targets = [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
        names = [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
        assert sorted(names) == sorted(set(names)), path.name
