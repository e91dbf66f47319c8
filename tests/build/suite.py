"""What the tests of this folder are made of: a name and a function that raises Failed. Runs them, two compilers at a time, and counts."""

import collections
import concurrent.futures
import dataclasses
import os
import re
import subprocess
import threading
import time
import traceback


class Failed(Exception):
    """The text is all that a person needs to see: the compiler's output, the lines that break a rule."""


@dataclasses.dataclass
class Test:
    name: str  # group/what/how
    run: object


class Once:
    """Makes each thing once, whoever asks first; others wait for it. A failure is everybody's."""

    def __init__(self):
        self.lock = threading.Lock()
        self.made = {}

    def __call__(self, key, make):
        with self.lock:
            first = key not in self.made
            future = self.made.setdefault(key, concurrent.futures.Future())
        if first:
            try:
                future.set_result(make())
            except BaseException as failure:
                future.set_exception(failure)
        return future.result()


def command(words, limit=600, **options):
    """Runs a program to its end and returns its output and its errors in one text. Raises Failed with both if it fails."""
    status, output = attempt(words, limit, **options)
    if status != 0:
        raise Failed(f'{output}\nexit code {status}: {" ".join(map(str, words))}')
    return output


def attempt(words, limit=600, **options):
    options = {'stdin': subprocess.DEVNULL, 'stdout': subprocess.PIPE, 'stderr': subprocess.STDOUT, **options}
    process = subprocess.Popen([str(word) for word in words], text=True, errors='replace', start_new_session=True, **options)
    try:
        output, _ = process.communicate(timeout=limit)
    except BaseException as reason:
        os.killpg(process.pid, 9)
        output, _ = process.communicate()
        if isinstance(reason, subprocess.TimeoutExpired):
            raise Failed(f'{output}\nstill running after {limit} s, ended: {" ".join(map(str, words))}') from None
        raise
    return process.returncode, output


def run(tests, only, workers):
    """Runs the tests that match the regular expression, prints every failure and a line for each group. Returns (passed, failed)."""
    chosen = [test for test in tests if not only or re.search(only, test.name)]
    left = collections.Counter(test.name.split('/')[0] for test in chosen)
    results = {group: [0, 0, 0.0] for group in left}
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        running = {pool.submit(run_one, test): test.name for test in chosen}
        for done in concurrent.futures.as_completed(running):
            name = running[done]
            group = name.split('/')[0]
            failure, seconds = done.result()
            results[group][0 if failure is None else 1] += 1
            results[group][2] += seconds
            left[group] -= 1
            if failure is not None:
                print(f'--- FAILED {name}\n{failure.rstrip()}\n', flush=True)
            if left[group] == 0:
                passed, failed, total = results[group]
                print(f'{group:14} {passed} passed, {failed} failed ({total:.0f} s)', flush=True)
    return sum(result[0] for result in results.values()), sum(result[1] for result in results.values())


def run_one(test):
    start = time.monotonic()
    try:
        test.run()
        failure = None
    except Failed as reason:
        failure = str(reason)
    except Exception:
        failure = traceback.format_exc()
    return failure, time.monotonic() - start
