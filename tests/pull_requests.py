"""Projects under git with a change on top of a base, for tests of what a change may decide."""

from collections.abc import Mapping

from evalgate.domain.decision import Decision, PolicyChange
from evalgate.domain.loosening import Loosening
from small_project import MakeProject, Outcome, ProjectOnDisk
from under_git import git

BASE = "base"
Change = Mapping[str, str | None]
"""Files of the change by their paths; None deletes one."""


def committed(project: MakeProject, files: Mapping[str, str]) -> ProjectOnDisk:
    """A project all of which is committed, as the base."""
    repo = project({**files, ".gitignore": ".evalgate/\n*.json.out\n"})
    git(repo.root, "init", "-q")
    commit(repo)
    git(repo.root, "tag", BASE)
    return repo


def commit(repo: ProjectOnDisk) -> None:
    """Commit whatever there is."""
    git(repo.root, "add", "-A")
    git(repo.root, "commit", "-q", "-m", "a change")


def change(repo: ProjectOnDisk, files: Change) -> None:
    """Commit a change."""
    repo.write({name: text for name, text in files.items() if text is not None})
    for name in (name for name, text in files.items() if text is None):
        (repo.root / name).unlink()
    commit(repo)


def decided(repo: ProjectOnDisk, *argv: str) -> tuple[Outcome, Decision]:
    """What `run` says of the change; the decision that it wrote is verified."""
    file = repo.root / ".evalgate" / "decision.json"
    file.parent.mkdir(exist_ok=True)
    outcome = repo.run("run", "--base", BASE, "-o", str(file), *argv)
    decision = Decision.model_validate_json(file.read_bytes())
    assert repo.run("verify", str(file)).code == outcome.code == decision.exit_code
    return outcome, decision


def policy_of(decision: Decision) -> PolicyChange:
    """By whose policy it was decided."""
    assert decision.policy is not None
    return decision.policy


def own_of(decision: Decision) -> Decision:
    """The decision by the change's own policy."""
    head = policy_of(decision).head
    assert head is not None
    return head


def loosened(decision: Decision) -> list[tuple[str, str]]:
    """What was loosened, each by its kind and its name."""
    return [(str(each.kind), each.what) for each in policy_of(decision).loosenings]


def only(decision: Decision) -> Loosening:
    """The one loosening that there is."""
    (found,) = policy_of(decision).loosenings
    return found
