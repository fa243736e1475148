"""An application behind a URL: one request per case, the answer out of its reply."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from time import perf_counter
from urllib.parse import quote, urlsplit

from evalgate.candidate.http_reply import read_reply
from evalgate.candidate.reading import LONGEST_ANSWER_BYTES, own_error
from evalgate.candidate.templates import fill_json, lacking, no_input, template_of, texts_of
from evalgate.domain.answer import Answer, NotProduced, Produced
from evalgate.domain.case import Question
from evalgate.domain.identity import CandidateIdentity
from evalgate.domain.looking_up import Absent, look_up
from evalgate.domain.specs import HttpSpec
from evalgate.domain.template import Template, as_text
from evalgate.errors import Problem, UserMistake
from evalgate.model.transport import HttpRequest, NoReply, Patience, Transport
from evalgate.quoting import redacted
from evalgate.quoting.redaction import REDACTED

SHORTEST_SECRET = 8  # letters; a shorter one may be any word of an answer
SHORTEST_TOLD = 4  # of a fault less is lost


class HttpCandidate:
    """Asks a URL. Whatever fails there is the candidate's own error, and is not tried again."""

    def __init__(
        self,
        identity: CandidateIdentity,
        spec: HttpSpec,
        environment: Mapping[str, str],
        *,
        where: str,
        max_in_flight: int = 8,
    ) -> None:
        problems: list[Problem] = []
        self.identity = identity
        self._spec = spec
        self._environment = environment
        self._where = where
        self._url = template_of(spec.url, Problem("", where, key="url"), problems)
        self._texts = {
            text: template_of(text, Problem("", where, key="body"), problems)
            for text in texts_of(spec.body)
        }
        problems += [
            Problem(fault, where, key="url", remedy=remedy)
            for fault, remedy in _address_faults(self._url)
        ]
        if problems:
            raise UserMistake(problems)
        self._in_flight = asyncio.Semaphore(max_in_flight)
        self._transport = Transport()

    @property
    def slots(self) -> tuple[str, ...]:
        """The inputs that every case must have."""
        templates = (self._url, *self._texts.values())
        return tuple(dict.fromkeys(name for template in templates for name in template.slots))

    async def answer(self, question: Question) -> Answer:
        """Send one request; its latency is its own, without the wait for a turn."""
        missing = lacking(self.slots, question.inputs)
        if missing:
            return no_input(missing)
        headers = self._headers()
        async with self._in_flight:
            answer = await self._ask(question, headers)
        if isinstance(answer, NotProduced):
            detail = redacted(_without(headers, answer.detail, SHORTEST_TOLD))
            return answer.model_copy(update={"detail": detail})
        text, *contexts = (_without(headers, each) for each in (answer.text, *answer.contexts))
        return answer.model_copy(update={"text": text, "contexts": tuple(contexts)})

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.close()

    def _headers(self) -> dict[str, str]:
        """Read the secrets, only when somebody is asked: `check` needs none."""
        unset = [name for name in self._spec.headers.values() if not self._environment.get(name)]
        if unset:
            raise UserMistake(
                [
                    Problem(
                        f"the environment variable {name} is not set", self._where, key="headers"
                    )
                    for name in dict.fromkeys(unset)
                ]
            )
        return {header: self._environment[name] for header, name in self._spec.headers.items()}

    async def _ask(self, question: Question, headers: dict[str, str]) -> Produced | NotProduced:
        url = self._url.filled(lambda name: _in_url(question, name))
        if _moves_in(url):
            return own_error(f"the address would name another path: {url}")
        self._transport.open()  # before its latency is counted
        started = perf_counter()
        reply = await self._transport.send(
            self._request(url, question, headers),
            Patience(self._spec.timeout_s, LONGEST_ANSWER_BYTES),
        )
        if isinstance(reply, NoReply):
            late = f"timed out after {self._spec.timeout_s:g} s"
            return own_error(late if reply.late else f"the request failed: {reply.detail}")
        taken_s = perf_counter() - started
        content = reply.content
        # before it is read, as no excerpt may end within a secret; `answer` finds escaped ones
        for secret in _secrets(headers):
            content = content.replace(secret.encode(), REDACTED.encode())
        return read_reply(self._spec, reply.status, content, taken_s)

    def _request(self, url: str, question: Question, headers: dict[str, str]) -> HttpRequest:
        if self._spec.body is None:
            if self._spec.method != "GET":  # many servers ask for it, also where there is no body
                headers = {"Content-Length": "0", **headers}
            return HttpRequest(self._spec.method, url, headers=headers)
        body = fill_json(self._spec.body, self._texts, question.inputs)
        if not any(name.lower() == "content-type" for name in headers):
            headers = {"Content-Type": "application/json", **headers}
        return HttpRequest(self._spec.method, url, json.dumps(body).encode("ascii"), headers)


def _address_faults(url: Template) -> Iterator[tuple[str, str]]:
    """What is wrong with an address, whatever a case puts into it, and the remedy."""
    written = url.filled(lambda _: "value")
    if " " in written:
        yield "holds a space", "write %20"
    if "\\" in written:
        yield "holds a backslash, which is sent as a slash", "write %5C"
    try:
        moves = _moves_in(written)
    except ValueError as error:
        yield f"is no address: {error}", ""
        return
    if moves:
        yield "has . or .. as a part of its path, which nobody sends", "leave it out"


def _moves_in(url: str) -> bool:
    """True when a part of the path is `.` or `..`: whoever sends it would leave out a part."""
    parts = urlsplit(url).path.lower().replace("%2e", ".").split("/")
    return any(part in {".", ".."} for part in parts)


def _in_url(question: Question, name: str) -> str:
    value = look_up(question.inputs, name)
    assert not isinstance(value, Absent)
    return quote(as_text(value), safe="", errors="replace")


def _secrets(headers: Mapping[str, str], shortest: int = SHORTEST_SECRET) -> Iterator[str]:
    """What was sent in headers, whole and without a `Bearer` before it."""
    for value in headers.values():
        for secret in (value, value.rpartition(" ")[2]):
            if len(secret) >= shortest:
                yield secret


def _without(headers: Mapping[str, str], text: str, shortest: int = SHORTEST_SECRET) -> str:
    """Take out what was sent as a header, which an application may repeat."""
    for secret in _secrets(headers, shortest):
        text = text.replace(secret, REDACTED)
    return text
