"""A push after which the suites have nothing to say: an older verdict does not pass for its own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ci_reports import FEWER, GOOD, decision_on, written
from evalgate.domain.shard import NOTHING_CHANGED
from evalgate.github.marks import Stamp, marker, stamp_of, stamped
from evalgate.github.posting import Done, Order, post_comment
from evalgate.results.manifests import seal_of
from fake_clock import FakeClock
from fake_github import FakeGitHub, Fault, pull
from github_jobs import FORK, SHA, Job, pull_request, workflow_run
from rendered import ACTIVE, rendered

MARK = marker("sticky", "default")
LATER, LAST = "c" * 40, "d" * 40
FOLDED = "<summary>❌ evalgate: failed, as of commit <code>aaaaaaaaaaaa</code></summary>"
MakeJob = Callable[..., Job]


def plan_file(folder: Path, run_id: int, **facts: Any) -> Path:
    """A plan of this workflow run with nothing to run, unless it says otherwise."""
    plan = {
        "schema_version": 1,
        "commit": "e" * 40,
        "workflow_run": run_id,
        "base": "b" * 40,
        "policy": "b" * 40,
        "changed": ["README.md"],
        "reason": NOTHING_CHANGED,
        "suites": [],
        "last_night": None,
        "seal": "",
        **facts,
    }
    file = folder / "plan.json"
    file.write_text(json.dumps({**plan, "seal": facts.get("seal", seal_of(plan))}), "utf-8")
    return file


def said(job: Job, folder: Path, **order: Any) -> Done:
    """Run `ci comment` for a job that evaluated nothing."""
    plan = order.pop("plan", None) or plan_file(folder, job.run_id)
    asked = Order((folder / "reports",), plan=plan, **order)
    return post_comment(asked, job.environment, FakeClock())


def failed(job: Job, folder: Path) -> Done:
    """Run `ci comment` for a job whose gate said no."""
    place = written(folder / "failed", decision_on(FEWER))
    return post_comment(Order((place,)), job.environment, FakeClock())


def test_the_verdict_is_kept_as_that_of_its_commit(
    github: FakeGitHub, job: MakeJob, tmp_path: Path
) -> None:
    """A neutral line on top is about the new commit; what was said is folded below."""
    failed(job(run_id=100), tmp_path)
    [before] = github.bodies(7)

    done = said(job(run_id=101, payload=pull_request(sha=LATER)), tmp_path)

    [body] = github.bodies(7)
    assert (done.code, done.complaints) == (0, ())
    assert body.startswith(
        f"{MARK}\n<!-- evalgate:run:101.1 -->\n## ⚪ evalgate: nothing to evaluate\n\n"
        "As of commit `cccccccccccc`, nothing that the suites depend on changed."
        " The verdict below is of commit `aaaaaaaaaaaa`, and says nothing about this one.\n\n"
        f"<details>{FOLDED}\n"
    )
    assert before.partition("-->\n")[2].partition("-->\n")[2].strip() in body
    assert body.rstrip().endswith("commit `cccccccccccc`</sub>")


def test_the_last_verdict_stays_however_many_pushes_follow(
    github: FakeGitHub, job: MakeJob, tmp_path: Path
) -> None:
    """Nothing is folded into itself, and the comment does not grow."""
    failed(job(run_id=100), tmp_path)
    said(job(run_id=101, payload=pull_request(sha=LATER)), tmp_path)
    [once] = github.bodies(7)
    github.comments[7][0]["body"] = once.replace("\n", "\r\n")

    said(job(run_id=102, payload=pull_request(sha=LAST)), tmp_path)

    [twice] = github.bodies(7)
    newer = once.replace("run:101.1", "run:102.1").replace("runs/101", "runs/102")
    assert twice == newer.replace("c" * 12, "d" * 12)


def test_the_next_verdict_takes_its_place(github: FakeGitHub, job: MakeJob, tmp_path: Path) -> None:
    """Nothing of the older one is left."""
    failed(job(run_id=100), tmp_path)
    said(job(run_id=101, payload=pull_request(sha=LATER)), tmp_path)
    good = written(tmp_path / "good", decision_on(GOOD))

    post_comment(Order((good,)), job(run_id=102).environment, FakeClock())

    [body] = github.bodies(7)
    assert "evalgate: passed" in body
    assert "failed" not in body


def test_where_there_is_no_comment_none_is_made(
    github: FakeGitHub, job: MakeJob, tmp_path: Path
) -> None:
    """Most pull requests have nothing to do with the suites."""
    done = said(job(), tmp_path)

    assert (done.code, done.shown) == (0, "comment on pull request 7: none is there")
    assert not github.comments
    assert not github.requests("POST")


def test_an_older_run_changes_nothing(github: FakeGitHub, job: MakeJob, tmp_path: Path) -> None:
    """Its plan says nothing about what was pushed after it."""
    newer = f"{stamped(MARK, Stamp(101, 1))}\n## ❌ evalgate: failed"
    github.comment(7, newer)

    done = said(job(run_id=100), tmp_path)

    assert github.bodies(7) == [newer]
    assert "a newer run wrote it" in done.shown


def test_a_double_is_taken_away(github: FakeGitHub, job: MakeJob, tmp_path: Path) -> None:
    """The newest of the verdicts is the one that is kept."""
    github.comment(7, f"{stamped(MARK, Stamp(91, 1))}\n## ❌ evalgate: failed\n")
    github.comment(7, f"{stamped(MARK, Stamp(90, 1))}\n## ✅ evalgate: passed\n")

    said(job(run_id=100), tmp_path)

    [body] = github.bodies(7)
    assert "❌ evalgate: failed, as of an earlier commit" in body
    assert stamp_of(body) == Stamp(100, 1)


def test_the_same_commit_held_against_another_base_is_an_earlier_run(
    github: FakeGitHub, job: MakeJob, tmp_path: Path
) -> None:
    """The verdict is not called another commit's."""
    failed(job(run_id=100), tmp_path)

    said(job(run_id=101), tmp_path)

    assert "❌ evalgate: failed, as of an earlier run</summary>" in github.bodies(7)[0]


