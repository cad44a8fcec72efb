/**
 * Where the process begins: the terminal as it is, the commands, and the exit code at the end.
 */
import { BrokenInvariant } from '../base/fail.ts';
import { orreryProgram } from './program.ts';
import { EXIT_BROKEN, type Terminal } from './run.ts';

let isInterrupted = false;
const terminal: Terminal = {
  print: (text) => console.log(text),
  warn: (text) => console.error(text),
  progress: process.stderr.isTTY ? (text) => void process.stderr.write(`\r\u001b[2K${text}`) : undefined,
  isInterrupted: () => isInterrupted,
};
// The second Ctrl-C ends the process as usual.
process.once('SIGINT', () => {
  isInterrupted = true;
});

try {
  await orreryProgram(terminal, (exitCode) => {
    process.exitCode = exitCode;
  }).parseAsync();
} catch (error) {
  // A broken promise of our own says where it broke and how to see it again; its stack says the rest.
  console.error(error instanceof BrokenInvariant ? `${error.message}\n${error.stack ?? ''}` : error);
  process.exitCode = EXIT_BROKEN;
}
