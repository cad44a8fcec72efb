/**
 * The answer of a verb that changes an object: one line that says so, or the object in the format asked for.
 */
import type { KubeObject } from '../../model/meta.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, printLine } from './context.ts';
import { resourceName } from './names.ts';
import { type PrinterOptions, printerOf } from './print/output.ts';
import { dryRunOf, dryRunSuffix } from './write-options.ts';

export type PrintAnswer = (object: KubeObject, operation: string) => void;

/** Finds out about a wrong `-o` before anything is done. */
export function answerPrinter(command: ParsedCommand, context: KubectlContext, options: PrinterOptions = {}): PrintAnswer {
  const printer = printerOf(command, context, options);
  const suffix = dryRunSuffix(dryRunOf(command.flags));
  return (object, operation) => {
    if (printer === undefined) printLine(context, `${resourceName(object)} ${operation}${suffix}`);
    else context.out(printer.print(object));
  };
}
