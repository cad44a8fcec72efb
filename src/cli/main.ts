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
  // A broken promise of our own says where it broke and how to see it again; the stack of the promise itself says the rest.
  console.error(error instanceof BrokenInvariant ? `${error.message}\n${stackOf(error)}` : error);
  process.exitCode = EXIT_BROKEN;
}

function stackOf({ cause, stack = '' }: BrokenInvariant): string {
  const own = (cause instanceof Error ? cause.stack : undefined) ?? stack;
  return own.slice(Math.max(0, own.indexOf('\n    at ') + 1));
}
