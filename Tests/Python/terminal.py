"""Runs a command in a terminal of its own, types the lines of standard input, and prints what the terminal showed.

usage: terminal.py PROGRAM [ARGUMENT...]; ends with the command's exit code.
"""

import os
import pty
import sys


def main() -> int:
    answers = sys.stdin.buffer.read()
    process, terminal = pty.fork()
    if process == 0:
        os.execv(sys.argv[1], sys.argv[1:])
    os.write(terminal, answers)
    while True:
        try:
            shown = os.read(terminal, 4096)
        except OSError:  # What Linux gives when nobody has the other end any more.
            break
        if not shown:
            break
        sys.stdout.buffer.write(shown)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


sys.exit(main())
