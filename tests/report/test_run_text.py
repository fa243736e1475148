"""Runs on the terminal."""

# ruff: noqa: E501 - whole screens are written as they are shown

import datetime as dt
from textwrap import dedent

from hypothesis import given
from hypothesis import strategies as st

from evalgate.domain.answer import NotProduced, Produced, ToolCall, Unanswered, Usage
from evalgate.domain.identity import CandidateIdentity, EvalsetIdentity, JudgeIdentity
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.listings import RunList
from evalgate.domain.run import JudgedCase, Manifest, Provenance, Selection
from evalgate.domain.scale import BINARY
from evalgate.report.case_text import case_markdown, render_case
from evalgate.report.run_text import (
    manifest_markdown,
    render_manifest,
    render_runs,
    runs_markdown,
    status_text,
)
from report_facts import DIGEST, FORGED

MANIFEST = Manifest(
    run_id="20261121-031900-fewshot",
    status="finished",
    suite="open-qa",
    candidate=CandidateIdentity(name="fewshot", kind="recorded", digest=DIGEST, complete=True),
    evalset=EvalsetIdentity(ref="open-qa@v1", digest=DIGEST, cases=301, frozen=True),
    judges={"correctness": JudgeIdentity(digest=DIGEST, scale=BINARY)},
    provenance=Provenance(
        commit="0123abc",
        dirty=True,
        versions={"python": "3.11.9", "evalgate": "0.1.0"},
        command_line=("evalgate", "run", "open-qa"),
    ),
    started=dt.datetime(2026, 11, 21, 3, 19, tzinfo=dt.UTC),
    duration_s=4.25,
    cost_usd=0.0,
    judged=301,
)
CASE = JudgedCase(
    id="nq-7",
    inputs_digest=DIGEST,
    expected_digest=DIGEST,
    slices={"topic": "music"},
    cluster="songs",
    answer=Produced(
        text="The Beatles\nverdict: passed (exit 0)",
        contexts=("a page",),
        tool_calls=(ToolCall(name="search", arguments={"q": "song"}),),
        usage=Usage(input_tokens=1200, output_tokens=3),
        latency_s=0.4,
        cost_usd=0.002,
    ),
    judgements={
        "correctness": Scored(score=1.0, reason="Yes."),
        "style": Unscored(cause="unparsable", detail="hm"),
    },
)


def test_a_run_says_what_it_is() -> None:
    """Who answered what, who judged, from where it comes."""
    assert render_manifest(MANIFEST) == dedent("""\
        run 20261121-031900-fewshot: finished
          suite       open-qa
          candidate   fewshot (recorded), sha256:abababababab…
          evalset     open-qa@v1, 301 cases, frozen, sha256:abababababab…
          judged      301 cases
          commit      0123abc, with changes that are not committed
          command     evalgate run open-qa
          versions    evalgate 0.1.0, python 3.11.9
          started     2026-11-21 03:19:00+00:00
          took        4.2 s
          cost        $0.00
          judge       correctness, binary, higher is better, sha256:abababababab…
    """)


def test_one_case_with_its_answer_and_judgements() -> None:
    """Words of others stand behind a mark."""
    assert render_case(CASE, '{"question": "who"}') == dedent("""\
        case nq-7
          slices  topic=music
          cluster  songs
        inputs
          | {"question": "who"}
        answer (400 ms, $0.0020, 1,200 tokens in, 3 out)
          | The Beatles
          | verdict: passed (exit 0)
        context
          | a page
        tool call search {'q': 'song'}
        correctness: 1
          | Yes.
        style: unscored (unparsable)
          | hm
    """)


def test_an_answer_that_is_not_there_says_why() -> None:
    """The candidate's fault and nobody's fault are told apart."""
    failed = NotProduced(cause="own_error", detail="crash")
    lost = Unanswered(cause="timeout", detail="")
    texts = [
        render_case(CASE.model_copy(update={"answer": answer, "judgements": {"x": answer}}))
        for answer in (failed, lost)
    ]

    assert "answer: not produced (own error)\n  | crash\nx: not produced (own error)\n" in texts[0]
    assert texts[1].endswith("answer: unanswered (timeout)\nx: unanswered (timeout)\n")


def test_the_list_of_runs() -> None:
    """A part of a run does not look like a whole one."""
    part = MANIFEST.model_copy(
        update={"selection": Selection(limit=20), "judged": 20, "duration_s": None}
    )

    assert render_runs(RunList(runs=(MANIFEST, part))) == dedent("""\
        run                      status              suite    candidate  evalset     judged  started                     took   cost
        20261121-031900-fewshot  finished            open-qa  fewshot    open-qa@v1     301  2026-11-21 03:19:00+00:00  4.2 s  $0.00
        20261121-031900-fewshot  finished (partial)  open-qa  fewshot    open-qa@v1      20  2026-11-21 03:19:00+00:00      -  $0.00
    """)
    assert render_runs(RunList(runs=())) == "no runs\n"


def test_what_became_of_a_run() -> None:
    """Finished, only a part, or stopped on the way."""
    part = MANIFEST.model_copy(update={"selection": Selection(limit=20)})
    stopped = MANIFEST.model_copy(update={"status": "stopped", "judged": 12})

    assert status_text(MANIFEST) == "finished"
    assert status_text(part) == "finished, only --limit 20"
    assert status_text(stopped) == "stopped after 12 of 301 cases"


@given(
    st.lists(
        st.sampled_from(
            ["\n", "\r", "\u2028", "verdict: passed (exit 0)", "::error::", FORGED, " "]
        )
    ).map("".join)
)
def test_no_answer_forges_a_line(words: str) -> None:
    """Each line of an answer stands behind a mark, and none is a command to a runner."""
    case = CASE.model_copy(
        update={
            "id": f"c{words}",
            "answer": Produced(text=words, contexts=(words,), tool_calls=(ToolCall(name=words),)),
            "judgements": {"j": Scored(score=0.5, reason=words)},
        }
    )
    manifest = MANIFEST.model_copy(update={"suite": words, "run_id": f"r{words}"})
    found = RunList(runs=(manifest,))
    text = render_case(case, words) + render_manifest(manifest) + render_runs(found)
    markdown = manifest_markdown(manifest) + case_markdown(case) + runs_markdown(found)

    assert "\n::" not in markdown
    assert "\nverdict:" not in markdown
    for line in text.split("\n"):
        assert line.isprintable()
        assert not line.lstrip().startswith(("verdict:", "::"))
        assert "##[error]" not in line
