"""The library as others get it: installed, found by pkg-config; and as a Meson subproject."""

import os
import pathlib
import re
import shlex
import shutil

from compilers import COMPILERS, HERE, WORK, compile_to, compiler, environment, object_file, once
from sources import ROOT, TOP
from suite import Failed, Test, attempt, command


def tests():
    yield Test('packaging/subproject', subproject)
    yield Test('packaging/installed/header-only', lambda: installed_program(separate=False))
    yield Test('packaging/installed/separate', lambda: installed_program(separate=True))
    yield Test('packaging/installed/all-headers-and-nothing-else', installed_files)


def with_botan():
    """An environment in which pkg-config finds Botan, which this build may have compiled itself."""
    variables = {**os.environ}
    if attempt(['pkg-config', '--exists', 'botan-3'])[0] != 0:
        folder = WORK / 'pkgconfig'
        folder.mkdir(parents=True, exist_ok=True)
        cflags = re.findall(r'-isystem\s*(\S+)', environment('CALIMATIC_CXXFLAGS'))
        libs = [word for word in shlex.split(environment('CALIMATIC_LIBS')) if 'botan' in word or word == '-pthread']
        # Meson wants a library to be named and searched for, so that it can tell what is ours.
        libs = ' '.join(f'-L{pathlib.Path(word).parent} -lbotan-3' if word.startswith('/') else word for word in libs)
        (folder / 'botan-3.pc').write_text(
            f'Name: botan-3\nDescription: the one of this build\nVersion: 3.7.1\nCflags: {" ".join("-isystem " + path for path in cflags)}\nLibs: {libs}\n'
        )
        variables['PKG_CONFIG_PATH'] = f'{folder}:{os.environ.get("PKG_CONFIG_PATH", "")}'
    return variables


def subproject():
    project = project_of('subproject', (HERE / 'subproject' / 'meson.build').read_text())
    for program in ('header-only', 'compiled'):
        command([project / 'build' / program], limit=60)


def project_of(name, meson_build):
    """A project with main.cpp and this library in its subprojects/ folder, configured and built from the beginning."""
    project = WORK / name
    (project / 'subprojects').mkdir(parents=True, exist_ok=True)
    shutil.copyfile(HERE / 'subproject' / 'main.cpp', project / 'main.cpp')
    (project / 'meson.build').write_text(meson_build)
    link = project / 'subprojects' / 'calimatic-auth'
    if not link.is_symlink():
        link.symlink_to(TOP)
    shutil.rmtree(project / 'build', ignore_errors=True)
    variables = with_botan()
    command(['meson', 'setup', 'build', '.'], cwd=project, env=variables)
    command(['ninja', '-C', 'build', '-j1'], cwd=project, env=variables)
    return project


def installed():
    """The prefix in a throw-away DESTDIR."""

    def make():
        destination = WORK / 'installed'
        shutil.rmtree(destination, ignore_errors=True)
        command(['meson', 'install', '-C', environment('CALIMATIC_BUILD'), '--no-rebuild', '--destdir', destination], cwd=TOP)
        found = list(destination.rglob('calimatic-auth.pc'))
        if len(found) != 1:
            raise Failed(f'calimatic-auth.pc was installed {len(found)} times')
        prefix = re.search(r'^prefix=(.*)$', found[0].read_text(), re.MULTILINE)
        return destination / prefix[1].lstrip('/'), found[0].parent

    return once('installed', make)


def installed_program(separate):
    prefix, pkgconfig = installed()
    variables = with_botan()
    variables['PKG_CONFIG_PATH'] = f'{pkgconfig}:{variables.get("PKG_CONFIG_PATH", "")}'

    def flags(option):
        return shlex.split(command(['pkg-config', f'--define-variable=prefix={prefix}', option, 'calimatic-auth'], env=variables))

    name = 'installed-separate' if separate else 'installed-header-only'
    switch = ['-DCALIMATIC_SEPARATE_COMPILATION'] if separate else []
    sources = [HERE / 'subproject' / 'main.cpp']
    if separate:
        sources.append(WORK / 'installed-src.cpp')
        sources[-1].write_text('#include <calimatic/src.hpp>\n')
    objects = []
    for source in sources:
        objects.append(object_file(f'{name}-{source.stem}'))
        command([*compiler('gcc'), '-std=c++20', *switch, *flags('--cflags'), *compile_to(source, objects[-1])], cwd=WORK)
        if str(ROOT) in objects[-1].with_suffix('.d').read_text():
            raise Failed(f'it was compiled with the headers of {ROOT}, not with those that were installed')
    libs = [word for word in flags('--libs') if not separate or word != '-lboost_json']
    command([COMPILERS['gcc'], *objects, '-o', WORK / name, *libs], cwd=WORK)
    command([WORK / name], limit=60)


def installed_files():
    prefix, _ = installed()
    there = {str(path.relative_to(prefix)) for path in prefix.rglob('*') if path.is_file()}
    wanted = {f'include/calimatic/{path.relative_to(ROOT)}' for path in ROOT.rglob('*') if path.is_file()}
    lacking, more = sorted(wanted - there), sorted(path for path in there - wanted if not path.endswith('pkgconfig/calimatic-auth.pc'))
    if lacking or more:
        raise Failed('\n'.join([*(f'{path} is not installed' for path in lacking), *(f'{path} is installed as well' for path in more)]))
