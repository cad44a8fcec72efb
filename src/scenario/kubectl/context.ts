/**
 * What a kubectl verb works with: the cluster, the files, and where it prints.
 */
import type { Store } from '../../apiserver/store.ts';
import type { Client } from '../../client/client.ts';
import type { KubeObject } from '../../model/meta.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { KubectlApi } from './api.ts';
import type { KubectlMetrics } from './top.ts';

/** One document of a file, or why it cannot be used. */
export type ManifestItem = { readonly source: string; readonly object: KubeObject } | { readonly source: string; readonly error: unknown };

/** What lies in the directory kubectl is called from. */
export interface KubectlFiles {
  /** The objects of a manifest file or of a folder of them; `-` is what is piped in. Throws a KubectlError when there is none. */
  manifest(name: string): readonly ManifestItem[];
  /** The text of a file; undefined when there is none. */
  text(name: string): string | undefined;
  /** The names of the files in a folder; undefined when there is none. */
  list(folder: string): readonly string[] | undefined;
}

export interface KubectlContext {
  readonly sim: Simulation;
  readonly client: Client;
  readonly api: KubectlApi;
  /** For what kubectl watches; reads and writes go through the client. */
  readonly store: Store;
  readonly files: KubectlFiles;
  /** What `kubectl config` has set; lives as long as the session. */
  readonly session: KubectlSession;
  /** What the metrics server knows; absent where there is none. */
  readonly metrics?: KubectlMetrics | undefined;
  /** What `kubectl edit` opens: from the text to the text saved; absent where nobody edits. */
  readonly editor?: (text: string) => string;
  /** Writes to stdout as it is. */
  out(text: string): void;
  /** Writes to stderr as it is. */
  err(text: string): void;
}

export interface KubectlSession {
  namespace: string;
}

export function printLine(context: KubectlContext, line: string): void {
  context.out(`${line}\n`);
}

export function warnLine(context: KubectlContext, line: string): void {
  context.err(`${line}\n`);
}
