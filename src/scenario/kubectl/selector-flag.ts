/**
 * A selector from a flag, as an object carries it. Models metav1.ParseToLabelSelector.
 */
import type { LabelSelector } from '../../model/meta.ts';
import { parseSelector, SelectorTextError } from '../selector-text.ts';
import { KubectlError } from './errors.ts';

export function selectorOf(text: string): LabelSelector {
  try {
    const { matchLabels = {}, matchExpressions = [] } = parseSelector(text);
    return {
      ...(Object.keys(matchLabels).length === 0 ? {} : { matchLabels }),
      ...(matchExpressions.length === 0 ? {} : { matchExpressions }),
    };
  } catch (error) {
    if (!(error instanceof SelectorTextError)) throw error;
    throw new KubectlError(`couldn't parse the selector string ${JSON.stringify(text)}: ${error.reason}`);
  }
}
