"""A change may not be its own judge: whatever it softens, the files of its base decide."""

import datetime as dt

import pytest

from evalgate.domain.decision import Said
from evalgate.domain.finding import Outcome, Verdict
from evalgate.pipeline.deciding import sealed
from pull_requests import (
    BASE,
    change,
    committed,
    decided,
    loosened,
    only,
    own_of,
    policy_of,
)
from small_project import GATES, MakeProject, ProjectOnDisk, answers, cases, lines, quiz
from under_git import git

GOOD = [True] * 60
WORSE = [True] * 30 + [False] * 30
TODAY = dt.datetime.now(dt.UTC).date()


def pull_request(project: MakeProject, gates: str = GATES) -> ProjectOnDisk:
    """A change that makes the candidate much worse; nothing else is in it yet."""
    return committed(project, quiz(GOOD, WORSE, gates))


def waiver(days: int = 20) -> str:
    """A waiver of the rule that would fail."""
    return (
        "schema_version: 1\nwaivers:\n  - {suite: quiz, rule: exact_match.max_drop, owner: ann,"
        f" reason: known, granted: {TODAY}, expires: {TODAY + dt.timedelta(days)}}}\n"
    )


def test_a_lower_threshold(project: MakeProject) -> None:
    """Both policies are shown, the base's counts, and the loosening alone blocks a good change."""
    repo = committed(project, quiz(GOOD, GOOD))
    change(repo, {"gates.yaml": GATES.replace("at_least: 0.5", "at_least: 0.4")})

    outcome, decision = decided(repo)

    found = only(decision)
    assert (found.kind, found.what) == ("threshold", "exact_match.at_least")
    assert (found.before, found.after) == ("0.5", "0.4")
    assert decision.rules[0].at_least == 0.5
    assert own_of(decision).rules[0].at_least == 0.4
    assert outcome.code == 3
    assert "exact_match.at_least: a softer threshold: 0.5 -> 0.4" in outcome.out
    assert "by its own policy this change: passed (exit 0)" in outcome.out
    assert outcome.out.endswith("verdict: undecided (policy change), blocks (exit 3)\n")


def test_a_higher_threshold_needs_nothing(project: MakeProject) -> None:
    """To ask for more is no loosening, and the stricter of both policies counts at once."""
    repo = committed(project, quiz(GOOD, GOOD))
    change(repo, {"gates.yaml": GATES.replace("at_least: 0.5", "at_least: 0.9")})

    assert decided(repo)[0].code == 0

    change(repo, {"gates.yaml": GATES.replace("at_least: 0.5", "at_least: 0.99")})
    repo.write({"candidates/new.jsonl": answers([True] * 57 + [False] * 3)})

    outcome, decision = decided(repo)

    assert loosened(decision) == []
    assert policy_of(decision).alone.exit_code == 0
    assert outcome.code == 1


def test_a_worse_candidate_fails_by_the_rule_that_the_change_removed(project: MakeProject) -> None:
    """Its own gates would let it pass."""
    repo = pull_request(project, GATES.replace("at_least: 0.5", "at_least: 0.1"))
    change(repo, {"gates.yaml": repo.read("gates.yaml").replace(
        "      - {score: exact_match, max_drop: 0.1}\n", "")})  # fmt: skip

    outcome, decision = decided(repo)

    assert loosened(decision) == [("rule_removed", "exact_match.max_drop")]
    assert own_of(decision).exit_code == 0
    assert outcome.code == 1


def test_an_added_waiver(project: MakeProject) -> None:
    """It waives nothing before it is merged."""
    repo = pull_request(project, GATES.replace("at_least: 0.5", "at_least: 0.1"))
    change(repo, {"waivers.yaml": waiver()})

    outcome, decision = decided(repo)

    assert loosened(decision) == [("waiver_added", "exact_match.max_drop by ann")]
    assert decision.waivers == ()
    assert outcome.code == 1


def test_an_extended_waiver(project: MakeProject) -> None:
    """The days of the base are the ones that count."""
    repo = committed(project, {**quiz(GOOD, GOOD), "waivers.yaml": waiver(5)})
    change(repo, {"waivers.yaml": waiver(9)})

    assert loosened(decided(repo)[1]) == [("waiver_extended", "exact_match.max_drop by ann")]


