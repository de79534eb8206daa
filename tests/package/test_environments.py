# SPDX-License-Identifier: MIT
"""Environments of all kinds, and what commands do with theirs: both forms are what plain Python would be there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support import EXECUTABLE, FORMS, INSTALLED, PACKAGE, PATIENCE, PYTHON, STOP, Client, Server, environment, serving

HERE = Path(__file__).parent

#: What makes an environment, in a folder that comes last.
MAKERS = {
    "venv": (PYTHON, "-m", "venv", "--without-pip"),
    "venv with copies": (PYTHON, "-m", "venv", "--without-pip", "--copies"),
    "venv and the system's packages": (PYTHON, "-m", "venv", "--without-pip", "--system-site-packages"),
    "virtualenv": (sys.executable, "-m", "virtualenv", "--quiet", "--no-seed", "--python", PYTHON),
    "virtualenv and the system's packages": (
        *(sys.executable, "-m", "virtualenv", "--quiet", "--no-seed", "--python", PYTHON),
        "--system-site-packages",
    ),
    "uv": (sys.executable, "-m", "uv", "venv", "--quiet", "--no-config", "--python", PYTHON),
    "uv and the system's packages": (
        *(sys.executable, "-m", "uv", "venv", "--quiet", "--no-config", "--python", PYTHON),
        "--system-site-packages",
    ),
}

#: What makes a Python environment, as an expression. The executable prints without a buffer, which is no flag of its.
FACTS = """{
    "version": __import__("sys").version_info[:2],
    "flags": [(name, getattr(__import__("sys").flags, name)) for name in dir(__import__("sys").flags)
              if name[0] != "_" and not name.startswith("n_") and name not in ("count", "index")],
    "names": {name: getattr(__import__("sys"), name) for name in (
        "executable", "prefix", "base_prefix", "exec_prefix", "base_exec_prefix", "_base_executable", "path",
        "dont_write_bytecode", "pycache_prefix", "warnoptions")},
    "encodings": [__import__("sys").getfilesystemencoding(), __import__("sys").stdout.encoding,
                  __import__("sys").stdout.errors],
    "site": [__import__("site").getsitepackages(), __import__("site").ENABLE_USER_SITE],
    "sysconfig": [__import__("sysconfig").get_paths(), __import__("sysconfig").get_config_var("prefix"),
                  __import__("sysconfig").get_config_var("EXT_SUFFIX")],
}""".replace("\n", "")


def package_folders() -> list[Path]:
    """The package, and what lies beside it when it comes from a wheel."""
    shown = subprocess.run(
        [PYTHON, "-c", "import liaison; print(liaison.__path__[0])"],
        env={**environment("installed"), "PYTHONPATH": "" if INSTALLED else str(PACKAGE)},
        capture_output=True,
        text=True,
        check=True,
    )
    return list(Path(shown.stdout.strip()).parent.glob("liaison*"))


def make(maker: str, folder: Path, form: str) -> Path:
    """Make an environment, with the package where it is not the executable's, and answer its interpreter."""
    subprocess.run([*MAKERS[maker], folder], env=environment("installed"), stdout=subprocess.DEVNULL, check=True)
    (site,) = folder.glob("lib/python3*/site-packages")
    (site / "only_here.py").write_text("answer = 42\n")
    if form != "executable":
        for source in package_folders():
            shutil.copytree(source, site / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder / "bin" / "python"


def command(form: str, python: str | Path, *flags: str) -> list[str | Path]:
    """What serves an environment."""
    return [EXECUTABLE, "--python", python] if form == "executable" else [python, *flags, "-m", "liaison.websocket"]


def plain_facts(form: str, python: str | Path, *flags: str, cwd: Path = HERE, **variables: str) -> Any:
    """What the interpreter itself says; of the current folder, what it says with -m."""
    shown = subprocess.run(
        [python, *flags, "-c", f"import json; print(json.dumps({FACTS}))"],
        env=environment(form, **variables),
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
    )
    facts = json.loads(shown.stdout)
    facts["names"]["path"] = [entry or str(cwd) for entry in facts["names"]["path"]]
    return facts


def check_environment(form: str, python: str | Path, *flags: str, cwd: Path = HERE, **variables: str) -> None:
    """Serve an environment, and compare."""
    variables = {"PYTHONPATH": "", **variables}
    with serving(form, command=command(form, python, *flags), cwd=cwd, **variables) as server:
        with server.client() as client:
            assert client.result("run", "builtins:eval", FACTS, {}) == plain_facts(
                form, python, *flags, cwd=cwd, **variables
            )
            assert client.result("get", "only_here:answer") == 42
        code, rest, errors, _ = server.stop()
        assert (code, errors) == (0, b"")
        assert rest == STOP + f"localhost:{server.port}".encode()


@pytest.fixture
def python(form: str, tmp_path: Path) -> Path:
    """The interpreter of an environment."""
    return make("venv", tmp_path / "environment", form)


@pytest.mark.parametrize("maker", MAKERS)
def test_environment(form: str, maker: str, tmp_path: Path) -> None:
    check_environment(form, make(maker, tmp_path / "environment", form))


@pytest.mark.parametrize("name", ["with spaces in it", "Übergröße", "環境 и кот", 'it\'s 100% "odd" $HOME;&#'])
def test_folder_of_any_name(form: str, name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    folder.mkdir()
    check_environment(form, make("venv", folder / name, form), cwd=folder)


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_folder_of_any_name_in_a_locale(form: str, locale: str, tmp_path: Path) -> None:
    check_environment(form, make("venv", tmp_path / "環境", form), LC_ALL=locale)


def test_folder_that_is_a_link(form: str, tmp_path: Path) -> None:
    make("venv", tmp_path / "environment", form)
    (tmp_path / "link").symlink_to(tmp_path / "environment")
    check_environment(form, tmp_path / "link" / "bin" / "python")


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONPATH": "{folder}:{folder}/missing"},
        {"PYTHONPATH": "{folder}", "PYTHONSAFEPATH": "1"},
        {"PYTHONSAFEPATH": "1"},
        {"PYTHONNOUSERSITE": "1"},
        {"PYTHONUSERBASE": "{folder}"},
        {"PYTHONDONTWRITEBYTECODE": "1"},
        {"PYTHONPYCACHEPREFIX": "{folder}/cache"},
        {"PYTHONOPTIMIZE": "2"},
        {"PYTHONWARNINGS": "error::UserWarning"},
        {"PYTHONDEVMODE": "1"},
        {"PYTHONHASHSEED": "0"},
        {"PYTHONUTF8": "1"},
        {"PYTHONIOENCODING": "latin-1:replace"},
        {"PYTHONHOME": "{home}"},
    ],
    ids=" ".join,
)
def test_variables(form: str, python: Path, variables: dict[str, str], tmp_path: Path) -> None:
    home = subprocess.run(
        [python, "-c", "import sys; print(sys.base_prefix)"], capture_output=True, text=True, check=True
    ).stdout.strip()
    texts = {name: value.format(folder=tmp_path / "added", home=home) for name, value in variables.items()}
    check_environment(form, python, cwd=HERE, **texts)


