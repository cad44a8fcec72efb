/**
 * Columns that line up. Models text/tabwriter as kubectl uses it: cells end with a tab, what stands behind the last tab of a line is no cell.
 */

/** kubectl's tables: three blanks between columns, none narrower than six (printers.GetNewTabWriter). */
const TABLE_PADDING = 3;
const TABLE_MINIMUM = 6;
/** Its descriptions: two blanks (describe.go, tabbedString). */
const DESCRIBE_PADDING = 2;

export function alignedTable(text: string): string {
  return aligned(text, TABLE_PADDING, TABLE_MINIMUM);
}

export function alignedDescription(text: string): string {
  return aligned(text, DESCRIBE_PADDING, 0);
}

/**
 * Aligns text with tabs. A column is a block of neighbouring lines that all have a cell there; its width is that of the widest, never
 * less than `minimum`.
 */
export function aligned(text: string, padding: number, minimum: number): string {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const widths: number[][] = lines.map(() => []);
  for (let at = 0; at < lines.length; at++) {
    for (let column = widths[at]!.length; column < lines[at]!.length - 1; column++) {
      let end = at;
      let width = minimum;
      for (; end < lines.length && lines[end]!.length - 1 > column; end++) {
        width = Math.max(width, lines[end]![column]!.length + padding);
      }
      for (let line = at; line < end; line++) widths[line]![column] = width;
    }
  }
  return lines
    .map((cells, at) => cells.map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[at]![column]!))).join(''))
    .join('\n');
}
