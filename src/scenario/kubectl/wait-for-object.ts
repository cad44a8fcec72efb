/**
 * Watching one object until something is true of it.
 */
import { type Awaitable, type Task, wait } from '../../client/task.ts';
import type { Kind, KindMap } from '../../model/kinds.ts';
import { keyOf } from '../../model/meta.ts';
import type { KubectlContext } from './context.ts';

/** From the server to kubectl's watch: the median of client/informer.ts; kubectl draws nothing of its own. */
export const WATCH_HOP_US = 3_000;

/**
 * Watches one object until `isDone` of it, or of its absence, and answers what it then was; 'timeout' when that takes
 * longer than `timeoutUs`. `isDone` is asked again at each change, so it may print on the way.
 */
export function* waitForObject<K extends Kind>(
  context: KubectlContext,
  kind: K,
  namespace: string | undefined,
  name: string,
  isDone: (object: KindMap[K] | undefined) => boolean,
  timeoutUs?: number,
): Task<KindMap[K] | undefined | 'timeout'> {
  const { sim, store } = context;
  const key = keyOf(namespace, name);
  const ended: Awaitable<KindMap[K] | undefined | 'timeout'> = {
    start: (done, failed) => {
      let isOver = false;
      const end = (value: KindMap[K] | undefined | 'timeout') => {
        isOver = true;
        watch.stop();
        done(value);
      };
      const look = (object: KindMap[K] | undefined) => {
        if (isOver) return;
        try {
          if (isDone(object)) end(object);
        } catch (error) {
          isOver = true;
          watch.stop();
          failed(error);
        }
      };
      const watch = store.watch(kind, store.revision, ({ type, object }) => {
        if (keyOf(object.metadata.namespace, object.metadata.name) !== key) return;
        sim.after(WATCH_HOP_US, () => look(type === 'DELETED' ? undefined : object));
      });
      sim.after(WATCH_HOP_US, () => look(store.get(kind, key)));
      if (timeoutUs !== undefined) {
        sim.after(timeoutUs, () => {
          if (!isOver) end('timeout');
        });
      }
    },
  };
  return yield* wait(ended);
}
