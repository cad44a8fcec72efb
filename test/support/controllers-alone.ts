/**
 * The API server with every controller, and neither scheduler nor kubelet: acts are done to it one at a time, as recordings have them.
 */
import { chances } from '../../src/scenario/conformance/controllers/replay-chance.ts';
import { type RecordedSettings, ReplayControlPlane } from '../../src/scenario/conformance/controllers/replay-control-plane.ts';
import { type Act, type ActResult, ControllerActs } from '../../src/scenario/conformance/controllers/replay-controller-acts.ts';
import type { ReplayJournal } from '../../src/scenario/conformance/controllers/replay-journal.ts';
import { type Fields, stateOf } from '../../src/scenario/conformance/controllers/replay-summary.ts';

export class ControllersAlone {
  readonly plane: ReplayControlPlane;
  readonly #acts: ControllerActs;

  constructor(settings: RecordedSettings = {}, hasOwnNodes = false) {
    const [chance] = chances('alone', 1);
    // Days late, since pods may be said to have been ready for long.
    this.plane = new ReplayControlPlane(settings, chance!, false, 3 * 24 * 60 * 60, hasOwnNodes);
    this.#acts = new ControllerActs(this.plane, false);
    this.plane.waitLonger();
  }

  /** What was written and told until nobody wrote any more; `answer` is the server's. */
  do(act: Act): ReturnType<ReplayJournal['take']> & { readonly answer: ActResult | undefined } {
    const answer = this.act(act);
    this.plane.settle();
    return { ...this.plane.journal.take(), answer };
  }

  /** The act alone; nobody has had time to answer it. */
  act(act: Act): ActResult | undefined {
    return this.#acts.run(act);
  }

  create(apiVersion: string, kind: string, name: string, fields: object = {}, metadata: object = {}) {
    return this.do({ act: 'create', object: { apiVersion, kind, metadata: { name, ...metadata }, ...fields } as never });
  }

  get(on: string): Fields {
    return this.state()[on] as Fields;
  }

  state(): Fields {
    return stateOf(this.plane.api, this.plane.names, false, (object) => this.plane.isOwn(object));
  }
}
