/**
 * The commands of the command line: each parses, calls one function, and keeps its exit code.
 */
import { Command } from 'commander';
import { InputError } from '../base/errors.ts';
import { runApiConformance, runControllersConformance, runSchedulerConformance } from './conformance.ts';
import { runKubectlConformance } from './conformance-kubectl.ts';
import { checkFiles, EXIT_WRONG_INPUT, listScenarios, type RunFlags, runFiles, type Terminal } from './run.ts';
import { tryPluginFile } from './try-plugin.ts';
import { explainPod, type WhyFlags } from './why.ts';

const collect = (value: string, values: readonly string[]) => [...values, value];

/** `leave` keeps the exit code with which the process is to end. */
export function orreryProgram(terminal: Terminal, leave: (exitCode: number) => void): Command {
  const program = new Command('orrery')
    .description('A clockwork Kubernetes: a deterministic simulator of a whole cluster')
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT_WRONG_INPUT));

  program
    .command('run')
    .description(
      'run scenarios and answer their questions; exit code 0 when every expectation holds, 1 when one does not, 2 for wrong input',
    )
    .argument('<file...>', 'scenario files')
    .option('--seed <number>', "instead of the scenario's own seed")
    .option('--until <time>', 'end the run at this simulated time, such as 5m')
    .option('--until-event <number>', 'end the run after so many events: to see a broken invariant again')
    .option('--set <path=value>', 'put a value into the scenario, such as cluster.nodes[0].count=50; may be repeated', collect, [])
    .option('--out <dir>', 'write result.json, CSV tables and report.html there')
    .option('--trace <file>', 'write the run as Chrome trace events, for Perfetto')
    .option('--format <format>', 'text or json', 'text')
    .option('--json', 'short for --format json')
    .option('--quiet', 'print one line a scenario')
    .option('--why <pod>', 'explain at the end where this pod is and why; may be repeated', collect, [])
    .option('--slow-scheduler', 'decide every placement the obvious way, without the fast path: the same digest, later')
    .action(async (files: string[], flags: RunFlags) => {
      leave(await runFiles(files, flags, terminal));
    });

  program
    .command('why')
    .description('explain why a pod of a finished run is where it is, or nowhere, and what would change that')
    .argument('<pod>', 'a pod, as name or namespace/name')
    .option('--in <dir>', 'the folder that "run FILE --out DIR" has written', 'out')
    .option('--node <node>', 'only what is said of this node')
    .option('--format <format>', 'text or json', 'text')
    .action((pod: string, flags: WhyFlags) => {
      leave(explainPod(pod, flags, terminal));
    });

  program
    .command('try-plugin')
    .description('run scenarios with a scheduler plugin of your own and say whether it breaks what has to hold')
    .argument('<file>', 'the plugin, a TypeScript file')
    .argument('[scenario...]', 'scenario files; by default all in ./scenarios')
    .action((file: string, scenarios: string[]) => {
      leave(tryPluginFile(file, scenarios, terminal));
    });

  program
    .command('check')
    .description('read scenarios and everything they refer to, and report every problem; nothing is run')
    .argument('<file...>', 'scenario files')
    .option('--set <path=value>', 'put a value into the scenario first; may be repeated', collect, [])
    .action((files: string[], flags: RunFlags) => {
      leave(checkFiles(files, flags, terminal));
    });

  program
    .command('list')
    .description('list the scenarios of a folder with their questions')
    .argument('[folder]', 'the folder', 'scenarios')
    .action((folder: string) => {
      leave(listScenarios(folder, terminal));
    });

  program
    .command('conformance')
    .description('replay recordings of real components and say how many decisions agree')
    .argument('<component>', 'scheduler, controllers, api or kubectl')
    .argument('[suite]', 'of controllers and api, only recordings whose name begins so')
    .option('--vectors <dir>', 'the folder with the recordings')
    .option('--only <id>', 'one case, or one decision of a scheduler case as case/pod')
    .option('--explain', 'print the first differences, both sides')
    .action((component: string, suite: string | undefined, options: { vectors?: string; only?: string; explain?: boolean }) => {
      const suites: { readonly [component: string]: typeof runControllersConformance } = {
        scheduler: runSchedulerConformance,
        controllers: runControllersConformance,
        api: runApiConformance,
        kubectl: runKubectlConformance,
      };
      const replay = Object.hasOwn(suites, component) ? suites[component] : undefined;
      if (replay === undefined) {
        terminal.warn(`Cannot replay recordings of ${component}: expected scheduler, controllers, api or kubectl`);
        return leave(EXIT_WRONG_INPUT);
      }
      try {
        leave(replay({ ...options, ...(suite === undefined ? {} : { suite }) }, (line) => terminal.print(line)));
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        terminal.warn(`Cannot replay recordings of ${component}:\n${error.message}`);
        leave(EXIT_WRONG_INPUT);
      }
    });
  return program;
}
