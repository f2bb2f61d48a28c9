#!/usr/bin/env python3
"""Compares the error reasons in the sources with their catalogue, docs/errors.md.

Every upper-snake text of two words or more in the sources is taken for a reason, whichever helper makes the error of
it, unless it is the name of a proto enum value or of a canonical code, the value of a constant kRule... or kPurpose...,
or listed in NOT_REASONS.

usage: check_reasons.py [ROOT]             exit status 1 and a list of what does not fit
       check_reasons.py --missing [ROOT]   rows for the catalogue, with code and place filled in
"""
import collections
import os
import re
import sys

SOURCE_FOLDERS = ("common", "account-svc", "contract-svc", "aftersales-svc", "gateway")
CATALOGUE = "docs/errors.md"
RETIRED_HEADING = "Retired"

CODES = {
    "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
    "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
    "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
}
# Texts that look like reasons and are none.
NOT_REASONS = {
    "EXISTS_YOURS": "result of a duplicate check in its log row",
    "LESS_PREFERRED": "what became of a price that was looked at, in the trace of a price",
    "NOT_STARTED": "state of a clock in a message text",
    "OPT_CHARSET_NAME": "option of the connector",
    "OPT_CONNECT_TIMEOUT": "option of the connector",
    "OPT_READ_TIMEOUT": "option of the connector",
    "OPT_WRITE_TIMEOUT": "option of the connector",
    "PAUSED_AT_CLOSE": "state of a clock in a message text",
    "PRODUCT_LINE": "key of a price condition",
    "SAME_NAME": "why two files may be one firm",
    "TRADE_NAME": "why two files may be one firm",
    "TYPING_ERROR": "why two files may be one firm",
    "WARRANTY_CLAIM": "kind of business with an account",
    "WRITE_OFF": "kind of a posting to an open item",
    "VALIDATED_ONLY": "ends a validate_only transaction, never leaves the runtime",
}
# Calls with a reason as an argument: its index, and the code they stand for; None: the code is an argument.
CONSTRUCTORS = {
    "Error": (1, None),
    "RetryLater": (1, None),
    "InvalidField": (1, "INVALID_ARGUMENT"),
    "Add": (1, "INVALID_ARGUMENT"),
    "FailedPrecondition": (0, "FAILED_PRECONDITION"),
}

TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Za-z])\'(?:\\.|[^\'\\\n])+\'', re.S)
REASON_TEXT = re.compile(r'"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"')
WORD_TEXT = re.compile(r'"([A-Z][A-Z0-9_]{2,})"')
CODE_ARGUMENT = re.compile(r"StatusCode::k(\w+)")
VALUE_CONSTANT = re.compile(r"\bk(?:Rule|Purpose)\w*\[\] = $")
ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]*)` \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$")

Use = collections.namedtuple("Use", "place line call code message")


def without_comments(text):
    """Comments, raw strings and characters blanked; everything keeps its place."""

    def blank(match):
        token = match.group(0)
        return token if token[0] == '"' else re.sub(r"[^\n]", " ", token)

    return TOKEN.sub(blank, text)


def enclosing_call(text, position):
    """Name of the function whose argument list holds `position`, and the arguments before it."""
    depth = 0
    i = position - 1
    while i >= 0:
        c = text[i]
        if c == '"':
            i -= 1
            while i > 0 and not (text[i] == '"' and text[i - 1] != "\\"):
                i -= 1
        elif c in ")]}":
            depth += 1
        elif c in "([{":
            if depth == 0:
                name = re.search(r"(\w*)\s*$", text[:i]).group(1) if c == "(" else ""
                return name, text[i + 1:position]
            depth -= 1
        elif c == ";" and depth == 0:
            break
        i -= 1
    return "", ""


def argument_index(before):
    """Number of the argument that follows `before`, the beginning of an argument list."""
    index = depth = 0
    for c in re.sub(r'"(?:\\.|[^"\\])*"', "", before):
        depth += (c in "([{") - (c in ")]}")
        index += c == "," and depth == 0
    return index


def helper_code(text, name):
    """Code of the errors that the helper function or lambda `name` of this file makes; empty when it is not plain."""
    match = re.search(
        r"\b" + name + r"\b(?: = \[[^\]]*\])?\((?:[^()]|\([^()]*\))*\)\s*(?:-> [\w:]+ )?\{\s*return (\w+)\(([^;]*?)\breason\b", text)
    if match is None or match.group(1) not in CONSTRUCTORS:
        return ""
    codes = CODE_ARGUMENT.findall(match.group(2))
    return CONSTRUCTORS[match.group(1)][1] or (code_name(codes[-1]) if codes else "")


def code_name(camel):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", camel).upper()


def source_files(root):
    for folder in SOURCE_FOLDERS:
        for path, folders, files in os.walk(os.path.join(root, folder)):
            folders[:] = sorted(f for f in folders if f != "testing")
            for name in sorted(files):
                if re.search(r"\.(cc|h)$", name) and not re.search(r"_(test|bench|fuzz|fuzz_seeds)\.(cc|h)$", name):
                    yield os.path.join(path, name)


def enum_names(root):
    """Names of all proto enum values, with and without the prefix of their enum."""
    names = set()
    for path, _, files in os.walk(os.path.join(root, "protos")):
        for file in files:
            if not file.endswith(".proto"):
                continue
            with open(os.path.join(path, file), encoding="utf-8") as stream:
                text = re.sub(r"//[^\n]*", "", stream.read())
            for enum, body in re.findall(r"\benum (\w+) \{(.*?)\n\s*\}", text, re.S):
                prefix = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", enum).upper() + "_"
                for value in re.findall(r"\b([A-Z][A-Z0-9_]*) = \d+", body):
                    names.add(value)
                    names.add(value[len(prefix):] if value.startswith(prefix) else value)
    return names


def uses(root):
    """Reason -> where the sources use it."""
    enums = enum_names(root)
    found = collections.defaultdict(list)
    for path in source_files(root):
        with open(path, encoding="utf-8") as stream:
            text = without_comments(stream.read())
        for match in WORD_TEXT.finditer(text):
            reason = match.group(1)
            call, before = enclosing_call(text, match.start())
            index, code = CONSTRUCTORS.get(call, (None, None))
            if index is not None and index == argument_index(before):
                codes = CODE_ARGUMENT.findall(before)
                code = code or (code_name(codes[-1]) if codes else "")
            else:
                code = helper_code(text, call) if call and index is None else ""
                if reason in CODES or reason in enums or not REASON_TEXT.fullmatch(match.group(0)):
                    continue
            if reason in NOT_REASONS or VALUE_CONSTANT.search(text, max(0, match.start() - 80), match.start()):
                continue
            after = re.search(r'"((?:\\.|[^"\\\n])+)"', text[match.end():match.end() + 300])
            place = os.path.relpath(os.path.dirname(path), root)
            line = text.count("\n", 0, match.start()) + 1
            found[reason].append(Use(place, line, call, code, after.group(1) if after else ""))
    return found


def read_catalogue(path):
    """Rows (reason, codes, meaning, places, section, line), and complaints about the form."""
    rows, problems, section = [], [], ""
    with open(path, encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            line = line.rstrip("\n")
            if line.startswith("## "):
                section = line[3:]
            match = ROW.match(line)
            if match is None:
                if line.startswith("| `"):
                    problems.append(f"{CATALOGUE}:{number}: not a row of the form | `REASON` | CODE | meaning | where |")
                continue
            reason, codes, meaning, places = (part.strip() for part in match.groups())
            rows.append((reason, [c.strip() for c in codes.split(",")], meaning,
                         [p.strip(" `") for p in places.split(",")], section, number))
    return rows, problems


