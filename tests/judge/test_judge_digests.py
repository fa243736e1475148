"""What changes a judge's digest, and what does not."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

short = st.text("ab", min_size=1, max_size=2)
scales = st.sampled_from(
    [
        None,
        {"kind": "binary"},
        {"kind": "binary", "better": "lower"},
        {"kind": "continuous"},
    ]
)
exact = {"kind": st.just("exact_match"), "normalise": st.sampled_from(["none", "squad"])}
contains = {
    "kind": st.just("contains"),
    "texts": st.lists(short, min_size=1, max_size=2),
    "all": st.booleans(),
    "ignore_case": st.booleans(),
}
regex = {"kind": st.just("regex"), "pattern": short, "absent": st.booleans()}
numeric = {
    "kind": st.just("numeric"),
    "extract": st.sampled_from([None, "(a)", "(b)"]),
    "tolerance": st.sampled_from([0.0, 0.5]),
    "relative": st.booleans(),
}
schema = {
    "kind": st.just("json_schema"),
    "json_schema": st.sampled_from([{}, {"type": "string"}, {"minimum": 1}]),
}
specs = st.one_of(
    *(
        st.fixed_dictionaries({**fields, "scale": scales})
        for fields in (exact, contains, regex, numeric, schema)
    )
)


@settings(max_examples=60, deadline=None)
@given(one=specs, other=specs, words=st.text(max_size=5))
def test_two_judges_share_a_digest_when_they_are_the_same(
    make_judge: Any, one: dict[str, Any], other: dict[str, Any], words: str
) -> None:
    """Every option counts, the description does not, and the default scale may be written out."""
    first, second = make_judge(**one), make_judge(**other, description=words)
    told = ({**spec, "scale": spec["scale"] or {"kind": "binary"}} for spec in (one, other))

    assert (first.digest == second.digest) == (next(told) == next(told))


def test_the_words_of_the_reading_rule_count(make_judge: Any) -> None:
    """Another reading is another judge."""
    files = {"said.jsonl": '{"id": "c1", "answer": "x", "reply": "yes"}\n'}
    fields = {
        "kind": "recorded",
        "file": "said.jsonl",
        "reply": "reply",
        "scale": {"kind": "binary"},
    }

    one = make_judge(files, **fields, read={"starts_with": {"yes": 1}})
    other = make_judge(files, **fields, read={"starts_with": {"yes": 1, "no": 0}})

    assert one.digest != other.digest


@pytest.mark.parametrize("changed", ["said.jsonl"])
def test_a_recorded_reply_counts(make_judge: Any, changed: str) -> None:
    """One other score in the file is another judge."""
    fields = {
        "kind": "recorded",
        "file": "said.jsonl",
        "score": "points",
        "scale": {"kind": "binary"},
    }
    line = '{{"id": "c1", "answer": "x", "points": {}}}\n'

    one, other = (make_judge({changed: line.format(points)}, **fields) for points in (0, 1))

    assert one.digest != other.digest


@pytest.mark.parametrize(
    "changed", ["mine.py", "near.py", "/prompts/tone.txt"], ids=["module", "sibling", "watched"]
)
def test_what_a_function_reads_counts(make_judge: Any, changed: str) -> None:
    """Its module, the modules beside it that it imports, and what `digest_of` names."""
    files = {
        "mine.py": "import near\ndef score(**given):\n    return 1\n",
        "near.py": "",
        "unused.py": "",
        "/prompts/tone.txt": "kind",
    }
    fields = {
        "kind": "python",
        "function": "mine:score",
        "digest_of": ["prompts/*.txt"],
        "scale": {"kind": "binary"},
    }

    same, other = (
        make_judge({**files, name: files[name] + "\n"}, **fields) for name in ("unused.py", changed)
    )

    assert make_judge(files, **fields).digest == same.digest
    assert other.digest != same.digest
