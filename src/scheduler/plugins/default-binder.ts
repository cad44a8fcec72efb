/** Binds the pod to its node through the API. Models plugins/defaultbinder; the act itself is the component's (scheduler.ts). */
import type { Plugin } from '../framework.ts';

export class DefaultBinder implements Plugin {
  readonly name = 'DefaultBinder';
}