def compare(root):
    found = uses(root)
    rows, problems = read_catalogue(os.path.join(root, CATALOGUE))
    known, previous = {}, ("", "")
    for reason, codes, meaning, places, section, number in rows:
        where = f"{CATALOGUE}:{number}: {reason}"
        if reason in known:
            problems.append(f"{where} is in the catalogue twice")
        known[reason] = codes
        if (section, reason) < previous and previous[0] == section:
            problems.append(f"{where} is out of alphabetical order")
        previous = (section, reason)
        if len(reason) > 63:
            problems.append(f"{where} has more than 63 characters")
        if not meaning:
            problems.append(f"{where} has no meaning")
        for code in codes:
            if code not in CODES and code != "-" and not re.fullmatch(r"HTTP [45]\d\d", code):
                problems.append(f"{where}: {code} is not a code")
        if section == RETIRED_HEADING:
            if reason in found:
                problems.append(f"{where} is retired, but {found[reason][0].place} uses it")
            continue
        if reason not in found:
            problems.append(f"{where} is used nowhere: a reason is never removed, move it to {RETIRED_HEADING}")
            continue
        for place in places:
            if not any(use.place == place or use.place.startswith(place + "/") for use in found[reason]):
                problems.append(f"{where} is not used in {place}")
    for reason in sorted(found):
        for use in found[reason]:
            if reason not in known:
                problems.append(f"{use.place} line {use.line}: {reason} is not in {CATALOGUE}. Add a row (--missing prints "
                                f"it), or name it in NOT_REASONS of this script")
                break
            if use.code and use.code not in known[reason]:
                problems.append(f"{use.place} line {use.line}: {reason} goes with {use.code}, the catalogue says "
                                f"{', '.join(known[reason])}")
    return problems


def missing(root):
    found = uses(root)
    rows, _ = read_catalogue(os.path.join(root, CATALOGUE))
    known = {row[0] for row in rows}
    for reason in sorted(set(found) - known):
        codes = sorted({use.code for use in found[reason]} - {""}) or ["-"]
        places = sorted({use.place for use in found[reason]})
        yield f"| `{reason}` | {', '.join(codes)} | {found[reason][0].message} | {', '.join(places)} |"


def main(arguments):
    default_root = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    list_missing = "--missing" in arguments
    root = next((a for a in arguments if not a.startswith("--")), default_root)
    if list_missing:
        print("\n".join(missing(root)))
        return 0
    problems = compare(root)
    for problem in problems:
        print(problem)
    print(f"{len(uses(root))} reasons in the sources, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
