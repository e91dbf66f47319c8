// ./examples/run provision_school: it provisions 1,200 users at a simulated platform that loses answers, is killed twice on the way, and goes on.
// needs: platform_server
import { spawn } from 'node:child_process';
import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { argv, env, exit } from 'node:process';
import { createInterface } from 'node:readline';

const count = 1200;
const folder = mkdtempSync(join(tmpdir(), 'provision_school-'));
const users = join(folder, 'users.csv');
const report = join(folder, 'report.csv');
const variables = { ...env, NO_PROXY: '127.0.0.1', CALIMATIC_CLIENT_ID: 'cca_school', CALIMATIC_CLIENT_SECRET: 'ccas_of-the-example-only' };

const lines = ['email,first_name,last_name'];
for (let i = 1; i <= count; ++i) lines.push(`pupil${i}@school.example,Zoë ${i},"O'Neill, ${i}"`);
writeFileSync(users, `${lines.join('\n')}\n`);

const server = spawn(join(dirname(argv[2]), 'platform_server'), ['--client-id', 'cca_school', '--lose', '11'],
  { stdio: ['ignore', 'pipe', 'inherit'], env: variables });
const [base] = await new Promise((resolve, reject) => {
  createInterface({ input: server.stdout }).once('line', (line) => resolve([line]));
  server.once('error', reject).once('exit', () => reject(new Error('the server ended')));
});

// Runs the program, and kills it once it has come so far. Its exit code; null where it was killed.
async function run(killAt = Infinity) {
  const program = spawn(argv[2], ['--base-url', base, '--organization', 'school', '--name', 'School', '--users', users, '--report', report, '--batch', '50'],
    { stdio: ['ignore', 'pipe', 'inherit'], env: variables });
  const ended = new Promise((resolve) => { program.on('exit', resolve).on('error', resolve); });
  for await (const line of createInterface({ input: program.stdout })) {
    console.log(`program  | ${line}`);
    const [, done] = /% +(\d+) of/.exec(line) ?? [];
    if (Number(done) >= killAt && program.kill('SIGKILL')) console.log('person   | kills it');
  }
  return ended;
}

function check(holds, what) {
  console.log(`${holds ? 'ok      ' : 'FAILED  '} | ${what}`);
  if (!holds) process.exitCode = 1;
}

const simulated = async () => (await fetch(`${base}/simulated`)).json();

try {
  const { users: before } = await simulated();
  await run(count / 3);
  await run(count / 2);
  const code = await run();
  check(code === 0, 'the third start finishes the rest');
  const state = await simulated();
  check(state.users === before + count, `${state.users - before} users are at the platform, beside those who were there before`);
  check(state.sent_more_than_once === 0, 'nobody was sent twice');
  const rows = readFileSync(report, 'utf8').trim().split('\n').slice(1);
  const reported = new Set(rows.map((row) => row.split(',')[1]));
  check(rows.length === count && reported.size === count, `the report has ${rows.length} lines, of ${reported.size} users`);
} finally {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}
exit();