def test_words_of_others_stay_words(github: FakeGitHub, job: MakeJob, tmp_path: Path) -> None:
    """What is folded renders as it did: nothing of it opens or closes the fold."""
    folder = written(tmp_path / "odd", decision_on(FEWER, candidate="</details>\n\n## ✅ passed"))
    post_comment(Order((folder,)), job(run_id=100).environment, FakeClock())

    said(job(run_id=101, payload=pull_request(sha=LATER)), tmp_path)

    [body] = github.bodies(7)
    page = rendered(body)
    assert page.counted["h2"] == 2, "the new line and the verdict that is kept"
    assert not ACTIVE.search("".join(page.words))


PLANS: dict[str, tuple[dict[str, Any], str]] = {
    "of another run": ({"workflow_run": 99}, "workflow_run: is 99, and this is about 100"),
    "edited": ({"seal": "sha256:0"}, "was edited after it was written"),
    "with suites": (
        {
            "reason": "1 of 1 suite can be affected by 1 changed file",
            "suites": [{"suite": "quiz", "of": 1, "why": []}],
        },
        "there is no such file",
    ),
}


@pytest.mark.parametrize(("facts", "fault"), PLANS.values(), ids=PLANS.keys())
def test_a_plan_that_does_not_say_it_is_no_excuse(
    github: FakeGitHub, job: MakeJob, tmp_path: Path, facts: dict[str, Any], fault: str
) -> None:
    """Then there should have been a report: no verdict, as before."""
    failed(job(run_id=99), tmp_path)
    at_work = job(run_id=100)

    done = said(at_work, tmp_path, plan=plan_file(tmp_path, **{"run_id": 100, **facts}))

    [body] = github.bodies(7)
    assert done.code == 2
    assert any(fault in str(problem) for problem in done.problems), done.problems
    assert "⛔ evalgate: no verdict" in body


