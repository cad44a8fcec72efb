/**
 * Which texts may be names, labels and keys, and what is said of those that may not.
 *
 * Models staging/src/k8s.io/apimachinery/pkg/{util/validation/validation.go,api/validate/content}. Each function gives the complaints, none
 * when all is well.
 */
const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const DNS_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED})?`;
const CONFIG_KEY = '[-._a-zA-Z0-9]+';
const HEADER = '[-A-Za-z0-9]+';

const LABEL_RE = new RegExp(`^${LABEL}$`);
const SUBDOMAIN_RE = new RegExp(`^${SUBDOMAIN}$`);
const DNS_1035_RE = new RegExp(`^${DNS_1035}$`);
const QUALIFIED_RE = new RegExp(`^${QUALIFIED}$`);
const LABEL_VALUE_RE = new RegExp(`^${LABEL_VALUE}$`);
const CONFIG_KEY_RE = new RegExp(`^${CONFIG_KEY}$`);
const HEADER_RE = new RegExp(`^${HEADER}$`);
const WILDCARD_RE = new RegExp(`^\\*\\.${SUBDOMAIN}$`);
const WILDCARD = `\\*\\.${SUBDOMAIN}`;

const LABEL_MAX = 63;
const SUBDOMAIN_MAX = 253;

const LABEL_WORDS =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const SUBDOMAIN_WORDS =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const DNS_1035_WORDS =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
const QUALIFIED_WORDS = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

export type NameRule = (name: string) => readonly string[];

const NONE: readonly string[] = [];

export function maxLength(characters: number): string {
  return `must be no more than ${characters} characters`;
}

/** The newer rules, those of labels, count bytes and say so. */
function maxBytes(bytes: number): string {
  return `must be no more than ${bytes} bytes`;
}

export function regexError(words: string, pattern: string, ...examples: readonly string[]): string {
  if (examples.length === 0) return `${words} (regex used for validation is '${pattern}')`;
  return `${words} (e.g. ${examples.map((one) => `'${one}', `).join(' or ')}regex used for validation is '${pattern}')`;
}

export function inRange(value: number, low: number, high: number): readonly string[] {
  return value >= low && value <= high ? NONE : [`must be between ${low} and ${high}, inclusive`];
}

export function isPort(port: number): readonly string[] {
  return inRange(port, 1, 65_535);
}

export const isLabel: NameRule = (name) => {
  if (name.length <= LABEL_MAX && LABEL_RE.test(name)) return NONE;
  const complaints: string[] = [];
  if (name.length > LABEL_MAX) complaints.push(maxLength(LABEL_MAX));
  if (!LABEL_RE.test(name)) {
    // What only the dots spoil is a subdomain.
    complaints.push(SUBDOMAIN_RE.test(name) ? 'must not contain dots' : regexError(LABEL_WORDS, LABEL, 'my-name', '123-abc'));
  }
  return complaints;
};

export const isSubdomain: NameRule = (name) => {
  const complaints: string[] = [];
  if (name.length > SUBDOMAIN_MAX) complaints.push(maxLength(SUBDOMAIN_MAX));
  if (!SUBDOMAIN_RE.test(name)) complaints.push(regexError(SUBDOMAIN_WORDS, SUBDOMAIN, 'example.com'));
  return complaints.length === 0 ? NONE : complaints;
};

export const isDns1035Label: NameRule = (name) => {
  const complaints: string[] = [];
  if (name.length > LABEL_MAX) complaints.push(maxLength(LABEL_MAX));
  if (!DNS_1035_RE.test(name)) complaints.push(regexError(DNS_1035_WORDS, DNS_1035, 'my-name', 'abc-123'));
  return complaints;
};

export const isWildcardSubdomain: NameRule = (name) => {
  const complaints: string[] = [];
  if (name.length > SUBDOMAIN_MAX) complaints.push(maxLength(SUBDOMAIN_MAX));
  if (!WILDCARD_RE.test(name)) {
    const words =
      "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
    complaints.push(regexError(words, WILDCARD, '*.example.com'));
  }
  return complaints;
};

/** A name that can be part of a path; all that RBAC asks for. */
export const isPathSegment: NameRule = (name) => {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  const complaints: string[] = [];
  for (const part of ['/', '%']) if (name.includes(part)) complaints.push(`may not contain '${part}'`);
  return complaints;
};

/** The key of a label, annotation or taint: `example.com/name` or `name`. */
export const isQualifiedName: NameRule = (text) => {
  const complaints: string[] = [];
  const parts = text.split('/');
  let name = text;
  if (parts.length === 2) {
    const prefix = parts[0]!;
    name = parts[1]!;
    if (prefix === '') complaints.push('prefix part must be non-empty');
    else complaints.push(...isSubdomain(prefix).map((one) => `prefix part ${one.replace(/ characters$/, ' bytes')}`));
  } else if (parts.length > 2) {
    const words = regexError(QUALIFIED_WORDS, QUALIFIED, 'MyName', 'my.name', '123-abc');
    return [`a valid label key ${words} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  if (name === '') complaints.push('name part must be non-empty');
  else if (name.length > LABEL_MAX) complaints.push(`name part ${maxBytes(LABEL_MAX)}`);
  if (!QUALIFIED_RE.test(name)) {
    complaints.push(`name part ${regexError(QUALIFIED_WORDS, QUALIFIED, 'MyName', 'my.name', '123-abc')}`);
  }
  return complaints.length === 0 ? NONE : complaints;
};

