// node run.mjs FILE.ts: type-checks the file as strictly as TypeScript can, translates it, and runs it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { argv, exit } from 'node:process';
import { pathToFileURL } from 'node:url';
import { installer } from '../../../../examples/provider/install.mjs';

const { default: ts } = await installer(import.meta.url, 'typescript')('typescript');
const folder = mkdtempSync(join(tmpdir(), 'calimatic-auth-readme-'));
try {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const program = ts.createProgram([argv[2]], {
    strict: true,
    noUncheckedIndexedAccess: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    module: ts.ModuleKind.ES2022,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
    outDir: folder,
    noEmitOnError: true,
  });
  const found = ts.sortAndDeduplicateDiagnostics([...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics]);
  if (found.length > 0) {
    console.error(ts.formatDiagnostics(found, { getCurrentDirectory: () => '', getCanonicalFileName: (name) => name, getNewLine: () => '\n' }));
    exit(1);
  }
  await import(pathToFileURL(join(folder, basename(argv[2]).replace(/\.ts$/, '.js'))));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
