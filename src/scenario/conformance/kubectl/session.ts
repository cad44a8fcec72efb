/**
 * A recorded session of kubectl, as `shared/conformance/api/README.md` describes it.
 */
import type { KubeObject } from '../../../model/meta.ts';

export interface RecordedCommand {
  readonly cmd: string;
  readonly stdin?: string;
  readonly env?: { readonly [name: string]: string };
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
  /** How much of the output is fixed. */
  readonly compare?: 'lastLine' | 'unorderedLines';
}

export type RecordedStep = RecordedCommand | { readonly settle: true } | { readonly sleep: number };

export interface RecordedSession {
  readonly id: string;
  readonly about: string;
  readonly nodes?: readonly string[];
  readonly setup?: readonly KubeObject[];
  readonly files?: { readonly [path: string]: string };
  readonly commands: readonly RecordedStep[];
}
