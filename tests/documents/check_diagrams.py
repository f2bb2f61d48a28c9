#!/usr/bin/env python3
"""Whether the state diagrams of the READMEs say what docs/states.md says.

Every arrow of a diagram must be one that docs/states.md has: of the record that has all states of the diagram, or, in a
diagram of several records (states with a prefix, "g_DRAFT"), of one of them. A diagram of a field that is not the state
of a record carries the comment "%% not the state of a record". Runs in the source root; status 1 when an arrow is wrong.
"""

import glob
import re
import sys

DIAGRAM = re.compile(r"```mermaid\nstateDiagram-v2\n(.*?)```", re.S)
ARROW = re.compile(r"^\s*(\S+) --> ([^\s:]+)", re.M)
NOT_A_RECORD = "%% not the state of a record"


def arrows_of(text):
    return {(a, b) for a, b in ARROW.findall(text) if b != "[*]" and a != b}


def states_of(arrows):
    return {state for arrow in arrows for state in arrow} - {"[*]"}


def declared():
    """Arrows of every record, by collection."""
    with open("docs/states.md", encoding="utf-8") as page:
        sections = re.split(r"^### ", page.read(), flags=re.M)[1:]
    records = {}
    for section in sections:
        collection = section.split(" ", 1)[0]
        diagram = DIAGRAM.search(section)
        records[collection] = arrows_of(diagram.group(1)) if diagram else set()
    return records


def wrong_arrows(arrows, records):
    """Those that no record of this diagram has."""
    states = states_of(arrows)
    whole = [own for own in records.values() if states <= states_of(own)]
    if whole:
        return min((arrows - own for own in whole), key=len)
    plain = {(re.sub(r"^[a-z]_", "", a), re.sub(r"^[a-z]_", "", b)): (a, b) for a, b in arrows}
    known = set().union(*records.values())
    return {plain[arrow] for arrow in plain if arrow not in known}


def main():
    records = declared()
    diagrams = wrong = 0
    for readme in sorted(glob.glob("*/README.md") + glob.glob("*/*/README.md")):
        if readme.startswith("build"):
            continue
        with open(readme, encoding="utf-8") as page:
            text = page.read()
        for diagram in DIAGRAM.finditer(text):
            if NOT_A_RECORD in diagram.group(1):
                continue
            diagrams += 1
            line = text.count("\n", 0, diagram.start()) + 1
            for before, after in sorted(wrong_arrows(arrows_of(diagram.group(1)), records)):
                wrong += 1
                print(f"{readme}:{line}: {before} --> {after} is not in docs/states.md")
    print(f"{diagrams} diagrams, {wrong} arrows wrong")
    return 1 if wrong or diagrams == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
