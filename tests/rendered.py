"""Markdown as GitHub's own parser renders it, and what its filters would make of the text."""

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

# Raw HTML is kept: what is judged is what reaches GitHub's sanitiser, not what it takes away.
OPTIONS = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
WITHOUT_END = frozenset({"br", "hr", "img", "input"})

# What GitHub links or replaces in finished text, outside code: html-pipeline's filters.
ACTIVE = re.compile(
    r"""
      @[a-z0-9]                            # a mention pings somebody
    | \#\d | \bgh-\d                       # an issue
    | \b[0-9a-f]{7,40}\b                   # a commit
    | (?:https?|ftp|mailto):[^\s\u200b] | \bwww\.   # a link
    | :[a-z0-9_+-]+:                       # an emoji
    """,
    re.VERBOSE | re.IGNORECASE,
)
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u2028-\u202e\u2060-\u2069\ufeff]")


@dataclass
class Rendered(HTMLParser):
    """The tags, links, comments and words of a page."""

    tags: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    attributes: set[str] = field(default_factory=set)
    words: list[str] = field(default_factory=list)  # outside code and links
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See a tag."""
        self.tags.append(tag)
        self.attributes |= {f"{tag}.{name}" for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        if tag not in WITHOUT_END:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """See the end of a tag; one that was not open is seen by `open`."""
        assert self.open, f"</{tag}> ends nothing"
        assert self.open.pop() == tag, tag

    def handle_comment(self, data: str) -> None:
        """See an HTML comment."""
        self.comments.append(data.strip())

    def handle_data(self, data: str) -> None:
        """See words."""
        if not {"code", "a"} & set(self.open):
            self.words.append(data)

    @property
    def counted(self) -> Counter[str]:
        """How often there is each tag."""
        return Counter(self.tags)


def rendered(markdown: str) -> Rendered:
    """Render it; every tag must be closed by its own end."""
    page = Rendered()
    page.feed(cmarkgfm.github_flavored_markdown_to_html(markdown, options=OPTIONS))
    page.close()
    assert page.open == [], page.open
    return page
