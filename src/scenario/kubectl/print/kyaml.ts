/**
 * KYAML: YAML in flow style with quotes around every text, as `-o kyaml` writes it. Models sigs.k8s.io/yaml/kyaml.
 */
import { isMap, type Json } from '../json.ts';

export function kyamlText(value: Json): string {
  return `---\n${text(value, 0)}\n`;
}

function text(value: Json, indent: number): string {
  if (Array.isArray(value)) return listText(value, indent);
  if (!isMap(value)) return typeof value === 'string' ? JSON.stringify(value) : String(value ?? null);
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort();
  if (keys.length === 0) return '{}';
  const margin = ' '.repeat(indent + 2);
  return `{\n${keys.map((key) => `${margin}${keyText(key)}: ${text(value[key], indent + 2)},\n`).join('')}${' '.repeat(indent)}}`;
}

/** Maps in a list stand cuddled: `[{`, `}, {`, `}]`. */
function listText(list: readonly Json[], indent: number): string {
  if (list.length === 0) return '[]';
  if (list.every((one) => isMap(one) && Object.keys(one).length > 0)) return `[${list.map((one) => text(one, indent)).join(', ')}]`;
  const margin = ' '.repeat(indent + 2);
  return `[\n${list.map((one) => `${margin}${text(one, indent + 2)},\n`).join('')}${' '.repeat(indent)}]`;
}

function keyText(key: string): string {
  return /^[A-Za-z][\w./-]*$/.test(key) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(key) ? key : JSON.stringify(key);
}
