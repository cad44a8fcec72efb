/**
 * `-o custom-columns=NAME:.metadata.name,…`. Models kubectl/pkg/cmd/get/customcolumn.go.
 */
import { KubectlError } from '../errors.ts';
import type { Json } from '../json.ts';
import { goValueText } from './go-value.ts';
import { JsonPath } from './jsonpath.ts';
import { relaxedPath } from './sort-by.ts';
import { alignedTable } from './tab-writer.ts';
import { terminalText } from './terminal-text.ts';

export interface CustomColumn {
  readonly header: string;
  readonly path: JsonPath;
}

export function customColumns(spec: string): CustomColumn[] {
  if (spec === '') throw new KubectlError('custom-columns format specified but no custom columns given');
  return spec.split(',').map((part) => {
    const colon = part.indexOf(':');
    if (colon < 0) throw new KubectlError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    return { header: part.slice(0, colon), path: new JsonPath(relaxedPath(part.slice(colon + 1))) };
  });
}

/** Two lines, the headers and the paths, words apart: `-o custom-columns-file=`. */
export function customColumnsOfTemplate(template: string): CustomColumn[] {
  const [headers, paths] = template.split('\n').map((line) => line.split(/\s+/).filter((word) => word !== ''));
  const invalid = (what: string) =>
    new KubectlError(
      `invalid template, missing ${what} line. Expected format is one line of space separated headers, one line of space separated column specs.`,
    );
  if (headers === undefined || headers.length === 0) throw invalid('header');
  if (paths === undefined || paths.length === 0) throw invalid('spec');
  if (headers.length !== paths.length)
    throw new KubectlError(`number of headers (${headers.length}) and field specifications (${paths.length}) don't match`);
  return headers.map((header, at) => ({ header, path: new JsonPath(relaxedPath(paths[at]!)) }));
}

export function customColumnsText(columns: readonly CustomColumn[], objects: readonly Json[], hasHeaders: boolean): string {
  const rows = objects.map((object) => columns.map(({ path }) => cell(path.find(object))));
  const lines = [...(hasHeaders ? [columns.map(({ header }) => header)] : []), ...rows];
  return alignedTable(lines.map((cells) => `${cells.join('\t')}\n`).join(''));
}

function cell(found: readonly (readonly Json[])[]): string {
  if ((found[0]?.length ?? 0) === 0) return '<none>';
  return found
    .flat()
    .map((value) => terminalText(goValueText(value)))
    .join(',');
}
