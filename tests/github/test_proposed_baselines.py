"""A good night proposes its baseline in one pull request; a person decides what becomes of it."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ci_repository import answered, begun, committed, in_actions, merged
from evalgate.github.marks import Stamp, marker, stamped
from evalgate.github.posting import Done
from evalgate.github.proposal.proposing import ProposeOrder, propose_baselines
from evalgate.pipeline.project import find_project
from evalgate.results.baseline_files import load_baseline
from fake_clock import FakeClock
from fake_git import FakeGit
from fake_github import MALLORY, OF_ACTIONS, PROPOSER, READER, Answer, Asked, FakeGitHub, Fault
from github_jobs import OURS, pull_request
from night_jobs import WORKFLOW
from rendered import rendered
from small_project import GATES, MakeProject, ProjectOnDisk, answers, quiz
from under_git import git

BRANCH = "evalgate/baseline"
PATH = "baselines/quiz.json"
MARK = marker("proposal", "default")
FROM_FILE = GATES.replace("baseline: old", "baseline: file")
GOOD = [True] * 40
BETTER, WORSE = [False] * 2 + [True] * 38, [False] * 10 + [True] * 30
Events = dict[str, Any]
DAY_S = 86_400
NIGHT: Events = {"schedule": "23 4 * * *", "repository": {**OURS, "fork": False}}


class Repository(NamedTuple):
    """A project whose baseline is a file, in a repository that GitHub has as well."""

    repo: ProjectOnDisk
    github: FakeGitHub

    def night(self, run_id: int = 100) -> None:
        """Run, join and decide, as the jobs before would."""
        in_actions(self.repo, "schedule", NIGHT, run_id)
        self._environment(GITHUB_TOKEN=OF_ACTIONS, GITHUB_WORKFLOW_REF=f"acme/app/{WORKFLOW}@x")
        shutil.rmtree(self.repo.root / "nights", ignore_errors=True)  # each is the first
        assert self.repo.run("ci", "plan").code == 0
        answered(self.repo, 1)
        done = merged(self.repo, "--nights", "nights")
        assert "verdict" in done.out, done.err

    def proposed(self, run_id: int = 100, wall: float = 0, **facts: Any) -> Done:
        """`ci propose` as the night's last job."""
        in_actions(self.repo, facts.pop("event", "schedule"), facts.pop("payload", NIGHT), run_id)
        self._environment(**facts.pop("environment", {}))
        project = find_project(self.repo.root, {})
        order = ProposeOrder((self.repo.root / "evalgate-report",), **facts)
        clock = FakeClock()
        clock.jump = wall - clock.wall() if wall else 0.0
        return propose_baselines(project, order, os.environ, clock)

    def _environment(self, **facts: str) -> None:
        named = {
            "GITHUB_API_URL": self.github.url,
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_TOKEN": PROPOSER,
            **facts,
        }
        for name, value in named.items():
            self.repo.monkeypatch.setenv(name, value)

    def set_by_ann(self) -> None:
        """A person sets what the night has found, and commits it."""
        document = json.loads(self.repo.read("evalgate-report/quiz/decision.json"))
        run = document["decisions"][0]["candidate"]["run_id"]
        done = self.repo.run("baseline", "set", run, "--by", "Ann")
        assert done.code == 0, done.err
        committed(self.repo, {})

    def git(self, *argv: str) -> str:
        """Ask git."""
        return git(self.repo.root, *argv)

    @property
    def tip(self) -> str:
        """Where the branch of proposals ends."""
        return self.git("rev-parse", BRANCH)

    def only_pull(self) -> dict[str, Any]:
        """The one pull request that there is."""
        [one] = self.github.pulls.values()
        return dict(one)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the repository after its night is kept: each test has a copy of it."""
    return tmp_path_factory.mktemp("kept") / "repo"


@pytest.fixture
def stale(project: MakeProject, github: FakeGitHub, kept: Path) -> Repository:
    """A suite whose candidate was changed since its baseline was set, and a good night of it."""
    if kept.exists():
        repo = project({})
        shutil.copytree(kept, repo.root, dirs_exist_ok=True, symlinks=True)
        github.git = FakeGit(repo.root)
        return Repository(repo, github)
    repo = project(quiz(GOOD, BETTER, gates=FROM_FILE))
    begun(repo)
    repo.run("run", "quiz", "--candidate", "new", "--baseline", "none")
    assert repo.run("baseline", "set", "latest", "--by", "Ann").code == 0
    committed(repo, {".gitignore": repo.read(".gitignore") + "nights/\n"})
    committed(repo, {"candidates/new.jsonl": answers(GOOD)})
    github.git = FakeGit(repo.root)
    made = Repository(repo, github)
    made.night()
    github.asked.clear()
    shutil.copytree(repo.root, kept, symlinks=True)
    return made


def test_one_pull_request_with_the_files_and_nothing_else(stale: Repository) -> None:
    """On the default branch's head; the default branch itself stays where it is."""
    main = stale.git("rev-parse", "main")

    done = stale.proposed()

    pull = stale.only_pull()
    assert (done.code, done.complaints) == (0, ())
    assert done.shown == f"pull request {pull['number']}: opened {pull['html_url']}"
    assert stale.git("rev-parse", "main") == main
    assert stale.git("rev-parse", f"{BRANCH}^") == main
    assert stale.git("diff", "--name-only", "main", BRANCH) == PATH
    stale.git("checkout", "-q", BRANCH)
    filed = load_baseline(stale.repo.root / PATH, PATH)
    assert (filed.set_by, filed.candidate.name) == ("the night of workflow run 100", "new")


