"""`evalgate backtest`: stored runs through today's rules, a gate for the gate."""

import json
import shutil

import pytest

from command_scenarios import MANY, counting, gates, right, without_run_ids
from decided_runs import STEADY, WAVERING, decided_run, recorded
from small_project import MakeProject, cases, quiz


def test_each_run_is_held_against_todays_rules_and_its_own_baseline(project: MakeProject) -> None:
    """What was said then stands beside it; nobody is asked, and no run is made."""
    repo = project(quiz(MANY, right(40), gates(STEADY)))
    assert [repo.run("run").code, decided_run(repo, right(20))] == [0, 1]
    runs = repo.runs()
    repo.write({"gates.yaml": gates("score: exact_match, max_drop: 0.6")})

    outcome = repo.run("backtest", "--plant", "0.1,0.8", "--draws", "20")

    assert (outcome.code, outcome.err) == (0, "")
    assert without_run_ids(outcome.out) == (
        "quiz: quiz@v1, 2 stored runs held against today's rules\n"
        "\n"
        f"  run{'':27}candidate  against  then             today\n"
        "  <run of new>  new        old      failed (exit 1)  undecided (exit 0)  changed\n"
        "  <run of new>  new        old      passed (exit 0)  passed (exit 0)\n"
        "  1 of 2 exit codes would be another one today\n"
        "\n"
        "  false alarms\n"
        "    no two runs of one candidate: nobody knows how often an unchanged one is blocked\n"
        "\n"
        "  planted faults: a share of the cases gets the worst score, in <run of old> against"
        " itself, so without noise of its own; 20 draws each\n"
        "  made worse  failed (exit 1)  blocked otherwise  let through (exit 0)  of these passed\n"
        "       10.0%             0.0%               0.0%                100.0%           100.0%\n"
        "       80.0%           100.0%               0.0%                  0.0%             0.0%\n"
        "\n"
        "  left out\n"
        "    <run of old>: a run of the baseline, on which nothing was decided\n"
    )
    assert repo.runs() == runs


def test_the_document_has_every_figure_and_comes_out_again(project: MakeProject) -> None:
    repo = project(quiz(MANY, right(36), gates(STEADY)))
    decided_run(repo)

    first, again = (repo.run("backtest", "--draws", "9", "--format", "json") for _ in range(2))

    assert first == again
    found = json.loads(first.out)
    suite = found["suites"][0]
    run = suite["runs"][0]
    then = run.pop("then")
    assert (run["verdict"], run["exit_code"]) == ("undecided", 0)
    assert (then["verdict"], then["exit_code"]) == ("undecided", 0)
    assert (run["run"], run["baseline"]) == (repo.runs()[1], then["baseline"])
    assert [(planted["share"], planted["draws"]) for planted in suite["planted"]] == [
        (0.05, 9),
        (0.1, 9),
    ]
    assert suite["alarms"] is None


def test_markdown_says_the_same(project: MakeProject) -> None:
    repo = project(quiz(MANY, right(40), gates(STEADY)))
    decided_run(repo)

    out = repo.run("backtest", "--draws", "3", "--format", "md").out

    assert "| new | old | passed (exit 0) | passed (exit 0) |  |" in out
    assert "- false alarms: no two runs of one candidate" in out
    assert "| made worse | failed (exit 1) |" in out


def test_runs_of_one_candidate_show_false_alarms(project: MakeProject) -> None:
    """A function that is asked anew with `--no-cache` may answer otherwise; here it never does."""
    repo = project(counting(40, digest_of=["answering.py"]))
    for _ in range(3):
        assert decided_run(repo, fresh=True) == 0

    outcome = repo.run("backtest", "--draws", "5")

    assert outcome.code == 0
    alarms = outcome.out.partition("  false alarms\n")[2].partition("\n\n")[0].splitlines()
    assert [line.strip() for line in alarms] == [
        "12 pairs of runs of one candidate: 0 blocked (0.0%), 0 of them failed",
        (
            "with 95% confidence at most 77.6% of such pairs are blocked: 2 of them can be"
            " counted as independent (Clopper-Pearson)"
        ),
        "12 pairs do not differ in one score: where nothing was asked anew there is no noise",
    ]
    assert "against itself, so without noise of its own" in outcome.out


def test_faults_are_planted_in_pairs_that_differ(project: MakeProject) -> None:
    """A run with three trials is three runs of one candidate, and these differ as runs do."""
    repo = project(recorded(WAVERING))
    decided_run(repo)
    assert repo.run("noise", "--repeat", "3").code == 0

    outcome = repo.run("backtest", "--plant", "0.5", "--draws", "5")

    assert "12 pairs of runs of one candidate: 0 blocked (0.0%), 0 of them failed" in outcome.out
    assert "in one of a pair of runs of one candidate, against the other" in outcome.out
    assert "       50.0%           100.0%               0.0%                  0.0%" in outcome.out


def test_a_run_whose_verdict_nobody_kept_is_held_against_the_one_before(
    project: MakeProject,
) -> None:
    """Runs of an earlier evalgate have no `verdicts.jsonl`."""
    repo = project(quiz(MANY, right(40), gates(STEADY)))
    decided_run(repo, kept=False)
    decided_run(repo, right(20), kept=False)

    out = without_run_ids(repo.run("backtest", "--draws", "3").out)

    assert "  <run of new>  new        new      -     failed (exit 1)\n" in out
    assert "  <run of new>  new        old      -     passed (exit 0)\n" in out
    assert (
        "0 of 0 exit codes would be another one today; of 2 runs nobody kept what was said" in out
    )


def test_runs_that_cannot_be_compared_are_left_out_and_said(project: MakeProject) -> None:
    """Another evalset, a part of it, or a baseline that is gone: never silently."""
    repo = project(quiz(MANY, right(40), gates(STEADY)))
    decided_run(repo)
    decided_run(repo, right(38))
    repo.run("run", "--limit", "5")  # neither side is whole
    runs = repo.runs()
    shutil.rmtree(repo.root / ".evalgate/runs" / runs[0])

    outcome = repo.run("backtest")

    assert outcome.code == 2
    assert without_run_ids(outcome.err) == (
        "error: no stored run of quiz can be held against today's rules:"
        " <run of new>: only a part of the evalset: --limit 5;"
        " <run of old>: only a part of the evalset: --limit 5;"
        " <run of new>: its baseline <run of old> is not stored any longer;"
        " <run of new>: its baseline <run of old> is not stored any longer"
        " (`evalgate run quiz` makes one)\n"
    )
    repo.write({"evalsets/quiz/v1.jsonl": cases(41)})
    outcome = repo.run("backtest")
    assert outcome.code == 2
    assert "is a run of quiz@v1, not of quiz@v1 as it is today" in outcome.err


def test_only_the_newest_runs_are_looked_at(project: MakeProject) -> None:
    repo = project(quiz(MANY, right(40), gates(STEADY)))
    decided_run(repo)
    decided_run(repo, right(20))

    out = repo.run("backtest", "--last", "1", "--draws", "3").out

    assert out.startswith("quiz: quiz@v1, 1 stored run held against today's rules\n")


def test_without_a_run_there_is_nothing_to_evaluate(project: MakeProject) -> None:
    repo = project(quiz(MANY, right(40)))

    outcome = repo.run("backtest")

    assert (outcome.code, outcome.out, outcome.err) == (
        2,
        "",
        (
            "error: no stored run of quiz can be held against today's rules"
            " (`evalgate run quiz` makes one)\n"
        ),
    )


def test_an_edited_run_is_left_out(project: MakeProject) -> None:
    repo = project(quiz(MANY, right(40), gates(STEADY)))
    decided_run(repo)
    judged = f".evalgate/runs/{repo.runs()[1]}/judgements.jsonl"
    repo.write({judged: repo.read(judged).replace("wrong", "right").replace("0.0", "1.0") + "\n"})

    outcome = repo.run("backtest")

    assert outcome.code == 2
    assert "was edited" in outcome.err


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("x", "error: --plant: 'x' is no share above 0 and up to 1 (as in 0.05,0.1)\n"),
        (
            "0,nan",
            (
                "error: --plant: '0' is no share above 0 and up to 1 (as in 0.05,0.1)\n"
                "--plant: 'nan' is no share above 0 and up to 1 (as in 0.05,0.1)\n"
            ),
        ),
    ],
)
def test_a_share_that_is_none_is_a_mistake(project: MakeProject, written: str, fault: str) -> None:
    outcome = project(quiz(MANY, MANY)).run("backtest", "--plant", written)

    assert (outcome.code, outcome.err) == (2, fault)


def test_a_suite_without_a_baseline_has_thresholds_alone(project: MakeProject) -> None:
    """Its runs are held against nothing, and faults are planted all the same."""
    repo = project(
        quiz(MANY, right(40), gates("score: exact_match, at_least: 0.8", baseline="none"))
    )
    decided_run(repo)

    out = without_run_ids(repo.run("backtest", "--plant", "0.5", "--draws", "5").out)

    assert "  <run of new>  new        -        passed (exit 0)  passed (exit 0)\n" in out
    assert "       50.0%           100.0%               0.0%                  0.0%" in out
