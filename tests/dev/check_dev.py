#!/usr/bin/env python3
"""Is `./dev help` true? Every command it lists must be there, and every command that is there must be listed.

check_dev.py SOURCE_FOLDER: prints what is wrong; status 1 when something is.
"""
import pathlib
import re
import subprocess
import sys


def problems(help_text, script):
    listed = set(re.findall(r"^  ([a-z]+)(?: |$)", help_text, re.MULTILINE))
    functions = set(re.findall(r"^cmd_([a-z]+)\(\)", script, re.MULTILINE))
    dispatch = script[script.rindex("case $command in"):]
    to_function, *others = re.findall(r"^  ([a-z |]+)\) ", dispatch, re.MULTILINE)
    by_function = set(re.findall(r"[a-z]+", to_function))
    dispatched = by_function | {name for other in others for name in re.findall(r"[a-z]+", other)}
    found = []
    found += [f"help lists {name}, which dev does not know" for name in sorted(listed - dispatched)]
    found += [f"dev knows {name}, which help does not list" for name in sorted(dispatched - listed)]
    found += [f"{name} has no function cmd_{name}" for name in sorted(by_function - functions)]
    found += [f"cmd_{name} cannot be called" for name in sorted(functions - by_function)]
    return found


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    script = (folder / "dev").read_text()
    help_text = subprocess.run([folder / "dev", "help"], capture_output=True, text=True, check=True).stdout
    found = problems(help_text, script)
    for problem in found:
        print(f"dev: {problem}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
