"""See scripts/check-docs."""

from __future__ import annotations

import argparse
import contextlib
import re
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from documents import blocks
from documents.blocks import Command, Document, File, NewShell
from documents.comparison import difference
from documents.links import check_links
from documents.session import Session, Silent
from testbed.checks import Checks, Wrong, require
from testbed.server import ROOT

# Commands that only ask: repeated until they say what the document shows, since what they ask for takes a moment.
_ASKS = re.compile(r"(kcat .*-C|curl|fieldseal status|grep)\b")
# Commands that are repeated where they fail, since what they talk to may still be starting.
_NEEDS_A_SERVER = re.compile(r"(bao|vault)\b")
_PATIENCE_SECONDS = 20
_DOCUMENTS_AT_ONCE = 3


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("documents", nargs="*", type=Path)
    arguments = parser.parse_args()
    chosen = [path.resolve() for path in arguments.documents]
    paths = chosen or [
        *sorted(ROOT.glob("*.md")),
        *sorted(ROOT.glob("docs/*.md")),
        *sorted(ROOT.glob("deploy/**/*.md")),
    ]
    checks = Checks()
    documents = [blocks.read(path) for path in paths]
    program = arguments.program.resolve()
    # Most of a document's time is waiting for servers. What is shown must not be mixed.
    with ThreadPoolExecutor(1 if arguments.show else _DOCUMENTS_AT_ONCE) as threads:
        runs = [threads.submit(_timed_run, document, program, arguments.show) for document in documents]
        for document, run in zip(documents, runs, strict=True):
            name = str(document.path.relative_to(ROOT))
            checks.run(f"{name}: links lead somewhere", lambda d=document: check_links(d.path))
            checks.run(f"{name}: what shows fieldseal is run, or says why not", lambda d=document: _all_marked(d))
            if document.steps:
                title = f"{name}: {sum(isinstance(step, Command) for step in document.steps)} commands run as shown"
                checks.run(title, lambda r=run: print(f"        {r.result():.1f} s", flush=True))
    return checks.finish()


def _all_marked(document: Document) -> None:
    lines = ", ".join(map(str, document.unmarked))
    require(not document.unmarked, f"blocks at lines {lines}: make them ```console, or say <!-- not run: REASON -->")


def _timed_run(document: Document, program: Path, show: bool) -> float:
    """Runs what a document shows; how many seconds it took."""
    started = time.monotonic()
    if document.steps:
        _run(document, program, show)
    return time.monotonic() - started


def _run(document: Document, program: Path, show: bool) -> None:
    with contextlib.ExitStack() as shells:
        session = _shell(shells, program)
        for step in document.steps:
            if isinstance(step, NewShell):
                shells.close()
                session = _shell(shells, program)
            else:
                _take(step, session, show)


def _shell(shells: contextlib.ExitStack, program: Path) -> Session:
    """A shell in a folder of its own; both are gone when the stack is closed."""
    folder = shells.enter_context(tempfile.TemporaryDirectory(prefix="fieldseal-docs-"))
    return shells.enter_context(contextlib.closing(Session(Path(folder), program)))


def _take(step: Command | File, session: Session, show: bool) -> None:
    if isinstance(step, File):
        session.write(step.name, step.content)
        return
    started = time.monotonic()
    patience = started + _PATIENCE_SECONDS
    while True:
        try:
            code, printed = session.run(step.text)
        except Silent as silence:
            raise Wrong(f"line {step.line}: {step.text}\n{silence}") from None
        wrong = _judged(step, code, printed)
        may_change = _ASKS.match(step.text) or (code != 0 and _NEEDS_A_SERVER.match(step.text))
        if wrong is None or time.monotonic() > patience or not may_change:
            break
        time.sleep(0.2)
    if show:
        said = "".join(f"      | {line}\n" for line in printed)
        print(f"    {step.line}, {time.monotonic() - started:.1f} s: {step.text}\n{said}", end="")
    if wrong is not None:
        raise Wrong(f"line {step.line}: {step.text}\n{wrong}")


def _judged(step: Command, code: int, printed: list[str]) -> str | None:
    """What is wrong with what a command did."""
    if step.expected is not None and (differs := difference(step.expected, printed)):
        return differs
    failure_is_shown = re.search(r"error|failed|refuse", "\n".join(step.expected or []))
    if code != 0 and not failure_is_shown:
        return f"it exits with {code}:\n" + "\n".join(printed)
    return None


if __name__ == "__main__":
    sys.exit(main())
