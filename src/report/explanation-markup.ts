/**
 * The part of the page that says why pods are where they are: those that wait first, each to be unfolded.
 */
import { secondsText } from '../base/units.ts';
import type { Explanation } from '../scheduler/explain/explanation.ts';
import { explanationText, headline } from './explanation-text.ts';
import { escaped } from './markup.ts';
import type { ResultDocument } from './result-document.ts';

// A page of more is slow to open; `orrery why` tells of any pod.
const SHOWN = 100;

export function explanationsMarkup({ explanations, endUs }: ResultDocument): string {
  if (explanations.length === 0) return '';
  const waiting = explanations.filter(({ outcome }) => outcome !== 'placed');
  const shown = [...waiting, ...explanations.filter(({ outcome }) => outcome === 'placed')].slice(0, SHOWN);
  const words =
    waiting.length === 0
      ? 'Every pod was placed'
      : `${waiting.length} ${waiting.length === 1 ? 'pod waits, or one of a sort' : 'sorts of pods wait'} at ${secondsText(endUs)}`;
  const rest =
    explanations.length > SHOWN ? `; the first ${SHOWN} of ${explanations.length} are shown, ask <code>orrery why</code> for others` : '';
  return `<p class="facts">${escaped(words)}${rest}</p>
${shown.map(one).join('\n')}`;
}

function one(explanation: Explanation): string {
  const [, ...lines] = explanationText(explanation).split('\n');
  const isOpen = explanation.outcome !== 'placed';
  return `<details class="decision"${isOpen ? ' open' : ''}><summary>${escaped(headline(explanation))}</summary>
<pre>${escaped(lines.join('\n'))}</pre>
</details>`;
}