JUDGE = "kind: python\nfunction: rubric:score\nscale: {kind: binary}\n"
STRICT = "def score(inputs, expected, answer):\n    return answer == expected\n"
SOFT = "def score(inputs, expected, answer):\n    return True\n"


def test_a_softened_rubric(project: MakeProject) -> None:
    """The base's code judges, from a folder of the base; the change's is never loaded."""
    gates = GATES.replace("[exact_match]", "[rubric]").replace(
        "score: exact_match", "score: rubric"
    )
    files = {**quiz(GOOD, WORSE, gates), "judges/rubric/judge.yaml": JUDGE}
    repo = committed(project, {**files, "judges/rubric/rubric.py": STRICT})
    change(repo, {"judges/rubric/rubric.py": "import nothing_that_is_there\n" + SOFT})

    outcome, decision = decided(repo)

    assert loosened(decision) == [("judge_changed", "rubric: judges/rubric/rubric.py")]
    assert outcome.code == 1


def test_code_of_a_judge_that_lies_beside_the_candidates(project: MakeProject) -> None:
    """A Python judge may read files of the whole project: they are looked at as well."""
    gates = GATES.replace("[exact_match]", "[rubric]").replace(
        "score: exact_match", "score: rubric"
    )
    files = {**quiz(GOOD, GOOD, gates), "judges/rubric/judge.yaml": JUDGE}
    repo = committed(project, {**files, "rubric.py": STRICT})
    change(repo, {"rubric.py": SOFT})

    assert loosened(decided(repo)[1]) == [("judge_changed", "rubric: rubric.py")]


def test_a_judge_that_only_the_change_has(project: MakeProject) -> None:
    """Nothing could be softened: its own rule decides beside those of the base."""
    repo = committed(project, quiz(GOOD, GOOD))
    more = GATES.replace("[exact_match]", "[exact_match, rubric]")
    change(
        repo,
        {
            "gates.yaml": more + "      - {score: rubric, at_least: 0.5}\n",
            "judges/rubric/judge.yaml": JUDGE,
            "judges/rubric/rubric.py": STRICT,
        },
    )

    outcome, decision = decided(repo)

    assert loosened(decision) == []
    assert len(own_of(decision).rulings) == 3
    assert outcome.code == 0


def test_a_deleted_hard_case(project: MakeProject) -> None:
    """The base's cases are answered too, and they decide."""
    hard = [True] * 40 + [False] * 20
    gates = GATES.replace("at_least: 0.5", "at_least: 0.9").replace("max_drop: 0.1", "max_drop: 1")
    repo = committed(project, quiz(hard, hard, gates))
    easy = "".join(cases(60).splitlines(keepends=True)[:40])
    change(
        repo,
        {"evalsets/quiz/v2.jsonl": easy, "gates.yaml": gates.replace("quiz@v1", "quiz@v2")},
    )

    outcome, decision = decided(repo)

    assert loosened(decision) == [("case_deleted", f"q{number}") for number in range(41, 61)]
    assert (decision.evalset, own_of(decision).evalset) == ("quiz@v1", "quiz@v2")
    assert own_of(decision).rulings[0].exit_code == 0
    assert outcome.code == 1
    stored = repo.run("gate", own_of(decision).candidate.run_id, "--base", BASE)
    assert stored.code == 1


def test_a_case_whose_expected_answer_was_changed(project: MakeProject) -> None:
    """In a version that is not frozen; the base's version decides."""
    repo = committed(project, quiz(GOOD, WORSE))
    change(repo, {"evalsets/quiz/v1.jsonl": cases(60).replace('"right"', '"wrong"', 1)})

    _, decision = decided(repo)

    assert loosened(decision) == [("case_changed", "q1")]


def test_a_frozen_version_that_was_frozen_anew(project: MakeProject) -> None:
    """Consistent in itself, and another one than the base's: a fault of the file."""
    repo = committed(project, quiz(GOOD, GOOD))
    repo.run("evalset", "freeze", "quiz")
    git(repo.root, "commit", "-q", "-a", "-m", "frozen")
    git(repo.root, "tag", "-f", BASE)
    file = "evalsets/quiz/evalset.yaml"
    before = repo.read(file)
    change(
        repo,
        {
            file: before.partition("versions:")[0],
            "evalsets/quiz/v1.jsonl": cases(60).replace('"right"', '"wrong"', 1),
        },
    )
    repo.run("evalset", "freeze", "quiz")
    assert repo.run("check").code == 0

    outcome = repo.run("run", "--base", BASE)

    assert outcome.code == 2
    assert outcome.err.startswith("error: evalsets/quiz/v1.jsonl: is frozen as sha256:")
    assert outcome.err.endswith("keep the change as a new version)\n")