def test_a_report_counts_before_a_plan(github: FakeGitHub, job: MakeJob, tmp_path: Path) -> None:
    """One that was edited too: nobody hides it behind a plan."""
    place = written(tmp_path / "reports", decision_on(FEWER))
    (place / "decision.json").write_text("{}", "utf-8")

    done = said(job(), tmp_path)

    assert done.code == 2
    assert "⛔ evalgate: no verdict" in github.bodies(7)[0]


def test_a_comment_that_cannot_be_updated_is_not_green(
    github: FakeGitHub, job: MakeJob, tmp_path: Path
) -> None:
    """The old verdict still stands there as if it were the new commit's."""
    failed(job(run_id=100), tmp_path)
    github.faults["PATCH"] = [Fault(403, "no")]

    done = said(job(run_id=101), tmp_path)

    assert done.code == 4
    assert done.complaints


def test_a_fork_is_told_by_the_second_stage(
    github: FakeGitHub, job: MakeJob, tmp_path: Path
) -> None:
    """The pull request is the event's, and so is the run that the plan has to be of."""
    github.pulls[7] = pull(7, SHA, "mallory", repo=9)
    github.comment(7, f"{stamped(MARK, Stamp(400, 1))}\n## ❌ evalgate: failed\n")
    second = job(event="workflow_run", payload=workflow_run(run_id=500), run_id=900)

    own = said(job(payload=pull_request(head=FORK), run_id=500), tmp_path)
    done = said(second, tmp_path, plan=plan_file(tmp_path, 500))

    assert own.shown.startswith("not posted: a fork's own run may not write")
    assert done.code == 0
    assert "⚪ evalgate: nothing to evaluate" in github.bodies(7)[0]


def test_a_dry_run_prints_the_line(tmp_path: Path) -> None:
    """Anywhere."""
    asked = Order((tmp_path / "reports",), plan=plan_file(tmp_path, 5), dry_run=True)

    done = post_comment(asked, {})

    assert done.code == 0
    assert "\nNothing that the suites depend on changed.\n" in done.shown


ADDRESSES = {
    "the artifact of the run": (
        "https://github.example/acme/app/actions/runs/100/artifacts/3",
        "https://github.example/acme/app/actions/runs/100/artifacts/3",
    ),
    "nothing": ("", "https://github.example/acme/app/actions/runs/100#artifacts"),
    "another run's": (
        "https://github.example/acme/app/actions/runs/1000/artifacts/3",
        "https://github.example/acme/app/actions/runs/100#artifacts",
    ),
    "another server's": (
        "https://evil.example/acme/app/actions/runs/100/artifacts/3",
        "https://github.example/acme/app/actions/runs/100#artifacts",
    ),
}


@pytest.mark.parametrize(("given", "shown"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_the_report_is_where_the_job_says(
    github: FakeGitHub, job: MakeJob, tmp_path: Path, given: str, shown: str
) -> None:
    """Not where the report says that it is: whoever made it might send people anywhere."""
    theirs = {"report_url": "https://github.example/mallory/app/login"}
    place = written(tmp_path / "a", decision_on(FEWER), theirs)

    post_comment(Order((place,), report_url=given), job().environment, FakeClock())

    [body] = github.bodies(7)
    assert f"[full report](<{shown}>)" in body
    assert "mallory" not in body


def test_no_path_of_the_machine_is_in_a_comment(
    github: FakeGitHub, job: MakeJob, tmp_path: Path
) -> None:
    """A folder is called as the job called it, without what is above it."""
    (tmp_path / "reports").mkdir()

    post_comment(Order((tmp_path / "reports",)), job().environment, FakeClock())

    [body] = github.bodies(7)
    assert "holds no decision.json" in body
    assert str(tmp_path) not in body
