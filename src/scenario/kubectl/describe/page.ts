/**
 * A description as it is written: lines with an indentation and tabs, lined up at the end.
 *
 * Models the PrefixWriter and tabbedString of k8s.io/kubectl/pkg/describe.
 */
import { compareText } from '../../../base/compare.ts';
import { DAY_US, SECOND_US } from '../../../base/units.ts';
import { controllerOf, type KubeObject, type StringMap } from '../../../model/meta.ts';
import { civilFromDays, timeUsOf } from '../../../model/time.ts';
import type { Json } from '../json.ts';
import { LAST_APPLIED } from '../last-applied.ts';
import { alignedDescription } from '../print/tab-writer.ts';
import { terminalText } from '../print/terminal-text.ts';

const ANNOTATION_LENGTH_MAX = 140; // maxAnnotationLen in describe.go
const EPOCH_DAYS = 20_454; // From 1970-01-01 to 2026-01-01.
const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export class Page {
  #done = '';
  #text = '';

  /** A whole line, so many levels in. */
  line(level: number, text: string): void {
    this.#text += `${'  '.repeat(level)}${terminalText(text)}\n`;
  }

  /** What was written so far keeps its columns, whatever comes. */
  flush(): void {
    this.#done += alignedDescription(this.#text);
    this.#text = '';
  }

  /** Lined up. */
  text(): string {
    this.flush();
    return this.#done;
  }

  /** With its tabs, as a rollout's history shows a template. */
  raw(): string {
    return this.#done + this.#text;
  }

  labels(title: string, labels: StringMap | undefined): void {
    this.list(
      title,
      Object.entries(labels ?? {})
        .sort(([a], [b]) => compareText(a, b))
        .map(([key, value]) => `${key}=${value}`),
    );
  }

  /** The items one below the other, the first behind the title. */
  list(title: string, items: readonly string[]): void {
    if (items.length === 0) return this.line(0, `${title}:\t<none>`);
    items.forEach((item, at) => {
      this.line(0, at === 0 ? `${title}:\t${item}` : `\t${item}`);
    });
  }

  annotations(title: string, annotations: StringMap | undefined): void {
    const keys = Object.keys(annotations ?? {})
      .filter((key) => key !== LAST_APPLIED)
      .sort(compareText);
    if (keys.length === 0) return this.line(0, `${title}:\t<none>`);
    keys.forEach((key, at) => {
      const start = at === 0 ? `${title}:\t` : '\t';
      const value = annotations![key]!.replace(/\n$/, '');
      if (value.length + key.length + 2 <= ANNOTATION_LENGTH_MAX && !value.includes('\n')) {
        this.line(0, `${start}${key}: ${value}`);
        return;
      }
      this.line(0, `${start}${key}:`);
      for (const one of value.split('\n')) this.line(0, `\t  ${shortened(one, ANNOTATION_LENGTH_MAX - 2)}`);
    });
  }
}

function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}...` : text;
}

/** `Thu, 01 Jan 2026 00:00:00 +0000`; the zero time of Go for what was never set. */
export function timeLine(time: Json): string {
  if (typeof time !== 'string') return 'Mon, 01 Jan 0001 00:00:00 +0000';
  const seconds = Math.floor(timeUsOf(time) / SECOND_US);
  const day = Math.floor((seconds * SECOND_US) / DAY_US);
  const [year, month, dayOfMonth] = civilFromDays(day + EPOCH_DAYS);
  const rest = seconds - day * 86_400;
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = `${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
  return `${DAYS[((day % 7) + 7) % 7]}, ${two(dayOfMonth)} ${MONTHS[month - 1]} ${year} ${clock} +0000`;
}

export function controllerText(object: KubeObject): string | undefined {
  const owner = controllerOf(object);
  return owner === undefined ? undefined : `${owner.kind}/${owner.name}`;
}

/** `True`, `False`. */
export function boolText(value: Json): string {
  return value === true ? 'True' : 'False';
}

export function orNone(text: string): string {
  return text === '' ? '<none>' : text;
}
