/**
 * What a table's printer is: its columns, and the cells of one object under them.
 */

import { ageText } from '../../../model/human-duration.ts';
import type { KubeObject, ObjectMeta } from '../../../model/meta.ts';

export type Cell = string | number | boolean;

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  /** 0 for columns that are always shown, 1 for those of `-o wide`. */
  readonly priority: number;
}

export interface TablePrinter<T> {
  readonly columns: readonly Column[];
  readonly cells: (object: T, nowUs: number) => readonly Cell[];
}

/** Columns as text: `Ready`, `*Selector` for one of `-o wide`, `Desired:integer`. */
export function columns(...texts: readonly string[]): Column[] {
  return texts.map((text) => {
    const [name = '', type = 'string'] = text.replace(/^\*/, '').split(':');
    return { name, type, format: '', priority: text.startsWith('*') ? 1 : 0 };
  });
}

export const NAME: Column = { name: 'Name', type: 'string', format: 'name', priority: 0 };

export const NONE = '<none>';
export const UNSET = '<unset>';

export function age(object: KubeObject | { readonly metadata: ObjectMeta }, nowUs: number): string {
  return ageText(object.metadata.creationTimestamp, nowUs);
}

/** `a,b,c + 2 more...`. */
export function firstFew(items: readonly string[], limit: number): string {
  return items.length > limit ? `${items.slice(0, limit).join(',')} + ${items.length - limit} more...` : items.join(',');
}
