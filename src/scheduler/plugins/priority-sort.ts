/** Orders the queue: the higher priority first, then who has waited longer. Models plugins/queuesort. */
import type { QueueOrder, QueueSortPlugin } from '../framework.ts';

export class PrioritySort implements QueueSortPlugin {
  readonly name = 'PrioritySort';

  less(a: QueueOrder, b: QueueOrder): boolean {
    const first = a.pod.spec.priority ?? 0;
    const second = b.pod.spec.priority ?? 0;
    return first > second || (first === second && a.timestampUs < b.timestampUs);
  }
}
