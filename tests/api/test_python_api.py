"""evalgate from Python: the same verdicts, also inside a running event loop."""

import asyncio
import math
from collections.abc import Callable
from pathlib import Path

import pytest

import evalgate
import evalgate.testing
from command_scenarios import MANY, right
from evalgate.candidate.protocol import Candidate
from evalgate.domain.answer import NotProduced, Produced, Unanswered
from evalgate.domain.case import Case, Question
from evalgate.domain.finding import Cause, Verdict
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.record import JsonValue
from evalgate.errors import ServiceFailed, UserMistake
from evalgate.judge.protocol import Judge
from evalgate.pipeline import aside
from evalgate.testing import FixedJudge, ScriptedCandidate
from live_project import GENAI_JUDGE, HASTY, gates, live
from model_stub import ModelStub
from small_project import MakeProject, quiz


@pytest.fixture
def root(project: MakeProject) -> Path:
    """A project whose new candidate is worse."""
    return project(quiz(MANY, right(5))).root


def says_right(inputs: dict[str, JsonValue]) -> str:
    """Answer every question rightly."""
    return "right"


async def says_right_later(inputs: dict[str, JsonValue]) -> str:
    """Answer every question rightly, after letting others go first."""
    await asyncio.sleep(0)
    return "right"


def test_the_public_names_are_these() -> None:
    """Whoever adds or takes away a name changes a promise."""
    assert sorted(evalgate.__all__) == ["Run", "compare", "decide", "evaluate", "load_judge"]
    assert all(hasattr(evalgate, name) for name in evalgate.__all__)
    assert sorted(evalgate.testing.__all__) == ["FixedJudge", "ScriptedCandidate", "ScriptedModel"]
    with pytest.raises(AttributeError, match="no attribute 'judge_everything'"):
        evalgate.judge_everything  # noqa: B018 - the access is the test


def test_a_candidate_is_evaluated_by_name(root: Path) -> None:
    """The run is the one that `evalgate show` shows, and a table of it has a line per case."""
    run = evalgate.evaluate("new", root=root)

    table = run.to_pandas()
    assert (run.manifest.status, run.manifest.judged) == ("finished", 40)
    assert (root / ".evalgate" / "runs" / run.id).is_dir()
    assert list(table.columns) == [
        "slice.parity", "answer_kind", "answer", "exact_match", "exact_match.kind",
    ]  # fmt: skip
    assert table["exact_match"].sum() == 5
    assert table.loc["q40", "answer"] == "wrong"


@pytest.mark.parametrize("function", [says_right, says_right_later], ids=["sync", "async"])
def test_a_function_is_a_candidate(
    root: Path, function: Callable[[dict[str, JsonValue]], object]
) -> None:
    """It is asked every case, and asked again the next time."""
    run = evalgate.evaluate(function, root=root, name="mine")
    other = evalgate.evaluate(function, root=root, name="mine")

    assert run.manifest.candidate.name == "mine"
    assert not run.manifest.candidate.complete
    assert run.to_pandas()["exact_match"].sum() == 40
    assert other.id != run.id


def test_a_run_is_decided_on(root: Path) -> None:
    """The decision is that of the command line."""
    old, new = evalgate.evaluate("old", root=root), evalgate.evaluate("new", root=root)

    decision = evalgate.decide(new, old, root=root)

    assert (decision.verdict, decision.exit_code) == (Verdict.FAILED, 1)
    with pytest.raises(UserMistake, match="is the baseline itself"):
        evalgate.decide(old, old, root=root)


def test_the_baseline_is_the_suites_own_unless_another_is_meant(root: Path) -> None:
    """As `evalgate gate` has it: found, named, none at all, or named but never run."""
    new = evalgate.evaluate("new", root=root)
    with pytest.raises(UserMistake, match="there is no stored run of the baseline 'old'"):
        evalgate.decide(new, root=root)
    old = evalgate.evaluate("old", root=root)

    decision = evalgate.decide(new, root=root)

    assert decision.baseline is not None
    assert (decision.baseline.run_id, decision.exit_code) == (old.id, 1)
    assert evalgate.decide(new, "old", root=root) == decision
    assert evalgate.decide(new, f"run:{old.id}", root=root) == decision
    alone = evalgate.decide(new, "none", root=root)
    assert (alone.baseline, alone.rulings[1].finding.cause) == (None, Cause.NO_BASELINE)


def test_versions_are_compared(root: Path) -> None:
    """The decisions are in the result."""
    comparison = evalgate.compare("old", "new", root=root)

    assert comparison.versions == ("old", "new")
    assert [decision.exit_code for decision in comparison.decisions] == [1]


def test_a_mistake_is_raised_with_its_problems(root: Path) -> None:
    """What the command line prints, Python catches."""
    with pytest.raises(UserMistake, match="did you mean 'new'"):
        evalgate.evaluate("nwe", root=root)


def test_mlflow_is_loaded_from_the_first_moment(root: Path) -> None:
    """Its import takes seconds, which pass while the project is read and models are asked."""
    calls: list[Callable[[], object]] = [
        lambda: evalgate.evaluate("nwe", root=root),
        lambda: evalgate.compare("old", "nwe", root=root),
    ]
    for call in calls:
        aside.end()

        with pytest.raises(UserMistake):
            call()

        assert aside.is_there()


