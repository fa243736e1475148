"""What a run lacks is counted by reason: the frequent ones first, and nothing is lost."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from evalgate.domain.answer import Produced, Unanswered
from evalgate.domain.identity import CandidateIdentity, EvalsetIdentity, JudgeIdentity
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.missing import COMPARED, LOOKED_AT, MOST_REASONS, NAMED, Missing, missing_in
from evalgate.domain.run import JudgedCase, Manifest
from evalgate.domain.scale import BINARY

DIGEST = "sha256:1"
MANIFEST = Manifest(
    run_id="r",
    status="finished",
    suite="quiz",
    candidate=CandidateIdentity(
        name="new", kind="chat", digest=DIGEST, complete=True, model="a:/m"
    ),
    evalset=EvalsetIdentity(ref="quiz@v1", digest=DIGEST, cases=9, frozen=True),
    judges={"tone": JudgeIdentity(digest=DIGEST, scale=BINARY)},
    started=dt.datetime(2026, 11, 21, tzinfo=dt.UTC),
)


def unscored(case: str, detail: str, trial: int = 0) -> JudgedCase:
    """An answer that the judge could not judge."""
    return JudgedCase(
        id=case,
        trial=trial,
        inputs_digest=DIGEST,
        expected_digest=DIGEST,
        answer=Produced(text="x"),
        judgements={"tone": Unscored(cause="judge_error", detail=detail)},
    )


def unanswered(case: str, detail: str) -> JudgedCase:
    """An answer that never came, which no judge saw."""
    gone = Unanswered(cause="timeout", detail=detail)
    return unscored(case, "").model_copy(update={"answer": gone, "judgements": {"tone": gone}})


def test_a_whole_run_lacks_nothing() -> None:
    """A score is a score."""
    whole = unscored("q1", "").model_copy(update={"judgements": {"tone": Scored(score=1.0)}})

    assert missing_in(MANIFEST, [whole]) == ()


def test_answers_come_before_judges_and_the_frequent_before_the_rare() -> None:
    """Each says whether a model was asked for it."""
    told = missing_in(
        MANIFEST,
        [
            unscored("q1", "rare"),
            unscored("q3", "often"),
            unscored("q2", "often"),
            unanswered("q4", "slow"),
        ],
    )

    assert told == (
        Missing(
            candidate="new", by_model=True, cause="timeout", detail="slow", cases=1, first=("q4",)
        ),
        Missing(
            candidate="new",
            judge="tone",
            cause="judge_error",
            detail="often",
            cases=2,
            first=("q2", "q3"),
        ),
        Missing(
            candidate="new",
            judge="tone",
            cause="judge_error",
            detail="rare",
            cases=1,
            first=("q1",),
        ),
    )


def test_what_is_too_rare_to_be_named_is_counted() -> None:
    """Five reasons: three by name, two in one line, and every case in one of them."""
    named = [unscored(f"q{n}{word}", word) for n, word in enumerate("aabbccde")]

    *frequent, rest = missing_in(MANIFEST, named)

    assert [lack.detail for lack in frequent] == ["a", "b", "c"]
    assert (rest.reasons, rest.cases, rest.first) == (2, 2, ("q6d", "q7e"))


def test_trials_of_one_case_are_one_case() -> None:
    """It is found once, however often it was asked."""
    (lack,) = missing_in(MANIFEST, [unscored("q1", f"in trial {n}", n) for n in range(3)])

    assert (lack.cases, lack.first, lack.detail) == (1, ("q1",), "in trial 0")


@given(
    numbers=st.lists(st.integers(min_value=0), min_size=1, max_size=8),
    long=st.sampled_from(["", "x" * COMPARED, "1" * (LOOKED_AT + 1)]),
)
def test_digits_and_what_comes_late_make_no_other_reason(numbers: list[int], long: str) -> None:
    """The number of a case, of a port or of milliseconds is not why."""
    told = missing_in(
        MANIFEST, [unscored(f"q{n}", f"{long}port {each}") for n, each in enumerate(numbers)]
    )

    assert [lack.cases for lack in told] == [len(numbers)]


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("klmnop")), min_size=1))
def test_there_are_few_lines_and_few_names(given_reasons: list[tuple[str, str]]) -> None:
    """However many reasons there are; the cases are those that lack something."""
    told = missing_in(MANIFEST, [unscored(case, why) for case, why in given_reasons])

    assert len(told) <= MOST_REASONS + 1
    assert sum(lack.reasons for lack in told) == len({why for _, why in given_reasons})
    assert all(len(lack.first) <= min(NAMED, lack.cases) for lack in told)
    assert max(lack.cases for lack in told) <= len({case for case, _ in given_reasons})
