/**
 * Paths inside a volume: relative, and never upwards. Models validateLocalDescendingPath of pkg/apis/core/validation/validation.go.
 */
import type { FieldErrors } from './field-errors.ts';

export function validateDescendingPath(errors: FieldErrors, target: string, path: string): void {
  if (target.startsWith('/')) errors.invalid(path, target, 'must be a relative path');
  validateNoBacksteps(errors, target, path);
}

export function validateNoBacksteps(errors: FieldErrors, target: string, path: string): void {
  if (target.split('/').includes('..')) errors.invalid(path, target, "must not contain '..'");
}

/** Such a path must not begin with two dots either, which the kubelet keeps for itself. */
export function validateNonReservedPath(errors: FieldErrors, target: string, path: string): void {
  validateDescendingPath(errors, target, path);
  if (target.startsWith('..') && !target.startsWith('../')) errors.invalid(path, target, "must not start with '..'");
}
