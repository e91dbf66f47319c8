"""Writes sources that hold several tests each, so that what they include is read once: python together.py --output FILE... --input FILE...

Each test is in a namespace of its own, for two may give a helper the same name. What they include stands before the namespaces, and is not read
again within them."""

import argparse
import os
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument('--output', nargs='+', type=pathlib.Path, required=True)
    arguments.add_argument('--input', nargs='+', type=pathlib.Path, required=True)
    chosen = arguments.parse_args()

    for number, output in enumerate(chosen.output):
        output.write_text(text(chosen.input[number :: len(chosen.output)]))


def text(tests):
    includes, bodies = {}, []
    for test in tests:
        name = pathlib.Path(os.path.relpath(test, HERE)).as_posix()
        source = test.read_text()
        includes.update(dict.fromkeys(re.findall(r'^#include [^\n]*', source, re.MULTILINE)))
        macros = ''.join(f'#undef {macro}\n' for macro in re.findall(r'^#define (\w+)', source, re.MULTILINE))
        bodies.append(f'namespace {re.sub(r"[^a-z0-9]", "_", name)} {{\n#include "{name}"\n}}\n{macros}')
    return '\n'.join([*includes, '', *bodies])


if __name__ == '__main__':
    main()
