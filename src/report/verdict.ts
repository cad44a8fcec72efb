/**
 * Whether a scenario's question is answered as its author expected, in a word, and how that was reached in a line.
 */
import { durationText } from '../scenario/duration.ts';

export interface Judged {
  readonly isWhole: boolean;
  readonly isMet: boolean;
  readonly endUs: number;
  readonly stepFailures: readonly unknown[];
}

export interface Answer {
  /** `as expected`, `not as expected`, or why it is neither: a yes would answer only some questions. */
  readonly word: string;
  readonly because: string;
}

export function answerOf(run: Judged, expectations: readonly { readonly outcome: 'met' | 'missed' | 'open' }[]): Answer {
  const count = (outcome: string) => expectations.filter((one) => one.outcome === outcome).length;
  const open = count('open');
  const failed = run.stepFailures.length;
  const parts = [`${count('met')} of ${expectations.length} expectations met`];
  if (open > 0) parts.push(`${open} still open`);
  if (failed > 0) parts.push(`${failed} ${failed === 1 ? 'step' : 'steps'} failed`);
  return { word: wordOf(run, expectations.length, open), because: parts.join(', ') };
}

function wordOf({ isWhole, isMet, endUs }: Judged, expected: number, open: number): string {
  if (!isWhole) return `interrupted at ${durationText(endUs)}`;
  if (!isMet) return 'not as expected';
  if (expected === 0) return 'nothing was expected';
  return open > 0 ? 'so far' : 'as expected';
}
