"""Every code block of the README is compiled and run, and what it says to print is what it prints.

These fences are known: cpp, meson (the build file of a program with the library in its subprojects/ folder), cmake (the CMakeLists.txt of one that
finds what was installed), sh, text, ts; any other fails. A comment right before a block says how to treat it, as `key: value` pairs with commas between
them, such as <!-- example: fragment, needs: errors -->:

  name: NAME              so that `output of` can name it
  example: fragment       cpp: not a whole program (one with `int main`, the default) but the inside of tests/build/readme/NEEDS.cpp
                          ts: not a whole program (the default) but the inside of tests/build/readme/typescript/NEEDS.ts
  needs: NEEDS            fragments: that file, which has the line #include "fragment.inc", or in TypeScript // fragment
  arguments: WORDS        cpp programs
  run: with provider      cpp programs: there is a provider on loopback, and a person who opens the address that the program prints, signs in, and types
                          the address of the redirect into the program. The arguments, unless given, are `{issuer} {client_id}`
  run: never              with `because: REASON`: cpp is compiled all the same, the programs of sh exist
  output of: NAME         text: what that block (or `previous`) prints on its standard output; `...` stands for anything
  shows: WHAT             text: something that no block prints"""

import dataclasses
import os
import re
import shlex

import packaging
from compilers import HERE, WARNINGS, WORK, command, compile_to, compiled_library, compiler, environment, generated, libraries, link, mode, once
from sources import TOP
from suite import Failed, Test, attempt

KEYS = {
    'cpp': {'name', 'example', 'needs', 'arguments', 'run', 'because'},
    'sh': {'name', 'run', 'because'},
    'text': {'name', 'output of', 'shows'},
    'meson': {'name'},
    'cmake': {'name'},
    'ts': {'name', 'example', 'needs'},
}
FIXTURES = HERE / 'readme'


@dataclasses.dataclass
class Block:
    file: str
    line: int  # of the first line within the fence
    fence: str
    text: str
    options: dict
    problem: str | None = None
    previous: object = None

    def __str__(self):
        return f'{self.file}:{self.line}/{self.fence or "no-fence"}'


def tests():
    pages = sorted(
        name
        for name in command(['git', 'ls-files', '-co', '--exclude-standard', '--', '*.md'], cwd=TOP).split('\n')
        if name and not name.startswith('tests/build/readme/') and (TOP / name).exists()
    )
    if 'README.md' not in pages:
        yield Test('readme/README.md/exists', lambda: fail('there is no README.md'))
    for page in pages:
        blocks = extract(page, (TOP / page).read_text())
        if page == 'README.md' and not any(block.fence == 'cpp' for block in blocks):
            yield Test('readme/README.md/has-code', lambda: fail('README.md has no cpp block'))
        for block in blocks:
            yield Test(f'readme/{block}', lambda b=block, all_blocks=blocks: run(b, all_blocks))
    yield from own_tests()


def fail(text):
    raise Failed(text)


# --- Extracting ----------------------------------------------------------------------------------------------------------------


def extract(file, text):
    """The blocks of a page, in order. What is wrong with one stands in its `problem`."""
    blocks, comments, lines = [], [], text.split('\n')
    position = 0
    while position < len(lines):
        line = lines[position]
        if fence := re.match(r'( *)(`{3,}|~{3,})\s*(.*)$', line):
            indent, mark, info = fence.groups()
            end = next((i for i in range(position + 1, len(lines)) if re.fullmatch(rf' *{mark[0]}{{{len(mark)},}}\s*', lines[i])), None)
            body = lines[position + 1 : end if end is not None else len(lines)]
            body = '\n'.join(part[len(indent) :] if part.startswith(indent) else part.lstrip() for part in body) + '\n'
            options, problem = read_options(' , '.join(comments))
            block = Block(file, position + 2, info.strip(), body, options, problem, blocks[-1] if blocks else None)
            block.problem = problem or what_is_wrong(block) or ('the fence is not closed' if end is None else None)
            blocks.append(block)
            position = end if end is not None else len(lines)
            comments = []
        elif comment := re.match(r'\s*<!--(.*)', line):
            content = comment[1]
            while '-->' not in content and position + 1 < len(lines):
                position += 1
                content += ' ' + lines[position].strip()
            comments.append(content.partition('-->')[0].strip())
        elif line.strip():
            comments = []
        position += 1
    return blocks


def read_options(text):
    options = {}
    if not text:
        return options, None
    parts = re.split(r'(?:^|,)\s*([a-z][a-z ]*):\s*', text)
    if parts[0].strip():
        return options, f'the comment before the block is not made of `key: value` pairs: {text}'
    for key, value in zip(parts[1::2], parts[2::2]):
        if key in options:
            return options, f'{key} is said twice'
        options[key] = value.strip().rstrip(',').strip()
    return options, None