@pytest.mark.parametrize("flags", [["-I"], ["-E"], ["-s"], ["-P"], ["-u"], ["-B", "-O"], ["-X", "utf8"]], ids=" ".join)
@pytest.mark.parametrize("form", [form for form in FORMS if form != "executable"])
def test_flags(form: str, flags: list[str], python: Path) -> None:
    version = plain_facts(form, python)["version"]
    if flags == ["-P"] and version < [3, 11]:
        pytest.skip("Python 3.11 brought -P")
    check_environment(form, python, *flags, PYTHONPATH="" if "-I" not in flags else "/nowhere")


def test_current_folder(form: str, python: Path, tmp_path: Path) -> None:
    """Its modules come first, also before those of the standard library and the environment."""
    (tmp_path / "only_here.py").write_text("answer = 42\nwhere = __file__\n")
    (tmp_path / "queue.py").write_text("whose = 'ours'\n")
    check_environment(form, python, cwd=tmp_path)
    with serving(form, command=command(form, python), cwd=tmp_path, PYTHONPATH="") as server:
        with server.client() as client:
            assert client.result("get", "only_here:where") == str(tmp_path / "only_here.py")
            assert client.result("get", "queue:whose") == "ours"


@pytest.mark.parametrize("folder", ["/", "/proc", "/usr/lib"])
def test_any_current_folder(form: str, python: Path, folder: str) -> None:
    check_environment(form, python, cwd=Path(folder))