export const isLabelValue: NameRule = (value) => {
  const complaints: string[] = [];
  if (value.length > LABEL_MAX) complaints.push(maxBytes(LABEL_MAX));
  if (!LABEL_VALUE_RE.test(value)) {
    const words =
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
    complaints.push(regexError(words, LABEL_VALUE, 'MyValue', 'my_value', '12345'));
  }
  return complaints.length === 0 ? NONE : complaints;
};

/** The name of a port, as an IANA service name: `http`, `metrics-2`. */
export const isPortName: NameRule = (port) => {
  const complaints: string[] = [];
  if (port.length > 15) complaints.push(maxLength(15));
  if (!/^[-a-z0-9]+$/.test(port)) complaints.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(port)) complaints.push('must contain at least one letter (a-z)');
  if (port.includes('--')) complaints.push('must not contain consecutive hyphens');
  if (port !== '' && (port.startsWith('-') || port.endsWith('-'))) complaints.push('must not begin or end with a hyphen');
  return complaints;
};

/** Printable ASCII but `=`: what a variable may be called since RelaxedEnvironmentVariableValidation. */
export const isEnvName: NameRule = (name) => {
  if (name === '') return ['environment variable name must be non-empty'];
  const bad = [...name].some((character) => character > '~' || character < ' ' || character === '=');
  return bad ? ["a valid environment variable name must consist only of printable ASCII characters other than '='"] : NONE;
};

export const isConfigKey: NameRule = (key) => {
  const complaints: string[] = [];
  if (key.length > SUBDOMAIN_MAX) complaints.push(maxLength(SUBDOMAIN_MAX));
  if (!CONFIG_KEY_RE.test(key)) {
    const words = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
    complaints.push(regexError(words, CONFIG_KEY, 'key.name', 'KEY_NAME', 'key-name'));
  }
  if (key === '.') complaints.push("must not be '.'");
  else if (key === '..') complaints.push("must not be '..'");
  else if (key.startsWith('..')) complaints.push("must not start with '..'");
  return complaints;
};

export const isHeaderName: NameRule = (name) =>
  HEADER_RE.test(name) ? NONE : [regexError("a valid HTTP header must consist of alphanumeric characters or '-'", HEADER, 'X-Header-Name')];

export const isPercent: NameRule = (text) =>
  /^[0-9]+%$/.test(text)
    ? NONE
    : [regexError("a valid percent string must be a numeric string followed by an ending '%'", '[0-9]+%', '1%', '93%')];
