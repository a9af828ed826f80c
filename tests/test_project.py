"""What the project's own files promise one another."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = (ROOT / "pyproject.toml").read_text()
PROJECT = tomllib.loads(PYPROJECT)


def name_of(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9-]+", requirement)
    assert match, requirement
    return match[0].lower()


def pins(file: str) -> dict[str, str]:
    """Return what the file pins, by name: the version, and the rest of the entry behind it."""
    entries = re.split(r"^(?=[a-z0-9])", (ROOT / file).read_text(), flags=re.MULTILINE)
    return dict(entry.split("==", 1) for entry in entries if "==" in entry)


@pytest.mark.parametrize(
    "file", ["requirements.txt", "requirements-dev.txt", "requirements-redis.txt"]
)
def test_every_pin_has_hashes_and_no_address(file: str) -> None:
    assert all("--hash=sha256:" in rest for rest in pins(file).values())
    assert "://" not in (ROOT / file).read_text()


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("requirements.txt", PROJECT["project"]["dependencies"]),
        ("requirements-dev.txt", PROJECT["dependency-groups"]["dev"]),
        ("requirements-redis.txt", PROJECT["project"]["optional-dependencies"]["redis"]),
    ],
)
def test_every_dependency_is_pinned(file: str, wanted: list[str]) -> None:
    assert {name_of(requirement) for requirement in wanted} <= set(pins(file))


def test_the_tests_run_on_the_versions_that_are_deployed() -> None:
    deployed = {name: pin.split()[0] for name, pin in pins("requirements.txt").items()}
    for file in ("requirements-dev.txt", "requirements-redis.txt"):
        found = pins(file)
        assert deployed == {name: found[name].split()[0] for name in deployed}, file


def test_every_dependency_says_why_it_is_there() -> None:
    # pytest and pytest-django, mypy and its plugin share a reason: a comment stands above each run.
    lines = PYPROJECT.splitlines()
    for start in ("dependencies = [", "redis = [", "dev = ["):
        first = lines[lines.index(start) + 1]
        assert first.strip().startswith("#"), first
    for requirement in PROJECT["project"]["dependencies"]:
        above = lines[lines.index(f'    "{requirement}",') - 1]
        assert above.strip().startswith("#"), requirement


def test_every_target_of_the_makefile_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    for target in set(phony[1].split()) - {"help"}:
        assert f"make {target} " in makefile, target


def test_the_proxy_takes_in_what_the_program_takes_in() -> None:
    """One figure, UPLOAD_MAX_MB, for both; with a little more where the form itself is counted too."""
    code = (ROOT / "tracker" / "settings.py").read_text()
    default = re.search(
        r'_whole\("UPLOAD_MAX_MB", default=(\d+), of="megabytes"\) \* 1024\*\*2', code
    )
    assert default
    caddy = (ROOT / "deploy" / "Caddyfile").read_text()
    assert re.findall(r"max_size (.*)", caddy) == [f"{{$UPLOAD_MAX_MB:{default[1]}}}.9MiB"]
    compose = (ROOT / "compose.yaml").read_text()
    services = {"x-tracker": compose.split("\nservices:")[0]}
    services["proxy"] = compose.split("\n  proxy:")[1].split("\n  web:")[0]
    for name, lines in services.items():
        assert f"UPLOAD_MAX_MB: ${{UPLOAD_MAX_MB:-{default[1]}}}" in lines, name
    assert f"| `UPLOAD_MAX_MB` | `{default[1]}` |" in (ROOT / "docs" / "settings.md").read_text()


def test_the_workflow_does_what_the_submission_does() -> None:
    """On the oldest Python that is promised; whatever is checked is checked by .ci/run."""
    (job,) = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())[
        "jobs"
    ].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == ["bash .ci/run"]
    (python,) = (step["with"] for step in job["steps"] if "setup-python" in step.get("uses", ""))
    assert PROJECT["project"]["requires-python"] == f">={python['python-version']}"


def test_hooks_before_a_commit_are_targets_of_the_makefile() -> None:
    """And fetch nothing: the tools are those of requirements-dev.txt."""
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert repository["repo"] == "local"
    makefile = (ROOT / "Makefile").read_text()
    for hook in repository["hooks"]:
        assert hook["language"] == "system"
        assert f"\n{hook['entry'].removeprefix('make ')}: setup\n" in makefile


def test_the_licence_is_the_one_that_is_named() -> None:
    assert PROJECT["project"]["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text().startswith("MIT License\n")
