/**
 * Runs scenarios made by chance, one seed after another, and tells of every run that stops on its way or comes out differently with the slow
 * scheduler: `npm run swarm -- [--from SEED] [--count N]`. The answers go into reports/swarm.md; what went wrong is kept in out/swarm/SEED.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type SwarmAnswer, swarmRun } from './swarm-run.ts';

const { values } = parseArgs({ options: { from: { type: 'string', default: '1' }, count: { type: 'string', default: '100' } } });
const [from, count] = [Number(values.from), Number(values.count)];
if (!Number.isInteger(from) || !Number.isInteger(count) || count < 1) {
  console.error(`Cannot begin: expected whole numbers for --from and --count, got ${values.from} and ${values.count}`);
  process.exit(2);
}

const answers: SwarmAnswer[] = [];
for (let seed = from; seed < from + count; seed++) {
  const folder = join('out/swarm', String(seed));
  const answer = swarmRun(seed, folder);
  answers.push(answer);
  const isWrong = answer.result !== 'agreed' && answer.result !== 'refused';
  if (isWrong)
    console.log(`${seed}: ${answer.result}\n${answer.why}\nSee it again: npm run orrery -- run ${join(folder, 'scenario.yaml')}\n`);
  else rmSync(folder, { recursive: true });
}
const times = (result: SwarmAnswer['result']) => answers.filter((one) => one.result === result).length;
const events = answers.reduce((sum, one) => sum + one.events, 0);
const summary =
  `${count} scenarios from seed ${from}, ${events.toLocaleString('en')} events: ${times('agreed')} came to their end, and to the same one with the ` +
  `slow scheduler; ${times('refused')} were refused by the reader, ${times('stopped')} stopped on their way, ${times('broke')} broke a law, ${times('differed')} differed.`;
console.log(summary);
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const told = answers.filter(({ why }) => why !== '').map(({ seed, result, why }) => `- ${seed} ${result}: ${why.split('\n')[0]}`);
mkdirSync('reports', { recursive: true });
writeFileSync(
  'reports/swarm.md',
  `# The swarm: scenarios by chance\n\nCommit ${commit}, Node ${process.version}: \`npm run swarm -- --from ${from} --count ${count}\`.\n\n${[summary, '', ...told].join('\n').trim()}\n`,
);
process.exitCode = times('agreed') + times('refused') < count ? 1 : 0;
