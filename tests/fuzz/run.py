#!/usr/bin/env python3
"""Fuzzing with libFuzzer: ./tests/run fuzz [NAME ...] [--seconds N]; ./tests/run fuzz NAME FILE runs one input again.

Every target is a test; it passes if nothing that it requires was broken. What breaks it is kept in build/fuzz/failures. The last line is
`N passed, N failed`; what cannot run has failed."""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
WORK = TOP / 'build' / 'fuzz'
PROGRAM = WORK / 'program'
SANITIZERS = '-fsanitize=address,undefined'
FLAGS = ['-std=c++20', '-O1', '-g1', '-fno-omit-frame-pointer', '-fno-sanitize-recover=all', SANITIZERS, '-DCALIMATIC_SEPARATE_COMPILATION', '-DCALIMATIC_LINK_BOOST_JSON']
WARNINGS = ['-Wall', '-Wextra', '-Wconversion', '-Wshadow', '-Werror']
BRIEF = 1  # seconds for each target where nothing else is said
LONGEST_INPUT = 4096

os.environ.setdefault('CCACHE_DEPEND', '1')


class Failed(Exception):
    """The text is all that a person needs to see."""


def attempt(words, limit=900, **options):
    words = [str(word) for word in words]
    try:
        finished = subprocess.run(words, cwd=TOP, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace', timeout=limit, **options)
    except subprocess.TimeoutExpired as late:
        return -9, f'{(late.stdout or b"").decode(errors="replace")}\nstill running after {limit} s, ended: {shlex.join(words)}'
    except OSError as reason:
        return 1, f'{shlex.join(words)}: {reason}'
    return finished.returncode, finished.stdout


def command(words, **options):
    status, output = attempt(words, **options)
    if status != 0:
        raise Failed(f'{output}\nexit code {status}: {shlex.join(map(str, words))}')
    return output


# --- Building ------------------------------------------------------------------------------------------------------------------


def build():
    """One program: the library, compiled once, and a file for each group of targets. Boost.JSON is apart, because it never changes."""
    WORK.mkdir(parents=True, exist_ok=True)
    libraries = [generated('library.cpp', '#include <calimatic/src.hpp>\n'), generated('boost_json.cpp', '#include <boost/json/src.hpp>\n')]
    sources = [*libraries, *sorted(HERE.glob('*.cpp'), key=lambda path: -path.stat().st_size)]
    with concurrent.futures.ThreadPoolExecutor(workers()) as pool:
        objects = list(pool.map(compile_one, sources))
    libs = [word for word in shlex.split(os.environ['CALIMATIC_LIBS']) if word != '-lboost_json']
    command(['clang++', '-fsanitize=fuzzer', SANITIZERS, *objects, '-o', PROGRAM, *libs])


def generated(name, text):
    path = WORK / name
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
    return path


def compile_one(source):
    output = WORK / (source.stem + '.o')
    ccache = ['ccache'] if shutil.which('ccache') else []
    warnings = WARNINGS if source.parent == HERE else []
    words = [*FLAGS, *warnings, '-fsanitize=fuzzer-no-link', f'-I{TOP}/tests', *shlex.split(os.environ['CALIMATIC_CXXFLAGS'])]
    command([*ccache, 'clang++', *words, '-MD', '-MF', output.with_suffix('.d'), '-c', source, '-o', output])
    return output


def workers():
    return min(2, os.cpu_count() or 1)


# --- Running -------------------------------------------------------------------------------------------------------------------


def environment(name):
    return {
        **os.environ,
        'CALIMATIC_FUZZ': name,
        'ASAN_OPTIONS': 'detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1:allocator_may_return_null=1',
        'UBSAN_OPTIONS': 'print_stacktrace=1',
    }


def run_target(name, seconds):
    """What was found in a long run is kept in build/fuzz/found and is where the next one begins."""
    failures = WORK / 'failures'
    failures.mkdir(parents=True, exist_ok=True)
    folders = [WORK / 'corpus' / name, HERE / 'corpus' / name]
    if seconds:
        folders.insert(0, WORK / 'found' / name)
    folders[0].mkdir(parents=True, exist_ok=True)  # libFuzzer writes into the first
    before = set(failures.glob(f'{name}-*'))
    options = {
        'max_total_time': seconds or BRIEF,
        'max_len': LONGEST_INPUT,
        'timeout': 20,
        'rss_limit_mb': 1500,
        'malloc_limit_mb': 300,
        'dict': HERE / 'dictionary.txt',
        'artifact_prefix': f'{failures.relative_to(TOP)}/{name}-',
        'print_final_stats': 1,
        'verbosity': 1,
    }
    words = [PROGRAM, *(f'-{key}={value}' for key, value in options.items()), *(folder for folder in folders if folder.is_dir())]
    status, output = attempt(words, limit=(seconds or BRIEF) + 300, env=environment(name))
    runs = re.search(r'number_of_executed_units:\s+(\d+)', output)
    if status == 0 and runs and int(runs[1]) > 0:
        covered = re.findall(r' cov: (\d+)', output)
        return f'{name:26} {runs[1]:>9} runs, {covered[-1] if covered else 0:>5} edges', None
    kept = sorted(str(path.relative_to(TOP)) for path in set(failures.glob(f'{name}-*')) - before)
    again = '\n'.join(f'again: ./tests/run fuzz {name} {path}' for path in kept) or 'no input was kept'
    return None, f'{shorten(output)}\nexit code {status}\n{again}'


def shorten(output):
    """Without libFuzzer's progress and its own frames; what broke, and where."""
    noise = re.compile(r'#\d+\s(?!0x)|\s*NEW_FUNC|INFO:|Dictionary:|###### |stat::|MS: \d|SUMMARY: libFuzzer|NOTE: libFuzzer|\s+#\d+ .*( in fuzzer::|/lib/x86_64|libc|nptl/|_start )')
    lines = [line for line in output.split('\n') if not noise.match(line)]
    return '\n'.join(line for line in lines if len(line) < 2000)


def replay(name, file):
    path = pathlib.Path(file)
    if not path.is_file():
        raise Failed(f'{file}: no such file')
    status, output = attempt([PROGRAM, '-timeout=60', path], env=environment(name))
    if status != 0:
        raise Failed(f'{shorten(output)}\n{file} still breaks {name}')


# --- Tests of the tests ----------------------------------------------------------------------------------------------------------


def every_parser():
    """Every function of a public header that reads what comes from outside, and every machine, is in some target."""
    targets = '\n'.join(path.read_text() for path in HERE.glob('*.cpp') if path.name != 'seeds.cpp')
    missing = []
    for header in sorted((TOP / 'include' / 'calimatic').rglob('*.hpp')):
        if header.parent.name == 'testing':
            continue
        text = re.sub(r'//[^\n]*', '', header.read_text())
        names = set(re.findall(r'^CALIMATIC_DECL [^;(]*?\b(parse_\w+|validate_\w+)\(', text, re.MULTILINE))
        for declared in re.findall(r'^class (\w+)[^;{]*\{(.*?)^\};', text, re.MULTILINE | re.DOTALL):
            if re.search(r'\bpoll_request\(time_point', declared[1]):
                names.add(declared[0])
        missing += [f'{header.relative_to(TOP)}: {name}' for name in sorted(names) if not re.search(rf'\b{name}\b', targets)]
    if missing:
        raise Failed('in no target of tests/fuzz:\n' + '\n'.join(missing))


def failures_are_kept():
    """What the suite is for: a target that can be broken is broken, and the input is kept and breaks it again."""
    name = 'planted_fault'
    for path in (WORK / 'failures').glob(f'{name}-*'):
        path.unlink()
    _, failure = run_target(name, 30)  # it ends as soon as the fault is found
    kept = list((WORK / 'failures').glob(f'{name}-*'))
    if failure is None or len(kept) != 1 or f'again: ./tests/run fuzz {name} {kept[0].relative_to(TOP)}' not in failure:
        raise Failed(f'{failure}\na fault was planted, and {len(kept)} inputs were kept instead of one')
    try:
        replay(name, kept[0])
    except Failed:
        kept[0].unlink()
        return
    raise Failed(f'{kept[0]} was kept and breaks nothing when it is run again')


def no_stray_seeds(names):
    stray = sorted(path.name for path in (HERE / 'corpus').iterdir() if path.name not in names)
    if stray:
        raise Failed(f'tests/fuzz/corpus has seeds for targets that do not exist: {", ".join(stray)}')


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument('words', metavar='NAME', nargs='*', help='targets (all, if none is named), or one target and a file to run again')
    arguments.add_argument('--seconds', type=int, metavar='N', help=f'for each target (else {BRIEF})')
    chosen = arguments.parse_intermixed_args()

    start = time.monotonic()
    try:
        build()
        names = command([PROGRAM, 'targets']).split()
        shutil.rmtree(WORK / 'corpus', ignore_errors=True)
        command([PROGRAM, 'seeds', WORK / 'corpus'])
    except Failed as reason:
        print(f'{reason}\n0 passed, 1 failed')
        return 1
    print(f'built in {time.monotonic() - start:.0f} s', flush=True)

    words = chosen.words
    unknown = [word for word in words if word not in names]
    if len(words) == 2 and unknown == words[1:]:
        tests = [(f'{words[0]} {words[1]}', lambda: (f'{words[0]} holds for {words[1]}', replay(words[0], words[1])))]
    elif unknown:
        print(f'no target is called {unknown[0]} (known: {" ".join(names)})\n0 passed, 1 failed')
        return 1
    else:
        tests = [(name, lambda n=name: run_target(n, chosen.seconds)) for name in words or names]
        if not words:
            tests.append(('every parser has a target', lambda: ('every parser has a target', every_parser())))
            tests.append(('a failing input is kept', lambda: ('a failing input is kept', failures_are_kept())))
            tests.append(('every seed has a target', lambda: ('every seed has a target', no_stray_seeds(names))))

    passed = failed = 0
    lock = threading.Lock()

    def run(test):
        nonlocal passed, failed
        try:
            line, failure = test[1]()
        except Failed as reason:
            line, failure = test[0], str(reason)
        with lock:
            if failure is None:
                passed += 1
                print(line, flush=True)
            else:
                failed += 1
                print(f'--- FAILED {test[0]}\n{failure.rstrip()}\n', flush=True)

    with concurrent.futures.ThreadPoolExecutor(workers()) as pool:
        list(pool.map(run, tests))
    print(f'{passed} passed, {failed} failed', flush=True)
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
