"""The code blocks of a Markdown document, and what is to be done with each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# One alternative after the other: what is hidden, what is fenced, and what is indented by four spaces.
_BLOCKS = re.compile(
    r"(?:^<!-- not run: (?P<reason>[^>]+) -->\n\n?)?"
    r"(?:^<!-- run(?P<anew> anew)?\n(?P<hidden>.*?)^-->$"
    r"|^```(?P<info>[^\n`]*)\n(?P<fenced>.*?)^```$"
    r"|(?<=\n\n)(?P<indented>(?:^    [^\n]*\n|^[ ]*\n(?=    ))+))",
    re.MULTILINE | re.DOTALL,
)
# What a block that is not run must say why: commands, and in a block of plain text commands with what they print.
_SHOWS_COMMAND = re.compile(r"^ *(\$ |\w+=\S+ )*(fieldseal [a-z]|\$ )", re.MULTILINE)
_SHOWS_OUTPUT_OF = re.compile(r"^ *\$ ", re.MULTILINE)
_HEREDOC = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?")


@dataclass
class Command:
    """What is typed, and what it should print; None where that is not shown."""

    text: str
    expected: list[str] | None
    line: int


@dataclass
class File:
    """A file that the document has the reader write."""

    name: str
    content: str
    line: int


@dataclass
class NewShell:
    """From here on another shell is used, in an empty folder."""


@dataclass
class Document:
    """What is to be run of a document, in order, and what shows a command and is not run."""

    path: Path
    steps: list[Command | File | NewShell] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    unmarked: list[int] = field(default_factory=list)


def read(path: Path) -> Document:
    """Reads a document."""
    text = path.read_text()
    document = Document(path)
    for found in _BLOCKS.finditer(text):
        kind = next(name for name in ("hidden", "fenced", "indented") if found[name] is not None)
        content, line = found[kind], text.count("\n", 0, found.start(kind)) + 1
        info = (found["info"] or "").split()
        if found["reason"] and kind != "hidden":
            document.skipped.append((line, found["reason"]))
        elif kind == "hidden" or info[:1] == ["sh"]:
            if found["anew"]:
                document.steps.append(NewShell())
            document.steps += (Command(text, None, at) for text, at in _commands(content.splitlines(), line))
        elif info[:1] == ["console"]:
            document.steps += _conversation(content.splitlines(), line)
        elif len(info) == 2:
            document.steps.append(File(info[1], content, line))
        elif re.search(_SHOWS_OUTPUT_OF if info == ["text"] else _SHOWS_COMMAND, content):
            document.unmarked.append(line)
    return document


def _commands(lines: list[str], first: int) -> Iterator[tuple[str, int]]:
    """Commands one by one, each with all of its lines."""
    at = 0
    while at < len(lines):
        end = _end_of_command(lines, at)
        text = "\n".join(lines[at:end])
        if text.strip() and not text.lstrip().startswith("#"):
            yield text, first + at
        at = end


def _conversation(lines: list[str], first: int) -> Iterator[Command]:
    at = 0
    while at < len(lines):
        plain = [lines[at].removeprefix("$ "), *lines[at + 1 :]]
        end = at + _end_of_command(plain, 0)
        text = "\n".join([plain[0], *lines[at + 1 : end]])
        said = end
        while said < len(lines) and not lines[said].startswith("$ "):
            said += 1
        yield Command(text, lines[end:said], first + at)
        at = said


def _end_of_command(lines: list[str], at: int) -> int:
    """The line after a command that begins at `at`: it goes on after `\\` and `|`, and with a here-document."""
    end = at + 1
    while lines[end - 1].endswith(("\\", "|")) and end < len(lines):
        end += 1
    heredoc = _HEREDOC.search("\n".join(lines[at:end]))
    if heredoc:
        while end < len(lines) and lines[end] != heredoc[1]:
            end += 1
        end += 1
    return end
