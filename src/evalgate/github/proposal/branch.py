"""The one branch and the one pull request that propose baselines, whatever else is on them."""

from dataclasses import dataclass

from evalgate.github.comment.body import Setting
from evalgate.github.marks import Post, own, said_in, stamp_of
from evalgate.github.proposal.git_data import Commit, GitData, Proposal, Pull
from evalgate.github.proposal.stale_baselines import Survey
from evalgate.github.proposal.text import SUBJECT, key_line, keyless, message_for
from evalgate.github.refusals import ApiFailed

BRANCH = "evalgate/baseline"
MOVED_ON = "the default branch has another one by now: the next night proposes"
SOMEBODYS = f"left alone: commits of somebody else are on {BRANCH}"
FASTER = ("not a fast forward", "already exists")
"""How GitHub says that somebody pushed in this moment."""

ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Pushing:
    """One night's turn."""

    data: GitData
    setting: Setting
    author: str

    async def done(  # noqa: PLR0911 - each way to end says what it is
        self, survey: Survey, proposal: Proposal | None
    ) -> str:
        """Open, update, close or leave the pull request; say what was done.

        Raises ApiFailed when GitHub does not let us.
        """
        base = await self.data.tip(self.data.base)
        if base is None:
            raise ApiFailed(0, f"there is no branch {self.data.base}")
        branch = await self.data.tip(BRANCH)
        if branch is not None and await self._is_somebodys(base, branch):
            return SOMEBODYS
        pulls = await self.data.pulls()
        ours = next((pull for pull in pulls if self._is_own(pull)), None)
        if ours and stamp_of(ours.body or "") > self.setting.stamp:
            return f"left as a newer night wrote it {ours.html_url}"
        if proposal is None:
            return await self._closed(ours) if survey.is_whole else "nothing is proposed"
        if ours and said_in(ours.body or "").startswith(f"{key_line(survey.proposed)}\n"):
            return f"pull request {ours.number}: unchanged {ours.html_url}"
        if ours is None and (closed := await self._refused(survey)):
            said = "proposed the same and was closed: not proposed again"
            return f"pull request {closed.number} {said} {closed.html_url}"
        if trouble := await self._committed(survey, base, branch):
            return trouble
        if pulls and not ours:
            return f"updated {BRANCH}; pull request {pulls[0].number} is somebody else's"
        return await self._said(ours, proposal)

    async def _is_somebodys(self, base: str, branch: str) -> bool:
        """True when a commit on the branch is not ours: its author decides what becomes of it."""
        compared = await self.data.ahead(base, branch)
        is_cut = compared.total_commits > len(compared.commits)
        return is_cut or not all(map(self._is_made_by_us, compared.commits))

    def _is_made_by_us(self, commit: Commit) -> bool:
        author = commit.author
        if author is None or author.login.casefold() != self.author.casefold():
            return False
        is_bot = author.type == "Bot"
        return is_bot == self.author.endswith("[bot]") and commit.commit.message.startswith(SUBJECT)

    def _is_own(self, pull: Pull) -> bool:
        who = pull.user
        post = Post(
            pull.number,
            who.login if who else "",
            who is not None and who.type == "Bot",
            pull.body or "",
        )
        return own(post, self.setting.mark, self.author)

    async def _refused(self, survey: Survey) -> Pull | None:
        """The pull request of ours that said the same, and that a person closed."""
        line = key_line(survey.proposed)
        closed = filter(self._is_own, await self.data.pulls("closed"))
        return next(
            (
                pull
                for pull in closed
                if pull.merged_at is None and said_in(pull.body or "").startswith(f"{line}\n")
            ),
            None,
        )

    async def _committed(self, survey: Survey, base: str, branch: str | None) -> str:
        """Have the branch be the default one with these files, or say why it is not."""
        for one in survey.proposed:
            if await self.data.blob_at(base, one.path) != one.blob:
                return f"{one.path}: {MOVED_ON}"
        files = {one.path: one.content for one in survey.proposed}
        # the branch's last commit stays below: nothing is taken away by force
        parents = [branch, base] if branch else [base]
        commit = await self.data.commit(files, message_for(survey.proposed), parents)
        try:
            await self.data.move(commit, exists=branch is not None)
        except ApiFailed as failure:
            if failure.status == 422 and any(words in str(failure) for words in FASTER):
                return SOMEBODYS
            raise  # a rule of the repository, for one, forbids the branch
        return ""

    async def _said(self, ours: Pull | None, proposal: Proposal) -> str:
        if ours:
            changes = {"title": proposal.title, "body": proposal.body}
            kept = await self.data.change(ours.number, changes)
            return f"pull request {kept.number}: updated {kept.html_url}"
        opened = await self._opened(proposal)
        return f"pull request {opened.number}: opened {opened.html_url}"

    async def _opened(self, proposal: Proposal) -> Pull:
        """Open one, unless a failed attempt turns out to have done so."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self.data.open(proposal)
            except ApiFailed as failure:
                if attempt == ATTEMPTS or not failure.may_have_worked:
                    raise
                await self.data.github.requests.clock.pause(2.0**attempt)
                if found := next(filter(self._is_own, await self.data.pulls()), None):
                    return found
        raise AssertionError(ATTEMPTS)

    async def _closed(self, ours: Pull | None) -> str:
        """Close what is needed no longer; its branch stays, for the next time."""
        if ours is None:
            return "nothing is to be proposed"
        # without its key, or it would look like one that a person closed
        await self.data.change(ours.number, {"state": "closed", "body": keyless(ours.body or "")})
        return f"pull request {ours.number}: closed, no baseline is stale {ours.html_url}"
