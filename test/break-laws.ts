/**
 * Breaks each law on purpose, once, and sees that its test fails: `npm run break-laws [-- WORDS]`.
 *
 * Each mischief is one replacement in a copy of the project; WORDS leave those whose law holds them. A mischief whose text is no longer
 * found, or whose test passes all the same, is an error. The answers go into reports/broken-laws.md.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Mischief {
  readonly law: string;
  readonly file: string;
  readonly replace: string;
  readonly by: string;
  readonly test: string;
}

const WHOLE_CLUSTER = 'test/property/whole-cluster.test.ts';

const MISCHIEFS: readonly Mischief[] = [
  {
    law: 'Events of one time leave the queue in the order they were scheduled',
    file: 'src/sim/event-queue.ts',
    replace: 'priority * SEQUENCE_LIMIT + this.#sequence++',
    by: 'priority * SEQUENCE_LIMIT + (SEQUENCE_LIMIT - 1 - this.#sequence++)',
    test: 'test/unit/sim/event-queue.test.ts',
  },
  {
    law: 'Time never goes back',
    file: 'src/sim/simulation.ts',
    replace: 'if (!(delayUs >= 0) || !Number.isInteger(delayUs)) {',
    by: 'if (!Number.isInteger(delayUs)) {',
    test: 'test/unit/sim/simulation.test.ts',
  },
  {
    law: 'A stream of chance depends on the seed and its own name alone',
    file: 'src/sim/random.ts',
    replace: "const name = names.join('/');",
    by: 'const name = String(this.#streams.size);',
    test: 'test/unit/sim/simulation.test.ts',
  },
  {
    law: 'A run repeated, watched or unwatched, has the same digest',
    file: 'src/scenario/runner.ts',
    replace: 'for (const event of scenario.events)',
    by: 'if ((options.observers ?? []).length > 0) sim.after(1, () => undefined);\n    for (const event of scenario.events)',
    test: WHOLE_CLUSTER,
  },
  {
    law: 'No pod is bound twice',
    file: 'src/apiserver/binding.ts',
    replace: "if ((pod.spec.nodeName ?? '') !== '') throw refuse(",
    by: "if ((pod.spec.nodeName ?? '') === 'nowhere') throw refuse(",
    test: 'test/unit/apiserver/api-server.test.ts',
  },
  {
    law: 'No rollout grows beyond its surge',
    file: 'src/controllers/deployment/rolling.ts',
    replace: 'const limit = wanted + maxSurge(deployment);',
    by: 'const limit = wanted + maxSurge(deployment) + 1;',
    test: 'test/property/rollout.test.ts',
  },
  {
    law: 'No rollout falls below what must be available',
    file: 'src/controllers/deployment/rolling.ts',
    replace: 'const minAvailable = replicasOf(deployment) - maxUnavailable(deployment);',
    by: 'const minAvailable = replicasOf(deployment) - maxUnavailable(deployment) - 1;',
    test: 'test/property/rollout.test.ts',
  },
  {
    law: 'When disturbance stops, rollouts converge',
    file: 'src/controllers/deployment/rolling.ts',
    replace: 'return current + Math.min(limit - total, wanted - current);',
    by: 'return current + Math.min(limit - total, wanted - current - 1);',
    test: WHOLE_CLUSTER,
  },
  {
    law: 'When disturbance stops, the cluster falls quiet',
    file: 'src/kubelet/pod-status.ts',
    replace:
      'saysSame(old, status, reason, message, generation)) return old;\n  const since = old !== undefined && old.status === status ? (old.lastTransitionTime ?? now) : now;',
    by: 'old.lastTransitionTime === now) return old;\n  const since = now;',
    test: WHOLE_CLUSTER,
  },
  {
    law: 'No node is over-committed',
    file: 'src/scheduler/plugins/node-resources-fit.ts',
    replace: 'return asked <= 0 || asked <= allocatable - requested;',
    by: 'return asked <= 0 || (requested >= 0 && asked <= allocatable);',
    test: WHOLE_CLUSTER,
  },
  {
    law: 'Every request ends exactly once',
    file: 'src/network/network.ts',
    replace: '  #leaveProcess(request: Request): void {',
    by: '  #leaveProcess(request: Request): void {\n    this.#tell(request, undefined, request);',
    test: WHOLE_CLUSTER,
  },
  {
    law: 'A request that has ended leaves no call of its own behind',
    file: 'src/network/network.ts',
    replace: '      else this.#requests.release(child);',
    by: '',
    test: 'test/property/requests.test.ts',
  },
  {
    law: 'Never do two candidates lead at once',
    file: 'src/client/leader-election.ts',
    replace: 'const RENEW_DEADLINE_US = 10 * SECOND_US;',
    by: 'const RENEW_DEADLINE_US = 40 * SECOND_US;',
    test: 'test/runs/faults.test.ts',
  },
];

const root = execFileSync('git', ['rev-parse', '--show-toplevel'], { encoding: 'utf8' }).trim();
const words = process.argv.slice(2).map((word) => word.toLowerCase());
const wanted = MISCHIEFS.filter(({ law }) => words.every((word) => law.toLowerCase().includes(word)));
/** A test that fails without any mischief proves nothing. */
const passesUnbroken = new Map<string, boolean>();
const copy = mkdtempSync(join(tmpdir(), 'orrery-laws-'));
try {
  process.exitCode = breakAll();
} finally {
  rmSync(copy, { recursive: true });
}

function breakAll(): number {
  for (const part of ['src', 'test', 'scenarios', 'docs', 'package.json', 'vitest.config.ts', 'tsconfig.json']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const rows = wanted.map((mischief) => [mischief.law, mischief.test, outcomeOf(mischief)] as const);
  for (const row of rows) console.log(row.join(' | '));
  if (words.length === 0) write(rows);
  return rows.every(([, , outcome]) => outcome === 'fails, as it must') ? 0 : 1;
}

function passes(test: string): boolean {
  return spawnSync('npx', ['vitest', 'run', test], { cwd: copy, stdio: 'ignore' }).status === 0;
}

function outcomeOf({ file, replace, by, test }: Mischief): string {
  if (!passesUnbroken.has(test)) passesUnbroken.set(test, passes(test));
  if (passesUnbroken.get(test) === false) return 'FAILS EVEN UNBROKEN';
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  if (text.split(replace).length !== 2) return `CANNOT BE TRIED: expected "${replace}" once in ${file}`;
  writeFileSync(
    path,
    text.replace(replace, () => by),
  );
  const isUnnoticed = passes(test);
  writeFileSync(path, text);
  return isUnnoticed ? 'PASSES ALL THE SAME' : 'fails, as it must';
}

function write(rows: readonly (readonly string[])[]): void {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  const lines = rows.map((row) => `| ${row.join(' | ')} |`);
  mkdirSync(join(root, 'reports'), { recursive: true });
  writeFileSync(
    join(root, 'reports/broken-laws.md'),
    `# Laws, each broken on purpose once\n\nCommit ${commit}, Node ${process.version}: \`npm run break-laws\`.\n\n| law | test | with the law broken |\n| --- | --- | --- |\n${lines.join('\n')}\n`,
  );
}
