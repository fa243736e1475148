"""What a team is given is this repository's own workflows, and nothing but the pin differs."""

import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from evalgate.github.team.pin import Pin
from evalgate.github.team.workflows import ANYWHERE, NAMES, TAKEN, Team, render_workflows
from workflow_functions import read_yaml
from workflow_templates import PROJECT, SOURCES, TEMPLATES, generated

PIN = Pin(f"acme/evalgate@{'0123456789' * 4}", "v1.2.3")
FOLDERS = st.text(
    st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1, max_size=40
)

names = pytest.mark.parametrize("name", NAMES)


@names
def test_a_template_is_the_workflow_itself(name: str) -> None:
    """The workflows are edited; the copies in the package follow."""
    found = (TEMPLATES / name).read_bytes()

    assert found == generated()[name], f"{name}: run `make templates` after an edit of {SOURCES}"


def test_the_package_has_no_other_templates() -> None:
    """One that is handed out no longer is gone from the package too."""
    assert {path.name for path in TEMPLATES.iterdir()} == set(NAMES)
    assert set(NAMES) == {path.name for path in SOURCES.glob("evalgate-*.yml")}


def expected(name: str, team: Team) -> Any:
    """The repository's own workflow, changed as data and not as text."""
    workflow = read_yaml(SOURCES / name)
    keys = team.keys or ["OPENAI_API_KEY"]
    for job in workflow["jobs"].values():
        for step in job["steps"]:
            if step.get("uses") != "./":
                continue
            step["uses"] = team.pin.action
            if team.folder and step["with"]["mode"] not in ANYWHERE:
                step["with"]["working-directory"] = team.folder
            if "OPENAI_API_KEY" in step.get("env", {}):
                del step["env"]["OPENAI_API_KEY"]
                step["env"] |= {key: f"${{{{ secrets.{key} }}}}" for key in keys}
    return workflow


@pytest.mark.parametrize(
    "team",
    [
        Team(PIN),
        Team(PIN, "services/bot"),
        Team(PIN, keys=["ANTHROPIC_API_KEY", "OPENAI_API_KEY"]),
        Team(Pin(PIN.action), "bot", ["KEY_2"]),
    ],
    ids=["at the top", "in a folder", "two keys", "no version"],
)
def test_only_pin_folder_and_keys_differ(team: Team) -> None:
    """Read as YAML, what is written is what is run here, with these three put in."""
    for name, text in render_workflows(team).items():
        assert yaml.load(text, yaml.BaseLoader) == expected(name, team), name
        assert "uses: ./" not in text


@given(FOLDERS)
def test_a_folder_of_any_name_is_read_back(folder: str) -> None:
    """A name with quotes, colons or a number is a name."""
    text = render_workflows(Team(PIN, folder))["evalgate-pr.yml"]

    line = next(line for line in text.splitlines() if "working-directory:" in line)
    assert yaml.load(line, yaml.BaseLoader) == {"working-directory": folder}


def test_the_version_stands_beside_the_commit() -> None:
    """Nobody reads forty digits."""
    for text in render_workflows(Team(PIN)).values():
        used = re.findall(r"uses: (acme/.*)", text)
        assert used
        assert set(used) == {str(PIN)}


def test_names_that_the_action_takes_for_itself_are_known() -> None:
    """In its own step a key of such a name would be replaced by an input."""
    action = read_yaml(PROJECT / "action.yml")
    [step] = [each for each in action["runs"]["steps"] if each["name"] == "Run evalgate"]

    found = {name for name in step["env"] if not name.startswith("GITHUB_")}
    assert found == TAKEN, "TAKEN in github/team/workflows.py is the list of these"