def test_the_next_night_is_satisfied_when_it_was_merged(stale: Repository) -> None:
    """The file is one that rules can be held against."""
    stale.proposed()
    stale.git("merge", "-q", BRANCH)
    stale.github.pulls.clear()

    stale.night(101)
    done = stale.proposed(101)

    assert done.shown == (
        "nothing is to be proposed\nquiz: its baseline is of today's candidate, cases and judges"
    )
    assert not stale.github.pulls


def test_it_says_what_it_is_and_what_is_different(stale: Repository) -> None:
    """In words, before and after; and that a person decides."""
    stale.proposed()

    body = stale.only_pull()["body"]
    assert body.startswith(f"{stamped(MARK, Stamp(100, 1))}\n<!-- evalgate:proposes:")
    for words in (
        "**A person decides**",
        "- Why: the candidate new is another one now.",
        "set by Ann",
        "exact&#95;match (binary, higher is better): 0.9500 before, 1.0000 now",
        "2 better, 0 worse, 38 alike.",
        "Close this pull request and open it again, and its checks run.",
        "https://github.example/acme/app/actions/runs/100",
    ):
        assert words in body.replace("exact\\_match", "exact&#95;match"), body
    rendered(body)


def test_a_second_night_leaves_it_alone(stale: Repository) -> None:
    """Whoever reviews it is not sent back to the start by other answers of the same candidate."""
    stale.proposed()
    tip = stale.tip
    stale.night(101)

    done = stale.proposed(101)

    assert "unchanged" in done.shown
    assert stale.tip == tip
    assert len(stale.github.pulls) == 1


def test_a_later_night_updates_it(stale: Repository) -> None:
    """The same pull request, with the newer candidate's scores on the newer default branch."""
    stale.proposed()
    first = stale.tip
    third = [True] * 39 + [False]
    main = committed(stale.repo, {"candidates/new.jsonl": answers(third), "README.md": "hello\n"})
    stale.night(101)

    done = stale.proposed(101)

    pull = stale.only_pull()
    assert done.shown.startswith(f"pull request {pull['number']}: updated")
    assert pull["body"].startswith(stamped(MARK, Stamp(101, 1)))
    assert "0.9750 now" in pull["body"]
    assert stale.git("diff", "--name-only", "main", BRANCH) == PATH
    assert stale.git("rev-list", "--parents", "-n1", BRANCH).split()[1:] == [first, main]


