"""The files of include/calimatic and what they include."""

import functools
import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
INCLUDE = TOP / 'include'
ROOT = INCLUDE / 'calimatic'


def all_files():
    """Every header and .ipp, as 'oauth/pkce.hpp'."""
    return sorted(str(path.relative_to(ROOT)) for suffix in ('hpp', 'ipp') for path in ROOT.rglob('*.' + suffix))


def room(name):
    """'core', or 'impl/core' for its .ipp, or '' for auth.hpp and src.hpp."""
    return name.rpartition('/')[0]


def public_headers():
    """What a user may include: all but impl/ and src.hpp."""
    return [name for name in all_files() if not name.startswith('impl/') and name != 'src.hpp']


@functools.cache
def text(name):
    return (ROOT / name).read_text()


@functools.cache
def code(name):
    """The text without comments and without the contents of literals, line for line."""
    return without_comments(text(name), keep_literals=False)


TOKENS = re.compile(r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)


def without_comments(source, keep_literals):
    def replaced(match):
        token = match[0]
        if token.startswith('/'):
            return '\n' * token.count('\n')
        if token.startswith("'") and re.search(r'[0-9a-fA-F]$', source[: match.start()]) and re.match(r"'[0-9a-fA-F']+'?", token):
            return token  # a digit separator
        return token if keep_literals else '""' + '\n' * token.count('\n')

    def line(text):  # an include's name is no literal
        return re.match(r'\s*#\s*include', text)

    lines = source.split('\n')
    if keep_literals or not any(line(text) for text in lines):
        return TOKENS.sub(replaced, source)
    kept = {number: TOKENS.sub(lambda m: '' if m[0].startswith('/') else m[0], text) for number, text in enumerate(lines) if line(text)}
    result = TOKENS.sub(replaced, '\n'.join('' if number in kept else text for number, text in enumerate(lines))).split('\n')
    for number, text in kept.items():
        result[number] = text
    return '\n'.join(result)


@functools.cache
def includes(name):
    """Its #include lines as (line number, what is between the brackets with them, the conditions that it stands under)."""
    found, conditions = [], []
    for number, line in enumerate(code(name).split('\n'), 1):
        if match := re.match(r'\s*#\s*(if|ifdef|ifndef)\b(.*)', line):
            conditions.append(match[1].removeprefix('if') + match[2].strip())
        elif re.match(r'\s*#\s*(else|elif)\b', line):
            conditions[-1] = f'not {conditions[-1]}'
        elif re.match(r'\s*#\s*endif\b', line):
            conditions.pop()
        elif match := re.match(r'\s*#\s*include\s*(<[^>]*>|"[^"]*"|\S+)', line):
            found.append((number, match[1], tuple(conditions)))
    return found


def own_includes(name, header_only):
    """The files of ours that a file includes directly."""
    return [
        header[len('<calimatic/') : -1]
        for _, header, conditions in includes(name)
        if header.startswith('<calimatic/') and (header_only or not header.endswith('.ipp>'))
    ]


def closure(names, header_only):
    """The files of ours that come with these, themselves included."""
    seen, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in seen and (ROOT / name).exists():
            seen.add(name)
            waiting += own_includes(name, header_only)
    return seen


def foreign_includes(names):
    """The headers of others that these files name: the standard library's, the system's, third parties'."""
    return sorted({header[1:-1] for name in names for _, header, _ in includes(name) if header.startswith('<') and not header.startswith('<calimatic/')})
