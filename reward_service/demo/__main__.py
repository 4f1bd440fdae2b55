"""`python -m reward_service.demo`: see `--help`."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NoReturn

import httpx
import typer
from rich.console import Console

from reward_service.bundled import load_cases
from reward_service.demo.run import demonstrate, find_shown
from reward_service.demo.scoring import DemoError
from reward_service.demo.service import running_service, wait_until_ready

# Where `clinical-reward serve` listens when nothing else is said.
USUAL_URL = "http://127.0.0.1:8000"
# Above the service's own limit, so that its answer says what happened.
REQUEST_TIMEOUT_S = 150.0


def demo(
    url: Annotated[
        str | None, typer.Option(help="Use the service that runs there; start none.")
    ] = None,
    show: Annotated[
        str, typer.Option(metavar="CASE:KIND", help="Which completion to explain.")
    ] = "gi-bacterial-peritonitis:good",
    json: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write every score as JSON.")
    ] = None,
) -> None:
    """Score the bundled cases over HTTP and show the evidence behind the scores.

    A service that asks for a key gets that of the variable CRPO_REWARD_KEY.
    """
    console = Console(highlight=False)
    signal.signal(signal.SIGTERM, _leave)
    try:
        cases = load_cases()
        shown = find_shown(cases, show)
        with (
            _service(console, url) as base_url,
            # Not through a proxy when the service is on this machine.
            httpx.Client(
                base_url=base_url,
                headers=_key(),
                timeout=REQUEST_TIMEOUT_S,
                trust_env=url is not None,
            ) as client,
        ):
            demonstrate(
                console, client, cases, shown=shown, curl_url=url or USUAL_URL, json_path=json
            )
        if url is None:
            console.print("\nThe service has been stopped; `clinical-reward serve` starts one.")
    except DemoError as error:
        Console(stderr=True, highlight=False).print(
            f"error: {error}", markup=False, soft_wrap=True, style="red"
        )
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        Console(stderr=True).print("interrupted")
        raise typer.Exit(130) from None


def _key() -> dict[str, str]:
    """The header with the key of the environment, if there is one."""
    key = os.environ.get("CRPO_REWARD_KEY", "").strip()
    return {"Authorization": f"Bearer {key}"} if key else {}


@contextlib.contextmanager
def _service(console: Console, url: str | None) -> Iterator[str]:
    """The URL of a service that is ready: the one given, or one of the demonstration's own."""
    started = time.perf_counter()
    with contextlib.ExitStack() as stack:
        if url is None:
            with console.status("starting the reward service …"):
                url = stack.enter_context(running_service())
        else:
            with console.status(f"waiting for {url} …"):
                wait_until_ready(url)
        console.print(f"the service at {url} was ready after {time.perf_counter() - started:.1f} s")
        yield url


def _leave(signum: int, frame: object) -> NoReturn:
    """SIGTERM unwinds the stack like Ctrl-C does, so that the service is stopped as well."""
    sys.exit(128 + signum)


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
app.command()(demo)

if __name__ == "__main__":
    app()