def test_what_a_person_closed_is_not_proposed_again(stale: Repository) -> None:
    """Night after night, that is; what is new is."""
    stale.proposed()
    pull = stale.only_pull()
    stale.github.pulls[pull["number"]]["state"] = "closed"
    stale.night(101)

    again = stale.proposed(101)

    assert again.shown == (
        f"pull request {pull['number']} proposed the same and was closed: not proposed again"
        f" {pull['html_url']}"
    )
    assert len(stale.github.pulls) == 1

    committed(stale.repo, {"candidates/new.jsonl": answers([True] * 39 + [False])})
    stale.night(102)
    assert "opened" in stale.proposed(102).shown


def test_what_was_merged_and_taken_back_is_proposed_again(stale: Repository) -> None:
    """Nobody closed it."""
    stale.proposed()
    facts = {"state": "closed", "merged_at": "2026-11-21T04:00:00Z"}
    stale.github.pulls[stale.only_pull()["number"]].update(facts)
    stale.night(101)

    assert "opened" in stale.proposed(101).shown


def test_what_was_closed_as_needless_may_be_needed_again(stale: Repository) -> None:
    """A job closed it, not a person: the baseline that was set meanwhile was taken back."""
    stale.proposed()
    before = stale.repo.read(PATH)
    stale.set_by_ann()
    stale.night(101)
    assert "closed, no baseline is stale" in stale.proposed(101).shown
    committed(stale.repo, {PATH: before})
    stale.night(102)

    assert "opened" in stale.proposed(102).shown


def test_it_is_closed_when_a_person_set_the_baseline(stale: Repository) -> None:
    """There is nothing left to decide."""
    stale.proposed()
    stale.set_by_ann()
    stale.night(101)

    done = stale.proposed(101)

    assert stale.only_pull()["state"] == "closed"
    assert "closed, no baseline is stale" in done.shown


def test_somebody_elses_commits_are_left_alone(stale: Repository) -> None:
    """Neither overwritten nor closed, and it is said."""
    stale.proposed()
    stale.git("checkout", "-q", BRANCH)
    (stale.repo.root / "README.md").write_text("mine\n", "utf-8")
    stale.git("add", "README.md")
    stale.git("commit", "-q", "-m", "evalgate: baselines of mine")
    tip = stale.git("rev-parse", "HEAD")
    stale.git("checkout", "-q", "main")
    committed(stale.repo, {"candidates/new.jsonl": answers([True] * 39 + [False])})
    stale.night(101)

    done = stale.proposed(101)

    assert done.shown == f"left alone: commits of somebody else are on {BRANCH}"
    assert (done.code, stale.tip) == (0, tip)


def test_somebody_who_pushes_meanwhile_loses_nothing(stale: Repository) -> None:
    """The branch is never moved by force."""
    stale.proposed()
    committed(stale.repo, {"candidates/new.jsonl": answers([True] * 39 + [False])})
    stale.night(101)

    def push(_: FakeGitHub) -> None:
        tree = stale.git("rev-parse", f"{BRANCH}^{{tree}}")
        theirs = stale.git("commit-tree", tree, "-p", stale.tip, "-m", "mine")
        stale.git("update-ref", f"refs/heads/{BRANCH}", theirs)

    stale.github.before_write = push
    done = stale.proposed(101)

    assert done.shown.startswith("left alone: commits of somebody else")
    assert stale.git("log", "-1", "--format=%s", BRANCH) == "mine"


def test_a_rule_that_forbids_the_branch_is_said(stale: Repository) -> None:
    """It is no commit of somebody else."""
    refusing(stale.github, "/git/refs", Fault(422, "Repository rule violations found"))

    done = stale.proposed()

    assert (done.code, done.shown) == (4, "")
    assert done.complaints == (
        "not proposed: GitHub answers 422: Repository rule violations found",
    )


def refusing(github: FakeGitHub, path: str, fault: Fault) -> None:
    """Answer what is posted there, the first time, in another way."""
    answer, waiting = github.answer, [fault]

    def answered_so(asked: Asked) -> Answer:
        if asked.path.endswith(path) and asked.method == "POST" and waiting:
            github.faults["POST"] = [waiting.pop()]
        return answer(asked)

    github.answer = answered_so  # type: ignore[method-assign]  # the fake's, not ours


