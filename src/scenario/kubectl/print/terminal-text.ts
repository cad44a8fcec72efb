/**
 * Text from the cluster made harmless for a terminal. Models cli-runtime/pkg/printers/terminal.go.
 */

/** Control characters of terminals shown as `^[`; the rest as it is. */
export function terminalText(text: string): string {
  return text.replaceAll('\x1b', '^[').replaceAll('\r', '\\r');
}

/** A cell ends at its first line break or form feed: the rest is `...`. */
export function cellText(text: string): string {
  const cut = text.search(/[\f\n\r]/);
  return terminalText(cut < 0 ? text : `${text.slice(0, cut)}...`);
}
