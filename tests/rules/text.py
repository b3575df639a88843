"""Rules about the text of files: coroutine traps, length, first lines, words that do not belong into the repository."""

import re

from tree import code_only, line_of

LONGEST = 400
GENERATED = {"lib/spec/endpoint_table.cpp"}

# Each pattern is written so that it does not match itself.
FOREIGN = [
    (re.compile(r"/wor[k]/|/far[m]/|(?<![\w.])/hom[e]/(?!of/)[a-z]|(?<![\w.])/roo[t]/"), "a path of somebody's machine"),
    (re.compile(r"registry[.]npmjs|pypi[.]org|index[.]crates|proxy[.]golang|deb[.]debian[.]org|ghcr[.]io|docker[.]io"),
     "a package registry's host"),
    (re.compile(r"\b(?:TOD[O]|FIXM[E]|XX[X])\b"), "a note for later; do it or file it"),
]

_CO_AWAIT = re.compile(r"\bco_await\b")
_CAPTURING = re.compile(r"(?<![\w\])])\[(?!\s*\])(?!\[)[^\[\]]+\]\s*(?=[({]|mutable\b)")
_CONDITION = re.compile(r"\b(?:if|while|switch|for)\s*\(")
_AWAITED_ARGUMENTS = re.compile(r"\bco_await\b[^(]*\(\s*[^\s)]")
_MAYBE_AWAITED = re.compile(r"(?:&&|\|\||\?(?:[^;:{}]*:)?)\s*!?\s*co_await\b|\bco_await\b[\w\s.:>-]*\([^()]*\)\s*(?:&&|\|\||\?)")
_BRACED_ARGUMENT = re.compile(r"[(,]\s*\{\s*[^\s}]")


def _end_of_braces(code, opening):
    depth = 0
    for i in range(opening, len(code)):
        depth += {"{": 1, "}": -1}.get(code[i], 0)
        if depth == 0:
            return i
    return len(code)


def _in_brackets(code, opening):
    """The text of a bracket and all it holds."""
    depth = 0
    for i in range(opening, len(code)):
        depth += {"(": 1, ")": -1}.get(code[i], 0)
        if depth == 0:
            return code[opening:i]
    return code[opening:]


def _end_of_statement(code, position, open_brackets):
    """Where the statement ends that holds `position` inside so many open ( and [."""
    depth = open_brackets
    for i in range(position, len(code)):
        c = code[i]
        if depth == 0 and c in ";{}":
            return i
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(c, 0)
    return len(code)


def _statements_with_co_await(code):
    """Pairs (position of co_await, text of its whole statement). A brace inside ( ) belongs to the statement around it."""
    awaits = [m.start() for m in _CO_AWAIT.finditer(code)]
    found, stack, start = [], [], 0
    for i, c in enumerate(code):
        inside = bool(stack) and stack[-1][0] in "(["
        if awaits and i == awaits[0]:
            awaits.pop(0)
            brackets = 0
            while brackets < len(stack) and stack[-1 - brackets][0] in "([":
                brackets += 1
            found.append((i, code[start:_end_of_statement(code, i, brackets)]))
        if c in "([{":
            stack.append((c, start))
            if c == "{":
                start = i + 1
        elif c in ")]}" and stack:
            _, outer = stack.pop()
            if c == "}":
                start = outer if stack and stack[-1][0] in "([" else i + 1
        elif c == ";" and not inside:
            start = i + 1
    return found


def coroutines(name, text):
    """GCC 12 destroys capturing lambdas and braced temporaries twice when their full-expression holds a co_await, may put
    a temporary over `this` when a condition does, and may lay out a frame in two ways when an operand that is not always
    evaluated does: it is made in the one and run in the other."""
    code = code_only(text)
    complaints = []
    for position, statement in _statements_with_co_await(code):
        where = f"{name}:{line_of(code, position)}"
        if _CAPTURING.search(statement):
            complaints.append(f"{where}: a capturing lambda in an expression with co_await; name it on a line before")
        if _BRACED_ARGUMENT.search(statement):
            complaints.append(f"{where}: a braced temporary in an expression with co_await; name it on a line before")
    for match in _CONDITION.finditer(code):
        if _AWAITED_ARGUMENTS.search(_in_brackets(code, match.end() - 1)):
            complaints.append(f"{name}:{line_of(code, match.start())}: arguments to a co_await in a condition; name its result on a line before")
    for match in _MAYBE_AWAITED.finditer(code):
        complaints.append(f"{name}:{line_of(code, match.start())}: a co_await that depends on another operand; write an if around it")
    for match in _CAPTURING.finditer(code):
        opening = code.find("{", match.end())
        if opening < 0 or ";" in code[match.end():opening]:
            continue
        body = code[opening:_end_of_braces(code, opening)]
        if re.search(r"\bco_(?:await|return|yield)\b", body):
            complaints.append(f"{name}:{line_of(code, match.start())}: a coroutine lambda with captures; make it a function")
    return complaints


def length(name, text):
    lines = text.count("\n")
    if lines > LONGEST and name not in GENERATED:
        return [f"{name}:{LONGEST}: {lines} lines; no file here is longer than {LONGEST}, it holds two nouns"]
    return []


def first_lines(name, text):
    if not name.endswith(".hpp"):
        return []
    complaints = []
    if not text.startswith("// "):
        complaints.append(f"{name}:1: a header begins with a comment that says what it is for")
    if "\n#pragma once\n" not in text:
        complaints.append(f"{name}:1: a header has #pragma once")
    return complaints


def foreign_words(name, text):
    return [
        f"{name}:{line_of(text, m.start())}: {what}: {m.group(0)}"
        for pattern, what in FOREIGN
        for m in pattern.finditer(text)
    ]
