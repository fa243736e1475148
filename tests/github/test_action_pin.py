"""A team's workflows run one commit, and evalgate knows which, or asks."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.errors import UserMistake
from evalgate.github.team.pin import (
    RELEASE,
    Pin,
    find_pin,
    parse_pin,
    pin_of_installation,
    pin_of_release,
)

SHA = "0123456789" * 4
PIN = Pin(f"acme/evalgate@{SHA}", "v1.2.3")
URL = "https://github.com/acme/evalgate"


def record(url: str = URL, revision: str | None = None, **facts: object) -> str:
    """A `direct_url.json` as installers write it."""
    asked = {} if revision is None else {"requested_revision": revision}
    return json.dumps({"url": url, "vcs_info": {"vcs": "git", "commit_id": SHA, **asked}, **facts})


@given(st.from_regex(r"[A-Za-z0-9-]{1,9}/[A-Za-z0-9._-]{1,9}@[0-9a-f]{40}", fullmatch=True))
def test_what_is_written_is_read_back(action: str) -> None:
    """With a version beside it and without."""
    if action.startswith("-"):
        assert parse_pin(action) is None
        return
    for pin in (Pin(action), Pin(action, "v1.2.3")):
        assert parse_pin(str(pin)) == pin


@pytest.mark.parametrize(
    "text",
    [
        "acme/evalgate@v1.2.3",
        "acme/evalgate@main",
        f"acme/evalgate@{SHA[:-1]}",
        f"acme/evalgate@{SHA}0",
        f"acme/evalgate@{SHA[:-1]}G",
        f"acme/evalgate/sub@{SHA}",
        f"evalgate@{SHA}",
        f"./evalgate@{SHA}",
        f"acme/evalgate@{SHA} # ${{{{ secrets.KEY }}}}",
        f"acme/evalgate@{SHA}\nenv: {{}}",
        f"acme/evalgate@{SHA} v1.2.3",
        "",
    ],
)
def test_what_could_be_moved_or_is_no_action_is_no_pin(text: str) -> None:
    """Nothing but forty digits names one commit, and nothing else gets into a workflow."""
    assert parse_pin(text) is None


def test_a_named_action_wins() -> None:
    """What a person says is asked nobody else."""
    assert find_pin(str(PIN)) == PIN


def test_a_checkout_asks_for_the_action() -> None:
    """These tests run from one; to guess a commit would be to run another one."""
    with pytest.raises(UserMistake, match="--action: is missing"):
        find_pin(None)


def test_a_release_knows_its_commit(tmp_path: Path) -> None:
    """By a file of the package, which a checkout does not have."""
    assert pin_of_release(tmp_path) is None
    (tmp_path / RELEASE).write_text("", encoding="utf-8")
    assert pin_of_release(tmp_path) is None
    (tmp_path / RELEASE).write_text(f"{PIN}\n", encoding="utf-8")
    assert pin_of_release(tmp_path) == PIN


@pytest.mark.parametrize(
    ("told", "pin"),
    [
        pytest.param(record(), Pin(PIN.action), id="no revision"),
        pytest.param(record(revision="v1.2.3"), PIN, id="a tag"),
        pytest.param(record(revision="main"), Pin(PIN.action), id="a branch"),
        pytest.param(record(revision="v1 # x"), Pin(PIN.action), id="an odd tag"),
        pytest.param(record(f"{URL}.git"), Pin(PIN.action), id="with .git"),
        pytest.param(record("ssh://git@github.com/acme/evalgate"), Pin(PIN.action), id="ssh"),
        pytest.param(record("https://gitlab.example/acme/evalgate"), None, id="another host"),
        pytest.param(record("https://github.com.example/a/evalgate"), None, id="a like name"),
        pytest.param(record("https://[github.com/a/b"), None, id="no address"),
        pytest.param(record("file:///home/ana/evalgate"), None, id="a folder's commit"),
        pytest.param(record(subdirectory="python"), None, id="below the top"),
        pytest.param('{"url": "file:///x", "dir_info": {"editable": true}}', None, id="editable"),
        pytest.param('{"url": "https://github.com/acme/evalgate"', None, id="no JSON"),
        pytest.param("[]", None, id="another shape"),
        pytest.param(None, None, id="from an index"),
    ],
)
def test_an_installation_from_github_knows_its_commit(told: str | None, pin: Pin | None) -> None:
    """Installers write down what they fetched; elsewhere `uses:` would look in vain."""
    assert pin_of_installation(told) == pin
