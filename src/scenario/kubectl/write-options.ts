/**
 * How a write is made: really, or as a dry run on either side; and what becomes of unknown fields.
 *
 * Models GetDryRunStrategy and GetValidationDirective of k8s.io/kubectl/pkg/cmd/util/helpers.go.
 */
import type { WriteOptions } from './api.ts';
import type { Flags } from './command-line.ts';
import { KubectlError } from './errors.ts';

export type DryRun = 'none' | 'client' | 'server';

const BOOLEAN = /^(1|t|true|0|f|false)$/i;

export function dryRunOf(flags: Flags): DryRun {
  const value = flags.text('dry-run') ?? 'none';
  if (value === 'none' || value === 'client' || value === 'server') return value;
  if (value === 'unchanged') return 'client';
  if (BOOLEAN.test(value)) return /^(1|t)/i.test(value) ? 'client' : 'none';
  throw new KubectlError(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`);
}

/** What is put behind an answer: nothing, ` (dry run)` or ` (server dry run)`. */
export function dryRunSuffix(dryRun: DryRun): string {
  return dryRun === 'none' ? '' : dryRun === 'client' ? ' (dry run)' : ' (server dry run)';
}

export function writeOptionsOf(flags: Flags, fieldManager = 'kubectl'): WriteOptions {
  const isDryRun = dryRunOf(flags) === 'server';
  return {
    fieldManager: flags.text('field-manager') ?? fieldManager,
    fieldValidation: fieldValidationOf(flags),
    ...(isDryRun ? { dryRun: true } : {}),
  };
}

export function fieldValidationOf(flags: Flags): 'Strict' | 'Warn' | 'Ignore' {
  const value = flags.text('validate') ?? 'strict';
  if (value === 'strict') return 'Strict';
  if (value === 'warn') return 'Warn';
  if (value === 'ignore') return 'Ignore';
  if (BOOLEAN.test(value)) return /^(1|t)/i.test(value) ? 'Strict' : 'Ignore';
  throw new KubectlError(`invalid - validate option ${JSON.stringify(value)}; must be one of: strict (or true), warn, ignore (or false)`);
}
