"""What holds for every file of the project: no path of one machine, no address of a package archive, one format."""

import difflib
import json
import re
import shutil

from sources import TOP
from suite import Failed, Once, Test, attempt, command

once = Once()

# Paths of one machine, and hosts of package archives. Written so that this file does not match itself.
MACHINE = re.compile(r'(?<![\w.])/(?:wor[k]|roo[t]|hom[e]|farm|User[s])/|https?://(?:deb|security|registry)\.')


def tests():
    yield Test('repository/no-path-of-one-machine', no_machine)
    yield Test('repository/the-pattern-finds-such-paths', pattern_finds)
    yield Test('repository/a-page-cannot-weaken-a-check', nothing_insecure)
    yield Test('repository/package-lock-names-no-archive', package_locks)
    for group in groups():
        yield Test(f'format/{group}', lambda g=group: formatted(g))


def files():
    """Tracked by git, or not tracked and not ignored."""

    def make():
        listed = command(['git', '-c', 'core.quotePath=false', 'ls-files', '-co', '--exclude-standard', '-z'], cwd=TOP).split('\0')
        return sorted(name for name in listed if name and (TOP / name).is_file())

    return once('files', make)


def no_machine():
    faults = []
    for name in files():
        content = (TOP / name).read_bytes()
        if b'\0' in content:
            continue
        for number, line in enumerate(content.decode(errors='replace').split('\n'), 1):
            faults += [f'{name}:{number}: {match[0]} in: {line.strip()[:200]}' for match in MACHINE.finditer(line)]
    if faults:
        raise Failed('\n'.join(faults))


def pattern_finds():
    slash = '/'
    for bad in ('work/main', 'root/.cache', 'home/someone/x', 'farm/x'):
        for before in ('', '"', '-I', '='):
            if before != '-I' and not MACHINE.search(before + slash + bad):
                raise Failed(f'{before}{slash}{bad} is not found')
    for host in ('deb', 'security', 'registry'):
        if not MACHINE.search(f'see https:{slash}{slash}{host}.example.org{slash}x'):
            raise Failed(f'{host}. is not found')
    for good in ('https://example.com/home/', '../work/x', 'homework/x', 'a/root/b', '/usr/include'):
        if MACHINE.search(good):
            raise Failed(f'{good} is refused')


def nothing_insecure():
    """What weakens a check is a type in namespace insecure, and no function of the package of WebAssembly names one."""
    names = [name for name in files() if re.match(r'wasm/(core|src|botan)/', name)]
    faults = [name for name in names if 'insecure' in (TOP / name).read_text()]
    if not any(name.endswith('exports.cpp') for name in names):
        raise Failed('the sources of the package were not found')
    if faults:
        raise Failed(f'namespace insecure is reached by: {" ".join(faults)}')


def package_locks():
    faults = []

    def walk(name, value):
        if isinstance(value, dict):
            faults.extend(f'{name}: "resolved": {text!r}' for key, text in value.items() if key == 'resolved' and isinstance(text, str))
            for part in value.values():
                walk(name, part)

    for name in files():
        if name.rpartition('/')[2] in ('package-lock.json', 'npm-shrinkwrap.json'):
            walk(name, json.loads((TOP / name).read_text()))
    if faults:
        raise Failed('\n'.join(faults[:20]) + '\nwrite package-lock.json with `npm install --omit-lockfile-registry-resolved`')


# --- Format --------------------------------------------------------------------------------------------------------------------


def groups():
    """A room with its .ipp and its tests; every other folder with C++ in it by itself."""
    rooms = {}
    for name in files():
        if re.search(r'\.(cpp|hpp|ipp|h)$', name) and not name.startswith('subprojects/'):
            parts = name.removeprefix('include/calimatic/').removeprefix('impl/').removeprefix('tests/').split('/')
            rooms.setdefault('top' if len(parts) == 1 else parts[0], []).append(name)
    return rooms


def formatted(group):
    program = shutil.which('clang-format-14') or shutil.which('clang-format')
    if not program:
        raise Failed('clang-format is not installed')
    version = command([program, '--version']).strip()
    faults = []
    for name in groups()[group]:
        status, wanted = attempt([program, f'--assume-filename={name}', TOP / name], cwd=TOP)
        if status != 0:
            raise Failed(wanted)
        found = (TOP / name).read_text()
        if found != wanted:
            difference = list(difflib.unified_diff(found.split('\n'), wanted.split('\n'), name, f'{name}, formatted', lineterm='', n=0))
            faults += [*difference[:12], *([f'... and {len(difference) - 12} lines more'] if len(difference) > 12 else [])]
    if faults:
        raise Failed('\n'.join(faults) + f'\nformat with: clang-format -i FILE ({version}; written for version 14)')
