/**
 * YAML bodies of requests, as the server's own reader reads them: the first document, with the words yes and no and octal numbers of YAML 1.1.
 */
import { parseAllDocuments } from 'yaml';
import { type YamlDocument, YamlError } from '../../../apiserver/rest/request-body.ts';

export function readYaml(text: string): YamlDocument {
  const documents = [...parseAllDocuments(text, { version: '1.1', uniqueKeys: false, prettyErrors: true })];
  const first = documents[0];
  if (first === undefined) return { value: null, duplicates: [] };
  const error = first.errors[0];
  if (error !== undefined) throw new YamlError(`yaml: line ${error.linePos?.[0].line ?? 1}: ${error.message.split('\n')[0]}`);
  return { value: plain(first.toJS()), duplicates: [] };
}

/** Times are texts to JSON. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}
