/**
 * Keys and values for ConfigMaps and Secrets: from literals, from files and folders, from files of `KEY=value` lines.
 *
 * Models k8s.io/kubectl/pkg/util (ParseLiteralSource, ParseFileSource), cmd/util/env_file.go and cmd/create/create_configmap.go.
 */
import type { ParsedCommand } from '../command-line.ts';
import type { KubectlContext } from '../context.ts';
import { KubectlError } from '../errors.ts';

const KEY = /^[-._a-zA-Z0-9]+$/;
const KEY_LENGTH_MAX = 253;
const KEY_WANTED =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
const ENV_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;
const ENV_NAME_WANTED =
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')";

/** In the order they were given. `kind` and `name` are those of the object they go to. */
export function keyValuesOf(
  { flags }: ParsedCommand,
  context: KubectlContext,
  kind: 'ConfigMap' | 'Secret',
  name: string,
): Map<string, string> {
  const values = new Map<string, string>();
  const add = (key: string, value: string) => {
    if (!KEY.test(key) || key.length > KEY_LENGTH_MAX || key === '.' || key.startsWith('..'))
      throw new KubectlError(`${JSON.stringify(key)} is not a valid key name for a ${kind}: ${KEY_WANTED}`);
    if (values.has(key)) throw new KubectlError(duplicate(key, kind, name));
    values.set(key, value);
  };
  if (flags.has('from-env-file') && (flags.has('from-file') || flags.has('from-literal')))
    throw new KubectlError('from-env-file cannot be combined with from-file or from-literal');
  for (const source of flags.all('from-file')) addFile(source, context, add);
  for (const literal of flags.all('from-literal')) {
    const equals = literal.indexOf('=');
    if (equals < 1) throw new KubectlError(`invalid literal source ${literal}, expected key=value`);
    add(literal.slice(0, equals), literal.slice(equals + 1).replace(/^"(.*)"$|^'(.*)'$/s, '$1$2'));
  }
  for (const file of flags.list('from-env-file')) addEnvFile(file, context, add);
  return values;
}

type Add = (key: string, value: string) => void;

/** `PATH`, `KEY=PATH`, or a folder, each file of which becomes a key. */
function addFile(source: string, context: KubectlContext, add: Add): void {
  const equals = source.indexOf('=');
  if (equals === 0) throw new KubectlError(`key name for file path ${source.slice(1)} missing`);
  if (equals === source.length - 1) throw new KubectlError(`file path for key name ${source.slice(0, -1)} missing`);
  if (equals !== source.lastIndexOf('=')) throw new KubectlError("key names or file paths cannot contain '='");
  const path = source.slice(equals + 1);
  const files = context.files.list(path);
  if (files !== undefined) {
    if (equals > 0) throw new KubectlError('cannot give a key name for a directory path');
    for (const file of files) add(file, context.files.text(`${path}/${file}`) ?? '');
    return;
  }
  add(equals > 0 ? source.slice(0, equals) : path.slice(path.lastIndexOf('/') + 1), fileText(path, context));
}

function addEnvFile(file: string, context: KubectlContext, add: Add): void {
  if (context.files.list(file) !== undefined) throw new KubectlError('env config file cannot be a directory');
  for (const line of fileText(file, context).split(/\r?\n/)) {
    const trimmed = line.trimStart();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const equals = trimmed.indexOf('=');
    const key = equals < 0 ? trimmed : trimmed.slice(0, equals);
    if (!ENV_NAME.test(key)) throw new KubectlError(`${JSON.stringify(key)} is not a valid key name: ${ENV_NAME_WANTED}`);
    // A bare name stands for the variable of the shell; there is none here.
    add(key, equals < 0 ? '' : trimmed.slice(equals + 1));
  }
}

export function fileText(path: string, context: KubectlContext): string {
  const text = context.files.text(path);
  if (text === undefined) throw new KubectlError(`error reading ${path}: no such file or directory`);
  return text;
}

function duplicate(key: string, kind: 'ConfigMap' | 'Secret', name: string): string {
  if (kind === 'Secret') return `cannot add key ${key}, another key by that name already exists`;
  return `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ConfigMap ${JSON.stringify(name)}`;
}
