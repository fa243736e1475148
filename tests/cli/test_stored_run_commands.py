"""`gate`, `show`, `runs`, `explain`: what can be said of stored runs, without asking anybody."""

import pytest

from command_scenarios import MANY, counting, gates, right, without_run_ids
from small_project import MakeProject, ProjectOnDisk, lines, quiz


def test_today_rules_decide_on_a_stored_run(project: MakeProject) -> None:
    """Changed rules change the verdict; candidate and judges are left in peace."""
    repo = project(counting(40))
    before = repo.run("run")
    run = repo.runs()[-1]
    (repo.root / "asked.txt").unlink()
    repo.write({"gates.yaml": gates("score: exact_match, at_least: 1.0")})

    after = repo.run("gate", run)

    assert (before.code, after.code) == (0, 0)
    assert after.out.endswith("verdict: undecided (noise), allowed (exit 0)\n")
    assert without_run_ids(after.err) == "run: <run of new>\n"
    assert not (repo.root / "asked.txt").exists()
    assert len(repo.runs()) == 2


def test_a_run_is_found_by_its_beginning_and_as_the_latest(project: MakeProject) -> None:
    """Nobody types a whole run's name."""
    repo = project(quiz(MANY, right(3)))
    first = repo.run("run")
    run = repo.runs()[-1]

    assert repo.run("gate", "latest") == first
    assert repo.run("gate", run[:-1]) == first
    assert repo.run("gate", run[:4]).err.startswith(f"error: several runs begin with '{run[:4]}'")


def test_the_latest_run_is_the_one_that_was_reported_last(project: MakeProject) -> None:
    """A run that answers again was made before others, and it is what the command spoke of."""
    repo = project(quiz(MANY, right(39)))
    sound = repo.read("candidates/new.jsonl")
    good = repo.run("run")
    repo.write({"candidates/new.jsonl": sound.replace('"right"', '"wrong"')})
    bad = repo.run("run")
    repo.write({"candidates/new.jsonl": sound})

    again = repo.run("run")

    assert (good.code, bad.code, again.err) == (0, 1, good.err)
    for command in (["gate", "latest"], ["show", "latest"], ["explain", "latest", "max_drop"]):
        run = repo.runs()[1]
        assert repo.run(*command) == repo.run(
            *[run if word == "latest" else word for word in command]
        )
    repo.run("gate", repo.runs()[-1])
    assert repo.run("gate", "latest").err == bad.err


def test_a_run_is_not_held_against_itself(project: MakeProject) -> None:
    """Where only the baseline was run anew it is the newest run, and nothing is worse than it."""
    repo = project(quiz(MANY, right(0)))
    assert repo.run("run").code == 1
    repo.write({"candidates/old.jsonl": repo.read("candidates/old.jsonl") + "\n"})
    assert repo.run("run").code == 1
    candidate, baseline = repo.runs()[-2:]

    told = (
        2,
        "",
        (
            f"error: {baseline} is the baseline itself"
            " (name another, or `--baseline none` for what holds without one)\n"
        ),
    )
    assert baseline.split("-")[2] == "old"
    assert repo.run("gate", "latest").err == f"run: {candidate}\n"
    assert repo.run("gate", baseline) == told
    assert repo.run("explain", baseline, "exact_match.max_drop") == told
    assert repo.run("gate", baseline, "--baseline", f"run:{baseline}") == told
    assert repo.run("gate", candidate).code == 1


@pytest.mark.parametrize("what", ["judge", "evalset"])
def test_a_stale_run_is_refused(project: MakeProject, what: str) -> None:
    """Scores of another judge or for other cases say nothing about today's rules."""
    files = quiz(
        MANY, MANY, gates("score: says_it, at_least: 0.5").replace("exact_match]", "says_it]")
    )
    files["judges/says_it/judge.yaml"] = "kind: regex\npattern: right\n"
    repo = project(files)
    repo.run("run", "--baseline", "none")
    if what == "judge":
        repo.write({"judges/says_it/judge.yaml": "kind: regex\npattern: wrong\n"})
    else:
        repo.write({"evalsets/quiz/v1.jsonl": repo.read("evalsets/quiz/v1.jsonl") + "\n"})

    outcomes = [repo.run("gate", "latest"), repo.run("explain", "latest", "says_it.at_least")]

    for outcome in outcomes:
        assert (outcome.code, outcome.out) == (2, "")
        assert (
            without_run_ids(outcome.err)
            == {
                "judge": "error: says_it is not the judge it was when <run of new> was made"
                " (compare judges its answers again)\n",
                "evalset": "error: <run of new> is a run of quiz@v1, not of quiz@v1 as it is today"
                " (run it again)\n",
            }[what]
        )


def test_a_baseline_that_was_never_run_is_told(project: MakeProject) -> None:
    """`gate` asks nobody, so that it cannot make the run that it needs."""
    repo = project(quiz(MANY, MANY))
    repo.run("run", "--baseline", "none")

    outcome = repo.run("gate", "latest")

    assert outcome.code == 2
    assert outcome.err == (
        "error: gates.yaml:6:5: suites.quiz.baseline: there is no stored run of the baseline 'old'"
        " with these judges and cases (`evalgate run quiz` makes one)\n"
    )
    assert repo.run("gate", "latest", "--baseline", "none").code == 3


