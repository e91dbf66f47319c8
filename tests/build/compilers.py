"""Compiling, linking and running, with every warning an error, and third parties by -I, so that warnings that leak from our .ipp are seen."""

import os
import pathlib
import shlex
import shutil
import sys
import threading

from sources import INCLUDE, TOP
from suite import Failed, Once, command

COMPILERS = {'gcc': 'g++', 'clang': 'clang++'}
WARNINGS = ['-Wall', '-Wextra', '-Wconversion', '-Wshadow', '-Werror']
WITHOUT_EXCEPTIONS = ['-fno-exceptions', '-fno-rtti']
HERE = pathlib.Path(__file__).resolve().parent
WORK = TOP / 'build' / 'build-suite'

once = Once()


def environment(name):
    """What tests/runner.py tells its scripts, or what it would tell."""
    if name not in os.environ:
        sys.path.insert(0, str(TOP / 'tests'))
        import runner

        directory = once('unit', lambda: runner.configure('unit', runner.UNIT))
        os.environ.update(once('flags', lambda: {**runner.flags(directory, []), 'CALIMATIC_BUILD': str(directory)}))
    return os.environ[name]


def boost_folder():
    """A folder that holds nothing but Boost, which is otherwise a system header and silent."""

    def make():
        dependencies = command(['g++', '-x', 'c++', '-M', '-include', 'boost/version.hpp', os.devnull])
        header = next((word for word in dependencies.split() if word.endswith('boost/version.hpp')), None)
        if not header:
            raise Failed('g++ finds no boost/version.hpp')
        folder = WORK / 'third-party'
        folder.mkdir(parents=True, exist_ok=True)
        link, boost = folder / 'boost', pathlib.Path(header).parent
        if not link.is_symlink() or link.readlink() != boost:
            link.unlink(missing_ok=True)
            link.symlink_to(boost)
        return folder

    return once('boost', make)


def third_party(crypto):
    words = shlex.split(environment('CALIMATIC_CXXFLAGS'))
    folders = []
    for position, word in enumerate(words):
        if word in ('-isystem', '-I'):
            folders.append(words[position + 1])
        elif word.startswith(('-isystem', '-I')):
            folders.append(word.removeprefix('-isystem').removeprefix('-I'))
    botan = [folder for folder in folders if pathlib.Path(folder).resolve() != INCLUDE]
    return [f'-I{folder}' for folder in [boost_folder(), *(botan if crypto == 'botan' else [])]]


def mode(separate, crypto):
    return [f'-DCALIMATIC_CRYPTO_{crypto.upper()}', *(['-DCALIMATIC_SEPARATE_COMPILATION'] if separate else [])]


def libraries(crypto, boost_json):
    words = shlex.split(environment('CALIMATIC_LIBS'))
    return [word for word in words if (crypto == 'botan' or 'botan' not in word) and (boost_json or word != '-lboost_json')]


os.environ.setdefault('CCACHE_DEPEND', '1')


def compiler(which):
    program = shutil.which(COMPILERS[which])
    if not program:
        raise Failed(f'{COMPILERS[which]} is not installed')
    ccache = shutil.which('ccache')
    return [ccache, program] if ccache else [program]


def strict(which, separate, crypto):
    return [*compiler(which), '-std=c++20', '-O0', *WARNINGS, f'-I{INCLUDE}', *third_party(crypto), *mode(separate, crypto)]


def generated(name, text):
    """A source in the work folder, left alone if it is there already, and never seen half written by another test."""
    path = WORK / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        fresh = path.with_name(f'{path.name}.{threading.get_ident()}')
        fresh.write_text(text)
        fresh.replace(path)
    return path


def object_file(name):
    path = WORK / 'objects' / (name.replace('/', '-') + '.o')
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def compile_strict(name, source, which, separate, crypto, *flags):
    """Compiles one source to an object of that name and returns it."""
    output = object_file(name)
    output.unlink(missing_ok=True)
    command([*strict(which, separate, crypto), *flags, *compile_to(source, output)], cwd=TOP)
    return output


def compile_to(source, output):
    """With its dependencies, which spare ccache a run of the preprocessor."""
    return ['-MD', '-MF', output.with_suffix('.d'), '-c', source, '-o', output]


def compiled_library(which, crypto, *flags):
    """src.hpp, compiled once for each set of flags. It ought to bring Boost.JSON along unless told otherwise."""
    name = '-'.join(['src', which, crypto, *(flag.lstrip('-') for flag in flags)])
    source = generated('src.cpp', '#include <calimatic/src.hpp>\n')
    return once(name, lambda: compile_strict(name, source, which, True, crypto, *flags))


def link(name, which, objects, libs):
    program = WORK / 'programs' / name.replace('/', '-')
    program.parent.mkdir(parents=True, exist_ok=True)
    program.unlink(missing_ok=True)
    command([COMPILERS[which], *objects, '-o', program, *libs], cwd=TOP)
    return program
