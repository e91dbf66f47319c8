"""Runs the suites and counts. The last line is `N passed, N failed`; what cannot run, crashes or runs nothing has failed."""

import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree

TOP = pathlib.Path(__file__).resolve().parent.parent
TIME_LIMIT = 1800  # seconds for one program: nothing may hang a build server


@dataclasses.dataclass
class Count:
    passed: int = 0
    failed: int = 0

    def __add__(self, other):
        return Count(self.passed + other.passed, self.failed + other.failed)

    def __str__(self):
        return f'{self.passed} passed, {self.failed} failed'


class CannotRun(Exception):
    pass


def say(text):
    print(text, flush=True)


def jobs():
    """As many compilers as there are cores, but no more than the memory holds: a big file takes 1.5 GB."""
    memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES')
    return max(1, min(os.cpu_count() or 1, memory // 1_500_000_000))


# --- Building ------------------------------------------------------------------------------------------------------------------


def configure(name, options):
    """Configures build/<name> with Meson, unless it is already configured in this way."""
    directory = TOP / 'build' / name
    command = ['meson', 'setup', str(directory), str(TOP), '-Dwerror=true', *options]
    used = shlex.join([os.environ.get('CXX', ''), *command])
    stamp = directory / 'configured-with.txt'
    if (directory / 'build.ninja').exists() and stamp.exists() and stamp.read_text() == used:
        # Configured anew if a meson.build has changed.
        finished = subprocess.run(['ninja', '-C', str(directory), 'build.ninja'], cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if finished.returncode == 0:
            return directory
        raise CannotRun(f'{finished.stdout}\nbuild/{name} could not be configured (above)')
    say(f'Configuring build/{name}')
    if (directory / 'meson-private').exists():
        command.append('--wipe')
    finished = subprocess.run(command, cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if finished.returncode != 0:
        raise CannotRun(f'{finished.stdout}\nbuild/{name} could not be configured (above)')
    stamp.write_text(used)
    return directory


def build(directory, targets=()):
    say(f'Building build/{directory.name} {" ".join(targets)}'.rstrip())
    if subprocess.run(['ninja', '-C', str(directory), f'-j{jobs()}', *targets], cwd=TOP).returncode != 0:
        raise CannotRun(f'build/{directory.name} could not be built (above)')


def targets(directory):
    listed = subprocess.run(['meson', 'introspect', '--targets', str(directory)], cwd=TOP, stdout=subprocess.PIPE, check=True).stdout
    return json.loads(listed)


# --- Unit tests ----------------------------------------------------------------------------------------------------------------


UNIT = ['-Dtests=enabled', '-Dexamples=disabled', '-Dbuildtype=debug']


def unit(arguments):
    """Arguments: rooms (all, if none is named), then whatever Catch2 takes, such as the name of a test or a [tag]."""
    return run_rooms(configure('unit', UNIT), arguments)


def sanitize(arguments):
    """The same tests with the address and undefined behaviour sanitizers."""
    return run_rooms(configure('sanitize', [*UNIT, '-Ddebug=false', '-Dcpp_args=-g1', '-Db_sanitize=address,undefined']), arguments)


def wasm_unit(arguments):
    """The same tests compiled to WebAssembly, where a size has 32 bits, and run in Node.js."""
    cross = ['--cross-file', 'wasm/emscripten.ini', '-Dtests=enabled', '-Dexamples=disabled', '-Doptimization=1', '-Ddebug=false']
    return run_rooms(configure('wasm-unit', cross), arguments)


def run_rooms(directory, arguments):
    rooms = {}
    for target in targets(directory):
        if target['type'] == 'executable' and target['name'].startswith('test_'):
            rooms[target['name'].removeprefix('test_')] = target['filename'][0]
    listed = (TOP / 'tests/meson.build').read_text()
    folders = [TOP / 'tests' / room.name for room in sorted((TOP / 'include/calimatic').iterdir()) if room.is_dir()]
    forgotten = [
        str(file.relative_to(TOP))
        for folder in [*folders, TOP / 'wasm/tests/core']
        for file in sorted(folder.rglob('*.cpp'))
        if f"'{os.path.relpath(file, TOP / 'tests')}'" not in listed
    ]
    if forgotten:
        raise CannotRun('in no list of tests/meson.build: ' + ', '.join(forgotten))
    chosen = []
    while arguments and arguments[0] in rooms:
        chosen.append(arguments.pop(0))
    chosen = chosen or list(rooms)
    if not chosen:
        raise CannotRun('tests/meson.build lists no test')
    build(directory, [str(pathlib.Path(rooms[room]).relative_to(directory)) for room in chosen])

    total = Count()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {pool.submit(run_catch2, rooms[room], arguments): room for room in chosen}
        for done in concurrent.futures.as_completed(running):
            count, output, seconds = done.result()
            total += count
            say(f'  {running[done]:12} {count} ({seconds:.1f} s)')
            if count.failed:
                say(output)
    return total


def run_catch2(program, arguments):
    start = time.monotonic()
    program = ['node', program] if program.endswith('.js') else [program]

    def listed(selection):
        command = [*program, '--list-tests', '--verbosity', 'quiet', *selection]
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=60).stdout.splitlines()

    excused = listed(['[.],[!shouldfail],[!mayfail]'])
    if excused:
        return Count(0, len(excused)), 'hidden, or allowed to fail: ' + ', '.join(excused), 0.0
    expected = len(listed(arguments))
    if expected == 0:
        return Count(0, 0 if arguments else 1), 'no test in it', 0.0
    environment = {
        'ASAN_OPTIONS': 'detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1',
        'UBSAN_OPTIONS': 'print_stacktrace=1',
        **os.environ,
    }
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / 'report.xml'
        command = [*program, '--reporter', 'console', '--reporter', f'xml::out={report}', '--warn', 'NoAssertions', *arguments]
        try:
            finished = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace', timeout=TIME_LIMIT)
            status, output = finished.returncode, finished.stdout
        except subprocess.TimeoutExpired as late:
            status, output = -signal.SIGKILL, f'{(late.stdout or b"").decode(errors="replace")}\nstill running after {TIME_LIMIT} s, ended'
        passed = len(re.findall(r'<OverallResult success="true" skips="0"', report.read_text(errors='replace'))) if report.exists() else 0
    failed = max(expected - passed, 0 if status == 0 else 1)
    if status < 0:
        output += f'\nended by {signal.Signals(-status).name}'
    elif failed:
        output += f'\n{passed} of {expected} passed, exit code {status}'
    return Count(passed, failed), output, time.monotonic() - start


# --- Suites that are programs of their own -------------------------------------------------------------------------------------


def script(path, *needs):
    """A program that prints its progress and ends with the line `N passed, N failed`. What it needs of build/unit is built first. It finds
    the flags of the header-only library in CALIMATIC_CXXFLAGS and CALIMATIC_LIBS, and the folder of what was built in CALIMATIC_BUILD."""

    def run(arguments):
        if not (TOP / path).exists():
            raise CannotRun(f'{path} does not exist')
        interpreter = {'.py': [sys.executable], '.mjs': ['node']}.get(pathlib.Path(path).suffix, [])
        directory = configure('unit', UNIT)
        environment = {**os.environ, **flags(directory, needs), 'CALIMATIC_BUILD': str(directory)}
        return count_last_line([*interpreter, str(TOP / path), *arguments], environment)

    return run


def flags(directory, needs):
    include, library = '', ''
    for target in targets(directory):
        if target['name'] == 'botan-3':  # else it is the system's
            path = pathlib.Path(target['filename'][0])
            needs = [*needs, str(path.relative_to(directory))]
            include, library = f'-isystem {path.parent}/build/include/public', str(path)
    if not library:
        include, library = (subprocess.check_output(['pkg-config', option, 'botan-3'], text=True).strip() for option in ('--cflags', '--libs'))
    if needs:
        build(directory, needs)
    return {'CALIMATIC_CXXFLAGS': f'-std=c++20 -I{TOP}/include {include}', 'CALIMATIC_LIBS': f'{library} -lboost_url -lboost_json -pthread'}


def count_last_line(command, environment):
    process = subprocess.Popen(
        command, cwd=TOP, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace', start_new_session=True
    )
    timer = threading.Timer(TIME_LIMIT, os.killpg, (process.pid, signal.SIGKILL))
    timer.start()
    last = ''
    for line in process.stdout:
        print('  ' + line, end='', flush=True)
        last = line.strip() or last
    status = process.wait()
    timer.cancel()
    line = re.fullmatch(r'(\d+) passed, (\d+) failed', last)
    if not line:
        raise CannotRun(f'{shlex.join(command)} ended with code {status} and without its line `N passed, N failed`')
    count = Count(int(line[1]), int(line[2]))
    if count.failed == 0 and (status != 0 or count.passed == 0):
        raise CannotRun(f'{shlex.join(command)} ended with code {status} and {count}')
    return count


def program(target):
    """A program of build/unit that ends with that line."""

    def run(arguments):
        directory = configure('unit', UNIT)
        build(directory, [target])
        return count_last_line([str(directory / target), *arguments], os.environ)

    return run


EXAMPLES = ['-Dtests=disabled', '-Dexamples=enabled', '-Dbuildtype=debug']


def examples(arguments):
    """Every example compiles, and the servers of examples/spa do what a page needs."""
    directory = configure('examples', EXAMPLES)
    programs = [target['name'] for target in targets(directory) if target['type'] == 'executable']
    forgotten = [file.name for file in (TOP / 'examples').glob('*.cpp') if file.stem not in programs]
    if forgotten or not programs:
        raise CannotRun(f'in no list of examples/meson.build: {", ".join(forgotten) or "any example"}')
    build(directory)
    servers = count_last_line(['node', str(TOP / 'tests/examples/servers.mjs'), str(directory / 'examples')], os.environ)
    return Count(passed=len(programs)) + servers


def package():
    if subprocess.run([str(TOP / 'wasm/build')], cwd=TOP).returncode != 0:
        raise CannotRun('the package could not be built (above)')


def wasm(arguments):
    """Arguments: words of the names of files in wasm/tests/node."""
    package()
    # What recordings are made with.
    directory = configure('unit', UNIT)
    build(directory, [f'wasm/tests/recordings/{file.stem}' for file in sorted((TOP / 'wasm/tests/recordings').glob('record.cpp'))])
    return count_last_line(['node', str(TOP / 'wasm/tests/run.mjs'), *arguments], os.environ)


def browser(arguments):
    """Arguments: words of test names; without any, the package is also installed into empty projects."""
    package()
    directory = configure('examples', EXAMPLES)
    build(directory, ['examples/platform_server', 'examples/spa'])
    folder = TOP / 'wasm/tests'
    count = count_last_line(['node', str(folder / 'browser/run.mjs'), *arguments], os.environ)
    if not arguments:
        for project in ('vite', 'react'):
            count += count_last_line(['node', str(folder / f'packaging/{project}.mjs'), str(directory / 'examples')], os.environ)
    return count


# --- The suites ----------------------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Suite:
    run: object
    shows: str
    on_demand: bool = False


INTEROP = [f'tests/interop/interop_{name}' for name in ('flows', 'two_processes', 'kept_session', 'console_login')]

SUITES = {
    'unit': Suite(unit, 'the tests of each room; arguments: rooms, then those of Catch2'),
    'sanitize': Suite(sanitize, 'the same with address and undefined behaviour sanitizers'),
    'wasm-unit': Suite(wasm_unit, 'the same in WebAssembly, in Node.js, for the rooms that a page has', on_demand=True),
    'build': Suite(script('tests/build/run.py'), 'headers alone, layering, two translation units, no exceptions'),
    'interop': Suite(script('tests/interop/run.mjs', *INTEROP), 'against the npm package oidc-provider, over real HTTP; arguments: words of test names'),
    'fuzz': Suite(script('tests/fuzz/run.py'), 'libFuzzer on every parser and machine, briefly; arguments: targets, --seconds N, or a target and a file'),
    'simulation': Suite(program('tests/simulation/simulation'), 'whole lives of sessions over random schedules; arguments: --seeds N, or --seed S for one life with its log'),
    'interleavings': Suite(program('tests/simulation/shared_sessions'), 'everything that can happen to processes that share a session, in every order; arguments: --all'),
    'wasm': Suite(wasm, 'the package of WebAssembly in Node.js; arguments: words of the names of files'),
    'browser': Suite(browser, 'whole sign-ins in headless Chromium, and the package in projects of npm; arguments: words of test names'),
    'examples': Suite(examples, 'every example compiles; the servers of examples/spa'),
}


def main(words):
    if words and words[0] == '--list':
        for name, suite in SUITES.items():
            say(f'{name:12} {suite.shows}{" (on demand)" if suite.on_demand else ""}')
        return 0
    if words and words[0] not in SUITES:
        say(f'no suite is called {words[0]} (known: {" ".join(SUITES)})\n{Count(failed=1)}')
        return 1
    chosen = []
    for word in words:
        if word in SUITES:
            chosen.append((word, []))
        else:
            chosen[-1][1].append(word)
    chosen = chosen or [(name, []) for name, suite in SUITES.items() if not suite.on_demand]

    counts = {}
    for name, arguments in chosen:
        say(f'=== {name}')
        try:
            count = SUITES[name].run(arguments)
            if count == Count():
                raise CannotRun('nothing was run')
        except (CannotRun, OSError, subprocess.SubprocessError) as reason:
            say(f'{name}: {reason}')
            count = Count(failed=1)
        counts[name] = counts.get(name, Count()) + count
    say('=== all')
    for name, count in counts.items():
        say(f'  {name:12} {count}')
    total = sum(counts.values(), Count())
    say(str(total))
    return 1 if total.failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