def shown(project: MakeProject) -> ProjectOnDisk:
    """A project with a run in which everything happened."""
    repo = project(quiz(MANY[:4], MANY[:4]))
    repo.write(
        {
            "candidates/new.jsonl": lines(
                [
                    {
                        "id": "q1",
                        "answer": "right",
                        "latency_s": 0.5,
                        "cost_usd": 0.002,
                        "contexts": ["a context"],
                        "usage": {"input_tokens": 7, "output_tokens": 1},
                    },
                    {"id": "q2", "answer": "wr\x1b[2Jong"},
                    {"id": "q3", "error": "it broke"},
                ]
            )
        }
    )
    repo.run("run", "--baseline", "none")
    return repo


@pytest.mark.parametrize(
    ("case", "told"),
    [
        (
            "q1",
            (
                "case q1\n  slices  parity=odd\nanswer (500 ms, $0.0020, 7 tokens in, 1 out)\n"
                "  | right\ncontext\n  | a context\nexact_match: 1\n  | equals 'right'\n"
            ),
        ),
        (
            "q2",
            (
                "case q2\n  slices  parity=even\nanswer\n  | wr␛[2Jong\nexact_match: 0\n"
                "  | does not equal 'right'\n"
            ),
        ),
        (
            "q3",
            (
                "case q3\n  slices  parity=odd\nanswer: not produced (own error)\n  | it broke\n"
                "exact_match: not produced (own error)\n  | it broke\n"
            ),
        ),
    ],
    ids=["produced", "hostile", "not produced"],
)
def test_a_case_is_shown_with_its_judgements(project: MakeProject, case: str, told: str) -> None:
    """The answer, or why there is none, then every judge's word; nothing is printed raw."""
    repo = shown(project)

    outcome = repo.run("show", "latest", case)

    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == told


def test_a_case_that_a_run_does_not_have_is_a_mistake(project: MakeProject) -> None:
    """The nearest is offered."""
    outcome = shown(project).run("show", "latest", "q11")

    assert (outcome.code, outcome.out) == (2, "")
    assert without_run_ids(outcome.err) == (
        "error: <run of new> has no case 'q11' (did you mean 'q1'?)\n"
    )


def test_a_run_tells_where_it_comes_from(project: MakeProject) -> None:
    """Candidate, evalset, judges with their digests, and the command."""
    outcome = shown(project).run("show", "latest")

    first, *facts = outcome.out.splitlines()
    assert outcome.code == 0
    assert without_run_ids(first) == "run <run of new>: finished"
    assert [line.split()[0] for line in facts] == [
        "suite", "candidate", "evalset", "judged", "command", "versions", "started",
        "took", "cost", "judge",
    ]  # fmt: skip


def test_runs_are_listed_newest_first(project: MakeProject) -> None:
    """One line each; a run that was edited is warned of and does not hide the others."""
    repo = project(quiz(MANY, MANY))
    empty = repo.run("runs")
    repo.run("compare", "old", "new")
    repo.run("run", "--limit", "3", "--baseline", "none")
    old, new, part = repo.runs()
    manifest = f".evalgate/runs/{new}/manifest.json"
    repo.write({manifest: repo.read(manifest).replace('"judged": 40', '"judged": 41')})

    outcome = repo.run("runs")

    assert empty == (0, "no runs\n", "")
    assert outcome.code == 0
    assert [line.split()[:2] for line in outcome.out.splitlines()] == [
        ["run", "status"], [part, "finished"], [old, "finished"],
    ]  # fmt: skip
    assert outcome.err == (
        f"warning: {new}/manifest.json: was edited after it was written"
        " (a run is never edited; remove its folder and run it again)\n"
    )


def test_a_threshold_rule_is_explained(project: MakeProject) -> None:
    """What was asked, seen, and what follows, with the cases it rests on."""
    repo = project(quiz([True] * 6, right(4, of=6)))
    repo.run("run")

    outcome = repo.run("explain", "latest", "exact_match.at_least")

    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(
        "The rule: mean of exact_match at least 0.5 (exact_match.at_least).\n\n"
        "It comes down to: mean >= 0.5000.\n"
    )
    assert "Cases: 6: 6 scored. Coverage 100.0%, needed 95.0%.\n" in outcome.out
    assert (
        "The verdict: undecided (noise).\n"
        "\noutcome: undecided (noise), allowed by on_undecided: warn\n" in outcome.out
    )
    assert "q5, q6" in outcome.out.split("against it")[1].split("\n")[0]


def test_a_baseline_rule_is_explained(project: MakeProject) -> None:
    """Wins, losses and ties are those against the baseline."""
    repo = project(quiz(right(5, of=6), [False, *right(5, of=5)]))
    repo.run("run")

    outcome = repo.run("explain", "latest", "exact_match.max_drop")

    assert outcome.code == 0
    assert "\nAgainst the baseline: 1 win, 1 loss, 4 ties.\n" in outcome.out
    assert "q1" in outcome.out.split("against it")[1].split("\n")[0]
    assert "q6" in outcome.out.split("in favour")[1].split("\n")[0]


def test_an_unknown_rule_is_not_explained(project: MakeProject) -> None:
    """The nearest is offered."""
    repo = project(quiz(MANY, MANY))
    repo.run("run")

    assert repo.run("explain", "latest", "exact_match.max_drp") == (
        2,
        "",
        (
            "error: the suite quiz has no rule 'exact_match.max_drp'"
            " (did you mean 'exact_match.max_drop'?)\n"
        ),
    )
