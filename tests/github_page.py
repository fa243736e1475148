"""Markdown as a page that looks as GitHub shows it, and a picture of that page.

The Markdown is rendered by GitHub's own parser; the look of it is written by hand.
"""

import html
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import cmarkgfm
from cmarkgfm.cmark import Options

COMMENT_WIDTH, SUMMARY_WIDTH = 766, 1012
MARGIN = 16
# In a comment the end of a line is one; GitHub takes hidden lines away.
OPTIONS = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_HARDBREAKS
HIDDEN = re.compile("<!--.*?-->", re.DOTALL)
STYLE = """\
body { margin: 16px; background: #fff; color: #1f2328; overflow: hidden;
  font: 14px/1.5 -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", Helvetica, Arial,
    sans-serif, "Noto Color Emoji" }
main { border: 1px solid #d1d9e0; border-radius: 6px }
header { padding: 8px 16px; color: #59636e; background: #f6f8fa;
  border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0 }
header b { color: #1f2328 }
article { padding: 16px; overflow-wrap: break-word }
article > :first-child { margin-top: 0 }
article > :last-child { margin-bottom: 0 }
h2, h3 { margin: 24px 0 16px; font-weight: 600; line-height: 1.25 }
h2 { font-size: 1.5em; padding-bottom: .3em; border-bottom: 1px solid #d1d9e0b3 }
h3 { font-size: 1.25em }
p, ul, table, details, pre, blockquote { margin: 0 0 16px }
blockquote { padding: 8px 12px 0; border: 1px solid #d1d9e0; border-left: 4px solid #9a6700 }
blockquote.error { border-left-color: #d1242f }
blockquote p { margin-bottom: 8px }
pre { padding: 8px 12px; background: #f6f8fa; overflow: hidden }
blockquote pre { padding: 0; background: none; white-space: pre-wrap }
pre code { padding: 0; background: none }
ul { padding-left: 2em }
ul ul { margin: 0 }
li + li { margin-top: .25em }
table { display: block; width: max-content; max-width: 100%; overflow: auto;
  border-spacing: 0; border-collapse: collapse }
th, td { padding: 6px 13px; border: 1px solid #d1d9e0 }
th { font-weight: 600 }
tr:nth-child(2n) { background: #f6f8fa }
code { padding: .2em .4em; background: #818b981f; border-radius: 6px;
  font: 85% ui-monospace, Menlo, Consolas, "Liberation Mono", monospace }
a { color: #0969da }
sub { font-size: 75%; line-height: 0; position: relative; bottom: -.25em; vertical-align: baseline }
"""
MEASURE = """\
<script>
const { bottom } = document.querySelector("main").getBoundingClientRect();
document.body.dataset.bottom = Math.ceil(bottom);
</script>
"""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars",
)  # fmt: skip


def page_of(markdown: str, heading: str, width: int) -> str:
    """The page: a box as wide as GitHub's, with the words of its head."""
    body = cmarkgfm.github_flavored_markdown_to_html(markdown, options=OPTIONS)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><style>{STYLE}</style>'
        f'<main style="width: {width}px"><header><b>{html.escape(heading)}</b></header>'
        f"<article>{HIDDEN.sub('', body)}</article></main>{MEASURE}"
    )


def photograph(page: str, width: int, most_height: int, into: Path) -> None:
    """Have a browser without a window show the page, and keep what it shows of it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "page.html")
        file.write_text(page, encoding="utf-8")
        across = width + 2 * MARGIN + 2
        dom = _browse(folder, "--dump-dom", f"--window-size={across},600", file.as_uri())
        found = re.search(r'data-bottom="(\d+)"', dom)
        assert found, "the browser did not measure the page"
        height = min(int(found[1]) + MARGIN, most_height)
        size = f"--window-size={across},{height}"
        _browse(folder, f"--screenshot={into}", size, file.as_uri())


def _browse(folder: str, *argv: str) -> str:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise SystemExit(f"no browser: tried {', '.join(BROWSERS)}")
    done = subprocess.run(
        [browser, *FLAGS, f"--user-data-dir={folder}/profile", *argv],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout
