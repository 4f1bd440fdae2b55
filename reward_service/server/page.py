"""GET /: a small page that says what this is and where things are."""

from __future__ import annotations

from html import escape

from reward_service.wire.response import Scorer

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Clinical reward service</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem;
  color-scheme: light dark; }}
dt {{ font-weight: 600; }} dd {{ margin: 0 0 .5rem; font-family: ui-monospace, monospace; }}
</style>
</head>
<body>
<h1>Clinical reward service</h1>
<p>Scores clinical reasoning: <code>POST /score</code> takes prompts with their completions and
returns rewards with the evidence behind them.</p>
<ul>
<li><a href="openapi.json">openapi.json</a>: requests, answers and errors, with examples</li>
<li><a href="objectives">objectives</a>: what is judged, and why a score can be null</li>
<li><a href="metrics">metrics</a>, <a href="healthz">healthz</a>, <a href="readyz">readyz</a></li>
</ul>
<h2>What scores here</h2>
{scorer}
</body>
</html>
"""


def landing_page(scorer: Scorer | None, *, ready: bool) -> str:
    """The page as HTML."""
    if scorer is None:
        return _PAGE.format(scorer="<p>The scorer is loading.</p>")
    rows = {"status": "ready" if ready else "not ready", **scorer.model_dump()}
    terms = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in rows.items())
    return _PAGE.format(scorer=f"<dl>{terms}</dl>")