FILED = GATES.replace("baseline: old", "baseline: file")


def with_baseline_file(project: MakeProject) -> ProjectOnDisk:
    """A base whose suite is held against the file that somebody set."""
    repo = project(quiz(GOOD, GOOD))
    repo.run("run", "--candidate", "old", "--baseline", "none")
    assert repo.run("baseline", "set", "latest", "--by", "Ann").code == 0
    repo.write({"gates.yaml": FILED})
    return committed(project, {})


def test_a_deleted_baseline(project: MakeProject) -> None:
    """The base's file is held against all the same."""
    repo = with_baseline_file(project)
    change(repo, {"baselines/quiz.json": None, "candidates/new.jsonl": answers(WORSE)})

    outcome, decision = decided(repo)

    assert loosened(decision) == [("baseline_file", "baselines/quiz.json")]
    assert only(decision).after == "absent"
    assert decision.baseline_file is not None
    assert decision.baseline_file.at == git(repo.root, "rev-parse", BASE)
    assert outcome.code == 1


def test_a_baseline_that_the_change_set_itself(project: MakeProject) -> None:
    """A worse baseline would let a worse candidate through."""
    repo = with_baseline_file(project)
    change(repo, {"candidates/new.jsonl": answers(WORSE)})
    repo.run("run", "--baseline", "none")
    repo.run("baseline", "set", "latest", "--by", "Ann")

    outcome, decision = decided(repo)

    assert loosened(decision) == [("baseline_file", "baselines/quiz.json")]
    assert outcome.code == 1


def test_a_first_baseline_file(project: MakeProject) -> None:
    """The base has none: its own baseline decides, and the file is of no use before the merge."""
    repo = committed(project, quiz(GOOD, GOOD))
    repo.run("run", "--candidate", "old", "--baseline", "none")
    repo.run("baseline", "set", "latest", "--by", "Ann")
    change(repo, {"gates.yaml": FILED})

    _, decision = decided(repo)

    assert loosened(decision) == [("baseline", "quiz")]
    assert own_of(decision).first_run


def test_a_baseline_candidate_that_was_made_worse(project: MakeProject) -> None:
    """Both policies take the candidate of the base."""
    repo = pull_request(project, GATES.replace("at_least: 0.5", "at_least: 0.1"))
    change(repo, {"candidates/old.jsonl": answers(WORSE)})

    assert decided(repo)[0].code == 1


def test_an_added_suite(project: MakeProject) -> None:
    """The base has nothing to say of it, and the other suites are as they were."""
    repo = committed(project, quiz(GOOD, GOOD))
    change(repo, {"gates.yaml": GATES + GATES.partition("suites:\n")[2].replace("quiz:", "more:")})

    outcome, decision = decided(repo, "more")

    assert policy_of(decision).new_suite
    assert loosened(decision) == []
    assert outcome.code == 0


def test_a_removed_suite(project: MakeProject) -> None:
    """Whichever suite is run says so."""
    more = GATES + GATES.partition("suites:\n")[2].replace("quiz:", "more:")
    repo = committed(project, quiz(GOOD, GOOD, more))
    change(repo, {"gates.yaml": GATES})

    outcome, decision = decided(repo)

    assert loosened(decision) == [("suite_removed", "more")]
    assert outcome.code == 3


def test_gates_that_moved_away(project: MakeProject) -> None:
    """A project in another folder is no way out of the gates that there were."""
    repo = committed(project, {f"before/{name}": text for name, text in quiz(GOOD, GOOD).items()})
    for name, text in quiz(GOOD, GOOD).items():
        repo.write({name: text})
    git(repo.root, "rm", "-r", "-q", "before")
    git(repo.root, "add", "-A")
    git(repo.root, "commit", "-q", "-m", "moved")

    outcome, decision = decided(repo)

    assert loosened(decision) == [("suite_removed", "before/gates.yaml")]
    assert outcome.code == 3


