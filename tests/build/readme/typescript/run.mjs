// node run.mjs FILE.ts: type-checks the file as strictly as TypeScript can, translates it, and runs it, beside the package of WebAssembly.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { argv, exit } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installer } from '../../../../examples/provider/install.mjs';

const { default: ts } = await installer(import.meta.url, 'typescript')('typescript');
const top = resolve(dirname(fileURLToPath(import.meta.url)), '../../../..');
const folder = mkdtempSync(join(tmpdir(), 'calimatic-auth-readme-'));
try {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(top, 'build/wasm/package'), join(folder, 'node_modules/calimatic-auth'));
  const program = ts.createProgram([argv[2]], {
    strict: true,
    noUncheckedIndexedAccess: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    module: ts.ModuleKind.ES2022,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
    paths: { 'calimatic-auth': [join(top, 'build/wasm/package')], 'calimatic-auth/*': [join(top, 'build/wasm/package/*')] },
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