def test_an_older_night_that_is_run_again_changes_nothing(stale: Repository) -> None:
    """Its scores are of an older candidate."""
    stale.proposed(101)
    tip = stale.tip
    committed(stale.repo, {"candidates/new.jsonl": answers([True] * 39 + [False])})
    stale.night(100)

    done = stale.proposed(100)

    assert done.shown.startswith("left as a newer night wrote it")
    assert stale.tip == tip


def test_somebody_elses_pull_request_keeps_its_words(stale: Repository) -> None:
    """Where a job may not open one, a person opens it from the branch; it is brought up to date."""
    stale.github.may_open_pulls = False
    refused = stale.proposed()
    words = {"title": "mine", "body": "mine", "head": BRANCH}
    stale.github.open_pull(stale.tip, words, MALLORY)
    committed(stale.repo, {"candidates/new.jsonl": answers([True] * 39 + [False])})
    stale.night(101)

    done = stale.proposed(101)

    assert refused.code == 4
    [complaint] = refused.complaints
    assert "not permitted to create" in complaint
    assert "allowed to create pull requests" in complaint
    assert "somebody else's" in done.shown
    assert stale.only_pull()["body"] == "mine"


def test_a_default_branch_that_moved_on_is_not_guessed_at(stale: Repository) -> None:
    """Somebody set the file while the night was running."""
    checked_out = stale.git("rev-parse", "HEAD")
    stale.set_by_ann()
    stale.git("checkout", "-q", "--detach", checked_out)

    done = stale.proposed()

    assert done.shown.startswith(f"{PATH}: the default branch has another one by now")
    assert not stale.github.pulls
    assert not stale.github.requests("POST")


def test_a_night_that_did_not_pass_proposes_nothing(stale: Repository) -> None:
    """And what an earlier one proposed is neither changed nor closed."""
    stale.proposed()
    tip = stale.tip
    committed(stale.repo, {"candidates/new.jsonl": answers(WORSE)})
    stale.night(101)

    done = stale.proposed(101)

    assert done.code == 1
    assert done.shown == "nothing is proposed\nquiz: its night did not pass"
    assert (stale.tip, stale.only_pull()["state"]) == (tip, "open")


def test_an_old_file_is_proposed_anew_when_it_is_asked(stale: Repository) -> None:
    """Also when nothing else changed."""
    stale.proposed()
    stale.git("merge", "-q", BRANCH)
    stale.github.pulls.clear()
    stale.night(101)
    set_at = load_baseline(stale.repo.root / PATH, PATH).set_at.timestamp()

    young = stale.proposed(101, older_than=30, wall=set_at + 30 * DAY_S)
    old = stale.proposed(101, older_than=30, wall=set_at + 32 * DAY_S)

    assert young.shown.startswith("nothing is to be proposed")
    assert "opened" in old.shown
    assert "- Why: it is 32 days old." in stale.only_pull()["body"]


OTHERS: dict[str, tuple[str, Events]] = {
    "a pull request": ("pull_request", pull_request()),
    "a merge queue": (
        "merge_group",
        {"merge_group": {"head_sha": "a" * 40, "base_sha": "b" * 40}, "repository": OURS},
    ),
    "a push": ("push", {"before": "b" * 40, "after": "a" * 40, "repository": OURS}),
}


@pytest.mark.parametrize(("event", "payload"), OTHERS.values(), ids=OTHERS.keys())
def test_nobody_but_a_night_proposes(stale: Repository, event: str, payload: Events) -> None:
    """A stranger's commit would choose what it is held against."""
    with pytest.raises(Exception, match="a baseline is proposed by a night alone"):
        stale.proposed(event=event, payload=payload)
    assert not stale.github.asked


def test_another_branch_and_a_fork_propose_nothing(stale: Repository) -> None:
    """By hand a night can be started anywhere."""
    elsewhere = stale.proposed(
        event="workflow_dispatch", environment={"GITHUB_REF": "refs/heads/mine"}
    )
    stale.github.is_fork = True
    fork = stale.proposed()

    assert elsewhere.shown == "not proposed: this is refs/heads/mine, and not main"
    assert fork.shown == "not proposed: this repository is a fork"
    assert {asked.method for asked in stale.github.asked} == {"GET"}