RULE = "{score: exact_match, max_drop: 0.1"
BLOCKS = f"{RULE}, on_undecided: block"
SOFTER = [
    pytest.param(BLOCKS, f"{RULE}, on_undecided: warn", "on_undecided", id="on_undecided"),
    pytest.param(RULE, f"{RULE}, severity: warn", "severity", id="severity"),
    pytest.param(RULE, RULE.replace("max_drop", "stat: total, max_drop"), "rule_removed",
                 id="a rule of another name"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "kind"), SOFTER)
def test_softer_rules(project: MakeProject, before: str, after: str, kind: str) -> None:
    """Each is listed by its rule, and blocks although the candidate is as good as before."""
    gates = GATES.replace(RULE, before)
    repo = committed(project, quiz(GOOD, GOOD, gates))
    change(repo, {"gates.yaml": gates.replace(before, after)})

    outcome, decision = decided(repo)

    assert loosened(decision) == [(kind, "exact_match.max_drop")]
    assert outcome.code == 3


def test_a_base_that_only_warns(project: MakeProject) -> None:
    """`policy_change: warn` in the base: listed, yellow, and let in."""
    warns = GATES.replace("suites:", "policy_change: warn\nsuites:")
    repo = committed(project, quiz(GOOD, GOOD, warns))
    change(repo, {"gates.yaml": warns.replace("at_least: 0.5", "at_least: 0.4")})

    outcome, decision = decided(repo)

    assert (outcome.code, decision.outcome) == (0, "yellow")
    assert outcome.out.endswith("verdict: passed, with warnings (exit 0)\n")


def test_a_change_that_softens_its_own_policy(project: MakeProject) -> None:
    """The base's word decides, not the change's."""
    repo = committed(project, quiz(GOOD, GOOD))
    change(repo, {"gates.yaml": GATES.replace("suites:", "policy_change: warn\nsuites:")})

    outcome, decision = decided(repo)

    assert loosened(decision) == [("policy_change", "policy_change")]
    assert outcome.code == 3


def test_nothing_softened(project: MakeProject) -> None:
    """A change of the candidate alone is decided once, by the base's files."""
    repo = committed(project, quiz(GOOD, GOOD))
    change(repo, {"candidates/new.jsonl": answers([True] * 59 + [False])})

    outcome, decision = decided(repo)

    assert policy_of(decision).head is None
    assert f"policy: decided by the files of {policy_of(decision).base[:12]}\n" in outcome.out
    assert outcome.code == 0


def test_a_base_whose_gates_have_a_fault(project: MakeProject) -> None:
    """It is told of the base's file: the one in the working tree is sound."""
    repo = committed(project, quiz(GOOD, GOOD, GATES.replace("at_least: 0.5", "at_lest: 0.5")))
    change(repo, {"gates.yaml": GATES})

    outcome = repo.run("run", "--base", BASE)

    assert outcome.code == 2
    assert outcome.err.startswith(
        f"error: git:{git(repo.root, 'rev-parse', BASE)[:12]}:gates.yaml:"
    )


def test_a_decision_without_its_loosenings(project: MakeProject) -> None:
    """`verify` refuses a decision from which they were taken away, sealed anew or not."""
    repo = committed(project, quiz(GOOD, GOOD))
    change(repo, {"gates.yaml": GATES.replace("at_least: 0.5", "at_least: 0.4")})
    _, decision = decided(repo)
    policy = policy_of(decision).model_copy(update={"loosenings": ()})
    edited = decision.model_copy(update={**dict(policy.alone), "policy": policy})
    elsewhere = policy_of(decision).model_copy(update={"base": "another commit"})
    for each, told in (
        (decision.model_copy(update={"policy": elsewhere}), "was edited after it was written"),
        (sealed(edited), "does not say that exact_match.at_least is softer: threshold"),
    ):
        repo.write({"edited.json": each.model_dump_json()})
        outcome = repo.run("verify", "edited.json")
        assert outcome.code == 2
        assert told in outcome.err


