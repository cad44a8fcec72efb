/**
 * The flags of kubectl that several verbs share: what each takes, its short letter, and which are on the way out.
 */

/**
 * `text`, `number` and `duration` take a value, a `switch` may (`--wait=false`); `dry-run`, `cascade` and `validate` take one of a few words,
 * and stand for one of them when given alone.
 */
export type FlagKind = 'text' | 'number' | 'duration' | 'switch' | 'dry-run' | 'cascade' | 'validate';
export type FlagKinds = { readonly [name: string]: FlagKind };

/** Understood in front of and behind every verb. */
export const GLOBAL_FLAGS: FlagKinds = {
  namespace: 'text',
  'request-timeout': 'text',
  context: 'text',
  cluster: 'text',
  user: 'text',
  server: 'text',
  kubeconfig: 'text',
  as: 'text',
  'as-group': 'text',
  'as-uid': 'text',
  'cache-dir': 'text',
  'warnings-as-errors': 'switch',
  'match-server-version': 'switch',
  'insecure-skip-tls-verify': 'switch',
  v: 'number',
};

export const SHORT_FLAGS: { readonly [letter: string]: string } = {
  A: 'all-namespaces',
  L: 'label-columns',
  R: 'recursive',
  c: 'container',
  e: 'env',
  f: 'filename',
  i: 'stdin',
  k: 'kustomize',
  l: 'selector',
  n: 'namespace',
  o: 'output',
  p: 'patch',
  r: 'requests',
  s: 'server',
  t: 'tty',
  v: 'v',
  w: 'watch',
};

/** What kubectl says of a flag it would rather not have been given. */
export const DEPRECATED_FLAGS: { readonly [flag: string]: string } = {
  record: '--record will be removed in the future',
  'cpu-percent': "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).",
};

/** Which objects: by file, by label, or all. */
export const SELECT: FlagKinds = {
  filename: 'text',
  kustomize: 'text',
  recursive: 'switch',
  selector: 'text',
  'field-selector': 'text',
  all: 'switch',
  'all-namespaces': 'switch',
};

/** How to print what came of it. */
export const PRINT: FlagKinds = {
  output: 'text',
  template: 'text',
  'show-managed-fields': 'switch',
  'allow-missing-template-keys': 'switch',
};

const HOW_TO_WRITE: FlagKinds = {
  'dry-run': 'dry-run',
  'field-manager': 'text',
  record: 'switch',
  'save-config': 'switch',
  validate: 'validate',
};

/** How a write is made, and what to print of it. */
export const WRITE: FlagKinds = { ...PRINT, ...HOW_TO_WRITE };

/** The groups by the names they have in the reference. */
export const FLAG_GROUPS: readonly (readonly [name: string, flags: FlagKinds])[] = [
  ['selecting', SELECT],
  ['printing', PRINT],
  ['writing', HOW_TO_WRITE],
];

/** What a flag stands for that is given without a value. */
export function valueWithout(kind: FlagKind): string | undefined {
  if (kind === 'switch') return 'true';
  if (kind === 'dry-run') return 'unchanged';
  if (kind === 'cascade') return 'background';
  return kind === 'validate' ? 'strict' : undefined;
}
