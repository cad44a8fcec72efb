/**
 * Pieces of HTML the page is put together from. Whatever comes from a run is text: it can never become markup.
 */

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** `numeric` names the columns whose figures are to line up on the right. */
export function tableMarkup({ header, rows }: Table, numeric: readonly string[] = []): string {
  const kind = (column: number) => (numeric.includes(header[column]!) ? ' class="number"' : '');
  const line = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell, column) => `<${tag}${kind(column)}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  return `<div class="wide"><table><thead>${line(header, 'th')}</thead><tbody>
${rows.map((row) => line(row, 'td')).join('\n')}
</tbody></table></div>`;
}

/** A part of the page that can be folded away; nothing at all where it would be empty. */
export function section(id: string, title: string, body: string, isOpen = true): string {
  if (body === '') return '';
  return `<details id="${id}"${isOpen ? ' open' : ''}><summary><h2>${escaped(title)}</h2></summary>
${body}
</details>`;
}

/** `(the first 1000 of 4211)`, or nothing where all are shown. */
export function shownOf(shown: number, total: number): string {
  return total > shown ? ` (the first ${shown} of ${total})` : '';
}