def what_is_wrong(block):
    options = block.options
    if block.fence not in KEYS:
        return f"the fence '{block.fence}' is not known"
    if unknown := set(options) - KEYS[block.fence]:
        return f'a {block.fence} block has no option {sorted(unknown)[0]}'
    if block.fence == 'text' and ('output of' in options) == ('shows' in options):
        return 'say what the text is: `output of: NAME`, or `shows: WHAT`'
    if options.get('run', 'never') not in ('never', 'with provider'):
        return 'a block is run, unless `run:` is `never` or `with provider`'
    if (options.get('run') == 'never') != bool(options.get('because')):
        return '`run: never` and `because:` go together'
    if block.fence == 'ts' and ('example' in options or 'needs' in options):
        if options.get('example') == 'fragment' and (FIXTURES / 'typescript' / f'{options.get("needs")}.ts').exists():
            return None
        return f'a fragment `needs:` one of {" ".join(sorted(path.stem for path in (FIXTURES / "typescript").glob("*.ts")))}'
    if block.fence != 'cpp':
        return 'only a cpp program is run with a provider' if options.get('run') == 'with provider' else None
    whole = re.search(r'\bint main\s*\(', block.text) is not None
    if options.get('example', 'program') not in ('fragment', 'program'):
        return '`example:` is `fragment` or `program`'
    if options.get('example') == 'fragment':
        if whole:
            return 'this is a whole program, not a fragment'
        if 'arguments' in options or options.get('run') == 'with provider':
            return 'a fragment has neither arguments nor a provider but those of its surroundings'
        if not (FIXTURES / f'{options.get("needs")}.cpp').exists():
            known = sorted(path.stem for path in FIXTURES.glob('*.cpp'))
            return f'a fragment `needs:` one of the surroundings of tests/build/readme: {" ".join(known)}'
    elif 'needs' in options:
        return 'only a fragment needs surroundings'
    elif not whole:
        return 'a block without `int main` is marked `example: fragment, needs: NAME`'
    return None


# --- Running -------------------------------------------------------------------------------------------------------------------


def run(block, blocks):
    """Runs a block, or checks what a text block says of another."""
    if block.problem:
        raise Failed(f'{block.file}:{block.line - 1}: {block.problem}')
    if block.fence == 'text':
        check_output(block, blocks)
    else:
        output_of(block)


def output_of(block):
    runners = {'cpp': run_cpp, 'meson': run_meson, 'cmake': run_cmake, 'sh': run_sh, 'ts': run_ts}
    return once(f'{block.file}:{block.line}', lambda: runners[block.fence](block))


def run_meson(block):
    project = '' if 'project(' in block.text else "project('of-the-readme', 'cpp', default_options: ['cpp_std=c++20', 'buildtype=plain'])\n"
    packaging.project_of(name_of(block), project + block.text)


def run_cmake(block):
    prefix = packaging.installed('installed')
    packaging.built(prefix, packaging.cmake_project(name_of(block), block.text, prefix))


def run_ts(block):
    """The line of a type error is that of the page. What imports the package of WebAssembly gets the one that wasm/build makes."""
    text = '\n' * (block.line - 1) + block.text
    if 'needs' in block.options:
        surroundings = (FIXTURES / 'typescript' / f'{block.options["needs"]}.ts').read_text()
        imports = re.findall(r'^import .*\n', block.text, re.MULTILINE)
        text = ''.join(imports) + surroundings.replace('// fragment\n', re.sub(r'^import .*\n', '', block.text, flags=re.MULTILINE))
    if 'calimatic-auth' in text:
        once('the package of WebAssembly', lambda: command([TOP / 'wasm/build'], limit=1200, cwd=TOP))
    return output(['node', FIXTURES / 'typescript' / 'run.mjs', generated(f'{name_of(block)}.ts', text)], limit=120)


def name_of(block):
    return f'readme-{re.sub(r"[^A-Za-z0-9]+", "-", block.file)}-{block.line}'


def run_cpp(block):
    program = compile_cpp(block)
    if block.options.get('run') == 'never':
        return None
    if block.options.get('run') == 'with provider':
        arguments = shlex.split(block.options.get('arguments', '{issuer} {client_id}'))
        return output(['node', FIXTURES / 'with_provider.mjs', program, *arguments], limit=120)
    return output([program, *shlex.split(block.options.get('arguments', ''))], limit=60)