def test_read_only_environment(form: str, python: Path) -> None:
    """Nothing can be written there, and nobody misses it."""
    folder = python.parents[1]
    before = sorted(folder.rglob("*"))
    subprocess.run(["chmod", "-R", "a-w", folder], check=True)
    # For root, permissions mean something only without its capabilities.
    mortal = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
    try:
        with serving(form, command=[*mortal, *command(form, python)], PYTHONPATH="") as server:
            with server.client() as client:
                (site,) = folder.glob("lib/python3*/site-packages")
                assert client.result("run", "os:access", str(site), os.W_OK) is False
                assert client.result("get", "only_here:answer") == 42
                assert client.result("describe", "liaison")["type"] == "WebsocketLiaison"
                assert client.result("run", "helpers:run_asyncio") == "task thread child socket"
            assert server.stop()[::2][:2] == (0, b"")
    finally:
        subprocess.run(["chmod", "-R", "u+w", folder], check=True)
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("form", [form for form in FORMS if form == "executable"])
def test_activated_environment(form: str, python: Path) -> None:
    for given in (python.parents[1], os.path.relpath(python.parents[1], HERE)):
        with serving(form, command=[EXECUTABLE], VIRTUAL_ENV=str(given)) as server, server.client() as client:
            assert client.result("get", "sys:prefix") == str(python.parents[1])
            assert client.result("get", "only_here:answer") == 42


@pytest.mark.parametrize("form", [form for form in FORMS if form == "executable"])
def test_standard_library_of_another_patch(form: str, tmp_path: Path) -> None:
    """Its modules may ask for what this interpreter does not have: those of the program's own Python are taken."""
    base = tmp_path / "base"
    library = Path(json.__file__).parents[1]
    theirs = base / "lib" / library.name
    theirs.mkdir(parents=True)
    for entry in library.iterdir():
        if entry.name not in ("queue.py", "__pycache__"):
            (theirs / entry.name).symlink_to(entry)
    (theirs / "queue.py").write_text("raise ImportError('made for another patch')\n")
    (theirs / "only_there.py").write_text("answer = 'theirs'\n")
    (base / "bin").mkdir()
    shutil.copy(os.path.realpath(sys.executable), base / "bin" / library.name)
    python = tmp_path / "environment" / "bin" / "python"
    subprocess.run(
        [base / "bin" / library.name, "-m", "venv", "--without-pip", python.parents[1]],
        env=environment("installed"),
        check=True,
    )
    (site,) = python.parents[1].glob("lib/python3*/site-packages")
    (site / "only_here.py").write_text("answer = 42\n")
    assert plain_facts(form, python)["names"]["base_prefix"] == str(base)
    check_environment(form, python)
    with serving(form, command=command(form, python)) as server, server.client() as client:
        assert client.result("run", "queue:Queue.__doc__.count", "maxsize") >= 1
        assert client.result("get", "only_there:answer") == "theirs"
        assert client.result("get", "sysconfig:__file__") == str(theirs / "sysconfig.py")