def test_models_are_asked_as_the_flags_of_the_commands_say(project: MakeProject) -> None:
    """From recordings alone, anew, and within a budget of dollars."""
    with ModelStub() as stub:
        prices = f"{HASTY}, prices: {{m: {{input_per_million: 1, output_per_million: 1}}}}"
        files = live(
            stub,
            ["say=right"] * 3,
            gates(
                stub,
                provider=prices,
                judges="exact_match",
                rules=["{score: exact_match, at_least: 0.5}"],
            ),
        )
        root = project(files).root

        unasked = evalgate.evaluate("new", root=root, offline=True)
        assert {case.answer.kind for case in unasked.cases()} == {"unanswered"}
        assert stub.requests == 0
        with pytest.raises(ServiceFailed, match="budget of 1e-09 USD is spent"):
            evalgate.evaluate("new", root=root, in_flight=1, budget_usd=1e-9)
        assert stub.requests == 1
        evalgate.evaluate("new", root=root)
        assert stub.requests == 3
        evalgate.evaluate("new", root=root, no_cache=True)
        assert stub.requests == 6
    for amount in (-1, math.nan, math.inf):  # what is paid is never at least NaN
        with pytest.raises(UserMistake, match=f"--budget-usd: {amount} is not an amount"):
            evalgate.evaluate("new", root=root, budget_usd=amount)
    with pytest.raises(UserMistake, match="asks nobody and"):
        evalgate.compare("new", "new", root=root, offline=True, no_cache=True)


def test_everything_works_inside_a_running_loop(root: Path) -> None:
    """A notebook's cell runs in a loop, and calls these functions without await."""

    async def cell() -> tuple[int, int]:
        run = evalgate.evaluate(says_right_later, root=root)
        comparison = evalgate.compare("old", "new", root=root)
        return run.manifest.judged, comparison.decisions[0].exit_code

    assert asyncio.run(cell()) == (40, 1)


def test_a_judge_is_loaded_by_name(root: Path) -> None:
    """It scores an answer, here without a run."""
    judge = evalgate.load_judge("exact_match", root=root)
    case = Case(id="q1", inputs={}, expected="Paris")

    judged = asyncio.run(judge.judge(case, Produced(text="the paris")))

    assert isinstance(judged, Scored)
    assert judged.score == 1.0


def test_a_judge_that_asks_a_model_is_loaded_with_the_projects_models(
    project: MakeProject,
) -> None:
    """It asks through the providers of gates.yaml, and what was said is kept."""
    case = Case(id="q1", inputs={"question": "say=score: 1"})
    with ModelStub() as stub:
        made = project(live(stub, ["say=right"]))

        async def judged() -> Scored | Unscored:
            async with evalgate.load_judge("correct", root=made.root) as judge:
                return await judge.judge(case, Produced(text="say=score: 1\njustification: so"))

        first, second = asyncio.run(judged()), asyncio.run(judged())

        assert isinstance(first, Scored)
        assert first == second
        assert stub.requests == 1


def test_a_genai_metric_is_a_metric_of_mlflow(project: MakeProject) -> None:
    """And no other judge is one."""
    with ModelStub() as stub:
        files = dict(live(stub, ["say=right"], gates(stub, judges="correct, exact_match")))
        root = project(files | {"judges/correct/judge.yaml": GENAI_JUDGE}).root

    metric = evalgate.load_judge("correct", root=root).as_mlflow_metric()

    assert (metric.name, metric.greater_is_better) == ("correct", True)
    with pytest.raises(UserMistake, match="'exact_match' is no genai_metric"):
        evalgate.load_judge("exact_match", root=root).as_mlflow_metric()


def test_the_fixed_judge_says_what_it_was_told() -> None:
    """Per case where it was told so; what it was told is its digest."""
    lost = Unscored(cause="unparsable", detail="?")
    judge: Judge = FixedJudge(by_case={"q2": lost})

    async def both() -> list[Scored | Unscored]:
        return [
            await judge.judge(Case(id=name, inputs={}), Produced(text="x")) for name in ("q1", "q2")
        ]

    assert asyncio.run(both()) == [Scored(score=1.0), lost]
    assert judge.digest == FixedJudge(by_case={"q2": lost}).digest
    assert judge.digest != FixedJudge().digest
    assert FixedJudge().digest != FixedJudge(judgement=Scored(score=0.0)).digest


def test_the_scripted_candidate_answers_by_its_script() -> None:
    """Text, an absence, and nothing at all for what the script lacks."""
    broken = NotProduced(cause="own_error", detail="it broke")
    candidate: Candidate = ScriptedCandidate({"q1": "yes", "q2": broken})

    async def all_three() -> list[Produced | NotProduced | Unanswered]:
        answers = [await candidate.answer(Question(name, {})) for name in ("q1", "q2", "q3")]
        await candidate.aclose()
        return answers

    first, second, third = asyncio.run(all_three())
    assert (first, second) == (Produced(text="yes"), broken)
    assert isinstance(third, Unanswered)
    assert candidate.identity.complete
    assert candidate.identity != ScriptedCandidate({"q1": "no"}).identity
