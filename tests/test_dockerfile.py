"""The container image is built from what is in the repository, pinned, and does not run as root.

No container engine is needed: the facts are read from the Dockerfile itself.
"""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared_data import CHECKOUT

Instruction = tuple[str, str]


@pytest.fixture
def instructions() -> list[Instruction]:
    """Every instruction as (name, arguments), continued lines joined, comments left out."""
    text = (CHECKOUT / "Dockerfile").read_text()
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(w[0], w[1]) for line in joined.splitlines() if len(w := line.split(None, 1)) == 2]


def arguments(instructions: list[Instruction], name: str) -> list[str]:
    return [rest for instruction, rest in instructions if instruction == name]


def final_stage(instructions: list[Instruction]) -> list[Instruction]:
    last = max(i for i, (name, _) in enumerate(instructions) if name == "FROM")
    return instructions[last:]


def copied(instructions: list[Instruction]) -> list[str]:
    """Paths copied from the repository (not from another stage)."""
    words = [shlex.split(rest) for rest in arguments(instructions, "COPY")]
    return [path for w in words if not w[0].startswith("--from") for path in w[:-1]]


def test_every_base_image_names_its_version(instructions: list[Instruction]) -> None:
    """A build next month uses the same Python: no missing tag and no `latest`."""
    for rest in arguments(instructions, "FROM"):
        assert re.match(r"python:3\.11-slim-\w+( AS \w+)?$", rest), rest


def test_every_copied_path_exists_and_enters_the_build(instructions: list[Instruction]) -> None:
    """A COPY of something that .dockerignore keeps out, or that is not there, breaks the build."""
    allowed = re.findall(r"^!(.+)$", (CHECKOUT / ".dockerignore").read_text(), re.MULTILINE)
    for path in copied(instructions):
        assert (CHECKOUT / path).exists(), path
        assert path.rstrip("/") in allowed, path


def test_the_build_context_has_only_what_is_copied(instructions: list[Instruction]) -> None:
    """Promise 10: a checkout's data, environment files and history stay out of the build."""
    lines = (CHECKOUT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    allowed = {line[1:] for line in lines if line.startswith("!")}
    assert allowed == {path.rstrip("/") for path in copied(instructions)}


def test_the_container_runs_as_an_unprivileged_account(instructions: list[Instruction]) -> None:
    """No root inside; the account is a number, by which Kubernetes can see that it is not root."""
    (user,) = arguments(final_stage(instructions), "USER")
    assert user.isdecimal()
    assert int(user) > 0


def test_every_installed_package_is_checked_by_its_hash(instructions: list[Instruction]) -> None:
    """Nothing is installed from an index without a hash; our own wheel comes from no index."""
    installs = [
        command
        for rest in arguments(instructions, "RUN")
        for command in rest.split("&&")
        if "pip install" in command
    ]
    assert installs
    for command in installs:
        assert "--require-hashes" in command or "--no-index" in command, command


def test_no_secret_is_baked_in(instructions: list[Instruction]) -> None:
    """Promise 10: secrets come at run time; the image sets none."""
    for rest in arguments(instructions, "ENV") + arguments(instructions, "ARG"):
        assert not re.search(r"TOKEN|SECRET|PASSWORD|KEY", rest), rest


def test_the_image_has_a_port_volumes_and_a_health_check(
    instructions: list[Instruction],
) -> None:
    """Config and data are volumes, the port is published, /healthz is the health check."""
    final = final_stage(instructions)
    (environment,) = arguments(final, "ENV")
    settings = dict(word.split("=", 1) for word in shlex.split(environment))
    assert settings["GATEWAY_LISTEN"] == "0.0.0.0:9095"
    assert settings["GATEWAY_DATABASE_URL"] == "sqlite:////data/gateway.db"
    assert json.loads(arguments(final, "VOLUME")[0]) == ["/config", "/data"]
    assert arguments(final, "EXPOSE") == ["9095"]
    assert arguments(final, "WORKDIR") == ["/config"]
    assert json.loads(arguments(final, "ENTRYPOINT")[0]) == ["gateway"]
    (health,) = arguments(final, "HEALTHCHECK")
    command = json.loads(health.partition("CMD ")[2])
    assert command[:2] == ["python", "-c"]
    assert "http://127.0.0.1:9095/healthz" in command[2]
    compile(command[2], "healthcheck", "exec")


@pytest.mark.process
def test_hadolint_finds_no_fault() -> None:
    """The linter for Dockerfiles reports nothing, not even a warning."""
    linter = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [linter, CHECKOUT / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_the_documented_run_is_as_restricted_as_it_can_be() -> None:
    """Every `docker run` in the documentation has a read-only root and no capability."""
    for page in ("Dockerfile", "docs/quick-start.md", "docs/install.md"):
        text = re.sub(r"\\\n#?\s*", " ", (CHECKOUT / page).read_text())
        runs = re.findall(r"docker run .*", text)
        assert runs, page
        for run in runs:
            for option in ("--read-only", "--cap-drop ALL", "no-new-privileges", ":/data "):
                assert option in run, (page, option)


def test_the_documented_run_sets_the_external_url() -> None:
    """The image listens to others: every documented `docker run` sets the address of links."""
    for page in ("Dockerfile", "docs/quick-start.md", "docs/install.md"):
        runs = re.findall(r"docker run .*", (CHECKOUT / page).read_text())
        assert all("-e GATEWAY_EXTERNAL_URL=" in one for one in runs), page