@pytest.mark.parametrize("form", [form for form in FORMS if form == "executable"])
@pytest.mark.parametrize("broken", ["the interpreter is gone", "its base is gone"])
def test_environment_that_is_broken(form: str, python: Path, broken: str, tmp_path: Path) -> None:
    python.unlink()
    if broken == "its base is gone":
        python.symlink_to(tmp_path / "gone")
    shown = subprocess.run(
        [EXECUTABLE, "--python", python, "localhost:0"], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (shown.returncode, shown.stdout) == (1, "")
    assert shown.stderr == f'liaison: "{python}" is no Python interpreter that runs\n'


def test_arguments(form: str, tmp_path: Path) -> None:
    """As Python has them: the program, then what it was given."""
    options = ["--max-message-size", "1M", "--allow-origin", "https://größe.example", "localhost:0"]
    with serving(form, options[-1], *options[:-1]) as server, server.client() as client:
        arguments = client.result("get", "sys:argv")
        assert arguments[-len(options) :] == options
        if form == "executable":
            assert arguments == [str(EXECUTABLE), "--python", PYTHON, *options]
        else:
            assert Path(arguments[0]).parts[-3:] == ("liaison", "websocket", "__main__.py")
            assert arguments[1:] == options


@pytest.mark.parametrize("maker", ["from_process", "from_pool", "from_executor", "from_manager"])
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes(server: Server, client: Client, method: str, maker: str) -> None:
    """They begin with the module that is called, not with another server, and are of the same environment."""
    about = client.result("run", f"helpers:{maker}", method, 7)
    served = client.result("run", "helpers:about_process")
    assert about.pop("number") == 7
    assert (about.pop("parent") == server.process.pid) is (method != "forkserver" or maker == "from_manager")
    for name in about:
        assert about[name] == served[name]


def test_processes_leave_nothing_behind(form: str) -> None:
    with serving(form) as server:
        with server.client() as client:
            for method in ("fork", "spawn", "forkserver"):
                assert client.result("run", "helpers:from_executor", method, 7)["number"] == 7
        code, rest, errors, _ = server.stop()
        assert (code, errors) == (0, b"")
        assert rest == STOP + f"localhost:{server.port}".encode()


def test_pool_that_is_kept(form: str) -> None:
    """It lives through many commands, and ends with the process."""
    with serving(form) as server:
        with server.client() as client:
            client.result("init", "spawn", "multiprocessing:get_context", "spawn")
            client.result("init", "pool", "concurrent.futures:ProcessPoolExecutor", 2, mp_context="$spawn")
            client.result("register", "about", "helpers:about_process")
            for number in range(3):
                assert client.result("run", "pool.submit", "$about", number)["number"] == number
        code, _, errors, _ = server.stop()
        assert (code, errors) == (0, b"")


def test_program_of_the_same_interpreter(client: Client) -> None:
    about = client.result("run", "helpers:from_subprocess", 7)
    served = client.result("run", "helpers:about_process")
    assert about["number"] == 7
    assert (about["executable"], about["prefix"]) == (served["executable"], served["prefix"])


def test_event_loop_of_ones_own(server: Server, client: Client) -> None:
    for _ in range(3):
        assert client.result("run", "helpers:run_asyncio") == "task thread child socket"
    with server.client() as other:
        assert other.result("ping") == "pong"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGCHLD])
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_signal_handlers_of_ones_own(form: str, number: int, end: int) -> None:
    with serving(form) as server:
        with server.client() as client:
            assert client.result("run", "helpers:handle_signal", number) == [number]
            assert client.result("run", "helpers:run_asyncio") == "task thread child socket"
        assert server.stop(end)[::2][:2] == (0, b"")


@pytest.mark.parametrize("manner", ["computes", "sleeps", "encodes"])
def test_daemon_threads_end_with_the_process(form: str, manner: str) -> None:
    with serving(form) as server:
        with server.client() as client:
            client.result("run", "helpers:leave_daemon_thread", manner, "$liaison")
            assert client.result("run", "math:hypot", 3, 4) == 5
        code, rest, errors, _ = server.stop()
        assert (code, errors) == (0, b"")
        assert rest == STOP + f"localhost:{server.port}".encode()