def test_another_verdict_than_the_policies_give(project: MakeProject) -> None:
    """Neither the sum of both nor what the base alone says can be written over."""
    repo = committed(project, quiz(GOOD, GOOD))
    change(repo, {"gates.yaml": GATES.replace("at_least: 0.5", "at_least: 0.4")})
    _, decision = decided(repo)
    failed = Said(verdict=Verdict.FAILED, outcome=Outcome.RED, exit_code=1)
    policy = policy_of(decision).model_copy(update={"alone": failed})
    alone = sealed(decision.model_copy(update={"policy": policy}))
    green = sealed(decision.model_copy(update={"exit_code": 0, "outcome": Outcome.GREEN}))
    repo.write({"alone.json": alone.model_dump_json(), "sum.json": green.model_dump_json()})

    told = repo.run("verify", "alone.json").err
    assert "says failed by its base, its evidence says passed" in told
    assert "(green, exit 0), its evidence says undecided" in repo.run("verify", "sum.json").err


def test_cases_of_the_base_that_nobody_answered(project: MakeProject) -> None:
    """`gate` asks nobody: what the base's policy needs and no run has blocks, and is said."""
    repo = committed(project, quiz(GOOD, GOOD))
    change(repo, {
        "evalsets/quiz/v2.jsonl": cases(61),
        "candidates/new.jsonl": answers([True] * 61),
        "gates.yaml": GATES.replace("quiz@v1", "quiz@v2"),
    })  # fmt: skip
    repo.run("run", "--baseline", "none")

    outcome = repo.run("gate", "latest", "--base", BASE, "--baseline", "none")

    base = git(repo.root, "rev-parse", BASE)[:12]
    why = f"policy: {base} decides, and could not: quiz@v1 as it is in {base} was not answered\n"
    assert why in outcome.out
    assert outcome.code == 3


def test_fewer_trials(project: MakeProject) -> None:
    """As often as the base says; a suite that asks for more is asked more."""
    twice = lines([{"id": f"q{number}", "trial": trial, "answer": "right"}
                   for number in range(1, 61) for trial in range(2)])  # fmt: skip
    gates = GATES.replace("judges:", "trials: 2\n    judges:")
    files = {"candidates/old.jsonl": twice, "candidates/new.jsonl": twice}
    repo = committed(project, {**quiz(GOOD, GOOD, gates), **files})
    change(repo, {"gates.yaml": GATES})

    _, decision = decided(repo)

    assert loosened(decision) == [("trials", "quiz")]
    assert decision.candidate.trials == 2


PROMPT = "kind: prompt\nmodel: local:/grader\nprompt_file: prompt.md\nscale: {kind: binary}\n"


def test_a_judge_that_the_change_asks_elsewhere(project: MakeProject) -> None:
    """Who answers there would decide: the provider of a judge is not changed beside its cases."""
    provider = "schema_version: 1\nproviders:\n  local: {{base_url: 'http://{host}/v1'}}\n"
    gates = GATES.replace("[exact_match]", "[tone]").replace("score: exact_match", "score: tone")
    base = gates.replace("schema_version: 1\n", provider.format(host="localhost:1"))
    files = {"judges/tone/judge.yaml": PROMPT, "judges/tone/prompt.md": "Is {{ answer }} good?\n"}
    repo = committed(project, {**quiz(GOOD, GOOD, base), **files})
    change(repo, {"gates.yaml": base.replace("localhost:1", "127.0.0.1:2")})

    outcome = repo.run("run", "--base", BASE)

    assert outcome.err.startswith(
        "error: gates.yaml: providers: tone asks local:/grader at http://localhost:1/v1 in the base"
    )
    assert outcome.code == 2


def test_a_stored_run_and_a_comparison(project: MakeProject) -> None:
    """`gate` and `compare` hold a change to its base as `run` does."""
    repo = committed(project, quiz(GOOD, GOOD))
    change(repo, {"gates.yaml": GATES.replace("at_least: 0.5", "at_least: 0.4")})
    repo.run("run")

    assert repo.run("gate", "latest").code == 0
    assert repo.run("gate", "latest", "--base", BASE).code == 3
    assert repo.run("compare", "old", "new").code == 0
    compared = repo.run("compare", "old", "new", "--base", BASE, "-o", "compared.json")
    assert compared.code == 3
    assert repo.run("verify", "compared.json").code == 3