Spoil = Callable[[Path], object]


def of_another_run(folder: Path) -> None:
    """A baseline that holds, of another run than the decision beside it."""
    committed_one = folder.parents[1] / PATH
    (folder / "baseline.json").write_bytes(committed_one.read_bytes())


def edited(folder: Path) -> None:
    """A baseline with better scores."""
    text = (folder / "baseline.json").read_text("utf-8")
    (folder / "baseline.json").write_text(text.replace(": 1.0}", ": 0.0}", 1), "utf-8")


def linked(folder: Path) -> None:
    """A baseline that is somewhere else."""
    (folder / "baseline.json").rename(folder / "elsewhere.json")
    (folder / "baseline.json").symlink_to(folder / "elsewhere.json")


SPOILED: dict[str, tuple[Spoil, str]] = {
    "of another run": (of_another_run, "is of another run than the decision beside it"),
    "edited": (edited, "was edited after it was written"),
    "a link": (linked, "is not a plain file"),
    "no report": (lambda folder: (folder / "decision.json").unlink(), "holds no decision.json"),
}


@pytest.mark.parametrize(("spoil", "fault"), SPOILED.values(), ids=SPOILED.keys())
def test_what_cannot_be_trusted_is_refused(stale: Repository, spoil: Spoil, fault: str) -> None:
    """Before anybody is asked."""
    spoil(stale.repo.root / "evalgate-report/quiz")

    with pytest.raises(Exception, match=fault):
        stale.proposed()
    assert not stale.github.asked


def test_a_night_without_a_baseline_says_so(stale: Repository) -> None:
    """A night of `sim:/` leaves none, for instance."""
    (stale.repo.root / "evalgate-report/quiz/baseline.json").unlink()

    done = stale.proposed()

    assert done.shown == "nothing is proposed\nquiz: the night left no baseline of it"


def test_an_api_that_fails_makes_nothing_green(stale: Repository) -> None:
    """What could not be proposed is said; a token that may only read proposes nothing."""
    reader = stale.proposed(environment={"GITHUB_TOKEN": READER})
    stale.github.faults["GET"] = [Fault(502)] * 10
    down = stale.proposed()

    assert [done.code for done in (reader, down)] == [4, 4]
    assert all(done.complaints for done in (reader, down))
    assert not stale.github.pulls


def test_a_pull_request_that_was_opened_after_all_is_not_opened_twice(stale: Repository) -> None:
    """A gateway failed after it was done."""
    refusing(stale.github, "/pulls", Fault(502, done=True))

    done = stale.proposed()

    assert (done.code, len(stale.github.pulls)) == (0, 1)


def test_the_command_prints_what_it_would_propose(stale: Repository) -> None:
    """Anywhere, and asks nobody."""
    for name in ("GITHUB_EVENT_NAME", "GITHUB_TOKEN"):
        stale.repo.monkeypatch.delenv(name, raising=False)

    outcome = stale.repo.run("ci", "propose", "evalgate-report", "--dry-run")

    assert outcome.code == 0, outcome.err
    assert outcome.out.startswith("evalgate: a new baseline for quiz\n\n<!-- evalgate:proposal")
    assert not stale.github.asked


def test_the_report_of_a_pull_request_holds_no_baseline(stale: Repository) -> None:
    """Only a night leaves one."""
    base = stale.git("rev-parse", "HEAD")
    head = committed(stale.repo, {"candidates/new.jsonl": answers([True] * 39 + [False])})
    payload = pull_request(sha=head)
    payload["pull_request"]["base"]["sha"] = base
    in_actions(stale.repo, "pull_request", payload)
    stale.repo.run("ci", "plan")
    answered(stale.repo, 1)

    merged(stale.repo)

    assert not list((stale.repo.root / "evalgate-report").glob("*/baseline.json"))
    document = json.loads(stale.repo.read("evalgate-report/quiz/decision.json"))
    assert document["decisions"]