def compile_cpp(block):
    """A whole program is compiled as its reader would, header-only. A fragment is put into its surroundings, and linked with the library compiled once."""
    name, fragment = name_of(block), block.options.get('example') == 'fragment'
    at = f'#line {block.line} "{block.file}"\n'
    flags = [*compiler('gcc'), '-O0', *shlex.split(environment('CALIMATIC_CXXFLAGS')), *mode(fragment, 'botan'), *WARNINGS, f'-I{TOP}/tests']
    if fragment:
        includes, body = [], []
        for line in block.text.split('\n'):
            is_include = re.match(r'\s*#\s*include\b', line)
            includes.append(line if is_include else '')
            body.append('' if is_include else line)
        generated(f'{name}/fragment_includes.inc', at + '\n'.join(includes))
        source, folder = FIXTURES / f'{block.options["needs"]}.cpp', generated(f'{name}/fragment.inc', at + '\n'.join(body)).parent
        flags += [f'-I{folder}', '-Wno-shadow', '-Wno-unused-variable', '-Wno-unused-but-set-variable', '-Wno-unused-function']
    else:
        source = generated(f'{name}.cpp', at + block.text)
    found = WORK / 'objects' / f'{name}.o'
    found.parent.mkdir(parents=True, exist_ok=True)
    command([*flags, *compile_to(source, found)], cwd=TOP)
    libs = libraries('botan', boost_json=not fragment) + (['-lcurl'] if re.search(r'#\s*include\s*[<"](curl/|.*curl)', block.text) else [])
    return link(name, 'gcc', [found, *([compiled_library('gcc', 'botan')] if fragment else [])], libs)


def run_sh(block):
    if block.options.get('run') == 'never':
        command(['bash', '-n', '-c', block.text], cwd=TOP)
        for word in re.findall(r'(?:^|[\s;&|(])(\./[\w./-]+)', block.text):
            if not os.access(TOP / word, os.X_OK):
                raise Failed(f'{block.file}:{block.line}: {word} does not exist, or cannot be executed')
        return None
    return output(['bash', '-euo', 'pipefail', '-c', block.text], limit=600, env={**os.environ, 'CALIMATIC_README': 'yes'})


def output(words, limit, **options):
    """What a program prints on its standard output. What it says on the other is shown if it fails."""
    errors = WORK / 'readme-errors' / f'{abs(hash(tuple(map(str, words))))}.txt'
    errors.parent.mkdir(parents=True, exist_ok=True)
    with errors.open('w') as stream:
        status, text = attempt(words, limit, cwd=TOP, stderr=stream, **options)
    said = errors.read_text()
    errors.unlink()
    if status != 0:
        raise Failed(f'{text}{said}\nexit code {status}: {shlex.join(map(str, words))}')
    return text


def check_output(block, blocks):
    if 'shows' in block.options:
        return
    wanted = block.options['output of']
    if wanted == 'previous':
        source = block.previous
        while source and source.fence == 'text':
            source = source.previous
    else:
        source = next((other for other in blocks if other.options.get('name') == wanted), None)
    if source is None or source.fence == 'text':
        raise Failed(f'{block.file}:{block.line}: no block is called {wanted}')
    if source.problem or source.options.get('run') == 'never':
        raise Failed(f'{block.file}:{block.line}: the block that this is the output of is not run')
    printed = output_of(source)
    pattern = r'\n'.join(r'(.*\n)*?.*' if line.strip() == '...' else re.escape(line.rstrip()).replace(r'\.\.\.', '.*') for line in block.text.rstrip().split('\n'))
    if not re.fullmatch(pattern, '\n'.join(line.rstrip() for line in printed.rstrip().split('\n'))):
        raise Failed(f'{block.file}:{block.line}: this says\n{block.text}\nbut {source} prints\n{printed}')


# --- Its own tests -------------------------------------------------------------------------------------------------------------


def own_tests():
    """good.md, each block of which passes, and bad.md, each block of which fails with the words of the heading above it."""
    good = extract('tests/build/readme/good.md', (FIXTURES / 'good.md').read_text())
    for block in good:
        yield Test(f'readme-runner/good/{block.line}/{block.fence}', lambda b=block: run(b, good))
    page = (FIXTURES / 'bad.md').read_text()
    bad = extract('tests/build/readme/bad.md', page)
    headings = [(number, line[3:].strip()) for number, line in enumerate(page.split('\n'), 1) if line.startswith('## ')]
    for number, heading in headings:
        end = min((other for other, _ in headings if other > number), default=len(page))
        blocks = [block for block in bad if number < block.line < end]
        yield Test(f'readme-runner/bad/{heading}', lambda b=blocks, h=heading: refuses(b, h))


def refuses(blocks, words):
    """The last block under the heading is the one that fails. LINE in the heading is that of its first line."""
    if not blocks:
        raise Failed('there is no block under this heading')
    words = words.replace('LINE', str(blocks[-1].line))
    try:
        run(blocks[-1], blocks)
    except Failed as reason:
        if words not in str(reason):
            raise Failed(f'it failed for another reason:\n{reason}') from None
        return
    raise Failed('nothing was found wrong with it')
