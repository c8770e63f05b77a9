"""Finds the code blocks of a Markdown page and the comment above each that says how it is tested (docs/development.md has the convention)."""
import dataclasses
import re
import shlex

DIRECTIVE = re.compile(r"^<!-- test: (?P<kind>[a-z]+)(?P<rest>.*?)-->$", re.DOTALL)
KINDS = {"run", "python", "file", "job", "output", "skip", "do"}


class BadPage(Exception):
    pass


@dataclasses.dataclass
class Block:
    page: str
    line: int  # of the first line of the block, from 1
    text: str
    kind: str = ""
    words: list = dataclasses.field(default_factory=list)
    options: dict = dataclasses.field(default_factory=dict)

    @property
    def place(self):
        return f"{self.page}:{self.line}"


def indented(line):
    return line.startswith("    ")


def end_of_indented(lines, begin):
    """One behind the last line of the block: empty lines belong to it only when more of it follows."""
    end = begin
    for at in range(begin, len(lines)):
        if indented(lines[at]):
            end = at + 1
        elif lines[at].strip():
            break
    return end


def end_of_fence(lines, begin, page):
    for at in range(begin + 1, len(lines)):
        if lines[at].strip() == "```":
            return at
    raise BadPage(f"{page}:{begin + 1}: a ``` that is not closed")


def directive(comment, page, line):
    match = DIRECTIVE.match(" ".join(comment.split()))
    if not match:
        return None
    kind, rest = match["kind"], match["rest"].strip()
    if kind not in KINDS:
        raise BadPage(f"{page}:{line}: unknown kind of test '{kind}'; there are {', '.join(sorted(KINDS))}")
    if kind in ("skip", "do"):
        return kind, [rest], {}
    words, options = [], {}
    for word in shlex.split(rest):
        name, is_option, value = word.partition("=")
        if is_option:
            options[name] = value
        else:
            words.append(word)
    return kind, words, options


def blocks_of(page, text):
    """All blocks in their order; one without a comment has the kind ""; a comment `do` is a block of its own, with its command as text."""
    lines = text.split("\n")
    found = []
    above = None  # the comment that waits for its block
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("<!--"):
            begin = at
            while "-->" not in lines[at]:
                at += 1
            made = directive("\n".join(lines[begin:at + 1]), page, begin + 1)
            if made and above:
                raise BadPage(f"{page}:{begin + 1}: the comment above this one has no block")
            if made and made[0] == "do":
                found.append(Block(page, begin + 1, made[1][0] + "\n", "do"))
            elif made:
                above = (*made, begin + 1)
            at += 1
            continue
        fence = line.startswith("```")
        if fence or (indented(line) and (at == 0 or not lines[at - 1].strip())):
            end = end_of_fence(lines, at, page) if fence else end_of_indented(lines, at)
            body = lines[at + 1:end] if fence else [kept[4:] for kept in lines[at:end]]
            block = Block(page, at + (2 if fence else 1), "\n".join(body) + "\n")
            if above:
                block.kind, block.words, block.options = above[:3]
            found.append(block)
            above = None
            at = end + 1 if fence else end
            continue
        if above and line.strip():
            raise BadPage(f"{page}:{above[3]}: a comment for a block, and no block below it")
        at += 1
    if above:
        raise BadPage(f"{page}:{above[3]}: a comment for a block, and no block below it")
    return found
