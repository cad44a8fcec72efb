/**
 * The command line: parses, calls one function, prints, and leaves with its exit code.
 */
import { Command } from 'commander';
import { DEFAULT_SCHEDULER_VECTORS, runSchedulerConformance } from './conformance.ts';

const program = new Command('orrery').description('A clockwork Kubernetes: a deterministic simulator of a whole cluster');

program
  .command('conformance')
  .description('replay recordings of real components and say how many decisions agree')
  .argument('<component>', 'scheduler')
  .option('--vectors <dir>', 'the folder with the recordings', DEFAULT_SCHEDULER_VECTORS)
  .option('--only <id>', 'one case, or one decision of it as case/pod')
  .option('--explain', 'print the first difference of each file, both sides')
  .action((component: string, options: { vectors: string; only?: string; explain?: boolean }) => {
    if (component !== 'scheduler') {
      console.error(`Cannot replay recordings of ${component}: expected scheduler`);
      process.exitCode = 2;
      return;
    }
    process.exitCode = runSchedulerConformance(options, (line) => console.log(line));
  });

await program.parseAsync();
