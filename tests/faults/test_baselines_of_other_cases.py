"""A baseline that knows none of today's cases compares with nothing, and is never green."""

from fault_projects import GOOD, NEARLY
from small_project import GATES, MakeProject, cases, quiz

RENAMED = '"id": "q', '"id": "other'


def test_a_stored_baseline_with_other_ids_is_refused(project: MakeProject) -> None:
    """The evalset moved on to cases that the baseline's run never saw."""
    repo = project(quiz(GOOD, NEARLY))
    repo.run("run", "--candidate", "old", "--baseline", "none")
    (run,) = repo.runs()
    repo.write(
        {
            "evalsets/quiz/v2.jsonl": cases(40).replace(*RENAMED),
            "gates.yaml": GATES.replace("quiz@v1", "quiz@v2"),
            "candidates/new.jsonl": repo.read("candidates/new.jsonl").replace(*RENAMED),
        }
    )

    outcome = repo.run("run", "--baseline", f"run:{run}")

    assert outcome.code == 2
    assert outcome.err == f"error: {run} has no case in common with quiz@v2\n"
    assert repo.runs() == [run]


def test_a_baseline_that_recorded_other_ids_has_no_answer(project: MakeProject) -> None:
    """Not one of its answers is to a case of the evalset: too little could be scored."""
    files = quiz(GOOD, NEARLY)
    files["candidates/old.jsonl"] = files["candidates/old.jsonl"].replace(*RENAMED)

    outcome = project(files).run("run")

    assert outcome.code == 4
    assert "passed" not in outcome.out.splitlines()[-1]
