/**
 * What go-yaml says of a text that is no YAML, told from what our own reader found wrong with it.
 *
 * Models the words and line numbers of go.yaml.in/yaml/v2 for the mistakes people make; of a rarer one it says "did not find expected key".
 */
import { parseDocument, type YAMLError } from 'yaml';

/** `yaml: line 4: found character that cannot start any token`; undefined when the text can be read. */
export function yamlProblem(text: string): string | undefined {
  const { errors } = parseDocument(text, { uniqueKeys: false, logLevel: 'silent' });
  if (errors.length === 0) return undefined;
  const { words, line } = problemOf(errors, text);
  return line < 1 ? `yaml: ${words}` : `yaml: line ${line}: ${words}`;
}

interface YamlWords {
  readonly words: string;
  /** As go-yaml counts: its scanner names the line, its parser the line before; of the first line nothing is said. */
  readonly line: number;
}

function problemOf([error, second]: readonly YAMLError[], text: string): YamlWords {
  const { code, message, pos } = error!;
  const scanned = (words: string, at: number): YamlWords => ({ words, line: lineOf(text, at) === 1 ? 0 : lineOf(text, at) });
  const parsed = (words: string, at: number): YamlWords => ({ words, line: lineOf(text, at) - 1 });
  if (code === 'TAB_AS_INDENT' || code === 'BAD_SCALAR_START') return scanned('found character that cannot start any token', pos[0]);
  if (code === 'BLOCK_AS_IMPLICIT_KEY') return scanned(NESTED, second?.code === 'MULTILINE_IMPLICIT_KEY' ? second.pos[1] - 1 : pos[0]);
  if (code === 'MULTILINE_IMPLICIT_KEY') return scanned(hasSibling(text, pos[0]) ? NO_COLON : NESTED, pos[1] - 1);
  if (/Missing closing/.test(message)) return scanned('found unexpected end of stream', text.length);
  if (/^Implicit map keys/.test(message)) return scanned(NO_COLON, text.length);
  if (/^Unexpected block-seq-ind/.test(message)) return scanned('block sequence entries are not allowed in this context', pos[0]);
  if (/^Flow (map|sequence)/.test(message)) return parsed(flowWords(message, text.slice(0, pos[0] + 1)), pos[0]);
  if (/^Unexpected flow-(map|seq)-end/.test(message)) return parsed('did not find expected <document start>', pos[0]);
  if (/^Unexpected scalar at node end/.test(message) && /^- /m.test(text)) return parsed("did not find expected '-' indicator", pos[0]);
  return parsed('did not find expected key', pos[0]);
}

const NESTED = 'mapping values are not allowed in this context';
const NO_COLON = "could not find expected ':'";

function flowWords(message: string, before: string): string {
  if (/:\s*$/.test(before)) return 'did not find expected node content';
  return message.startsWith('Flow map') ? "did not find expected ',' or '}'" : "did not find expected ',' or ']'";
}

/** From 1. */
function lineOf(text: string, at: number): number {
  return text.slice(0, Math.max(0, at)).split('\n').length;
}

/** Is the key there one of several of a block mapping, and not its first? */
function hasSibling(text: string, at: number): boolean {
  const lines = text.slice(0, at).split('\n');
  const column = lines.at(-1)!.length;
  for (const line of lines.slice(0, -1).reverse()) {
    const indent = line.search(/\S/);
    if (indent >= 0 && indent <= column) return indent === column && line[indent] !== '-';
  }
  return false;
}
