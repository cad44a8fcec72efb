/**
 * The API server a recording was made from, alone in a simulation: no controllers, no scheduler, no kubelet, no ServiceAccount admission.
 */
import { ApiServer } from '../../../apiserver/api-server.ts';
import type { RestRequest, RestResponse } from '../../../apiserver/rest/rest-request.ts';
import { RestServer } from '../../../apiserver/rest/rest-server.ts';
import { SECOND_US } from '../../../base/units.ts';
import type { KindMap } from '../../../model/kinds.ts';
import { Observers } from '../../../model/observer.ts';
import { Random } from '../../../sim/random.ts';
import { Simulation } from '../../../sim/simulation.ts';
import { readYaml } from './yaml-body.ts';

/** The day of the recording: how old things of the past are tells it. And long after time 0, so that times before a case can be told. */
const START_US = (325 * 24 + 12) * 60 * 60 * SECOND_US;
const AUTHOR = { author: 'kube-apiserver' };

export class RecordedServer {
  readonly sim = new Simulation();
  readonly api: ApiServer;
  readonly rest: RestServer;

  constructor() {
    this.wait(START_US);
    this.api = new ApiServer({ sim: this.sim, random: new Random(1), observers: new Observers() });
    this.rest = new RestServer(this.api, readYaml);
    for (const [name, value, more] of [
      ['system-cluster-critical', 2_000_000_000, ''],
      ['system-node-critical', 2_000_001_000, ', but can be moved to another node if necessary'],
    ] as const) {
      const description = `Used for system critical pods that must run in the cluster${more}.`;
      const object = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value, description };
      this.api.create('PriorityClass', object as KindMap['PriorityClass'], AUTHOR);
    }
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
      spec: { type: 'ClusterIP', clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }] },
    };
    this.api.create('Service', service as KindMap['Service'], AUTHOR);
  }

  handle(request: RestRequest): RestResponse {
    return this.rest.handle(request);
  }

  wait(us: number): void {
    this.sim.runUntil(this.sim.nowUs + us);
  }
}
