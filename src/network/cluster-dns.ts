/**
 * The cluster's DNS as a step of a request's way: a name is looked up by asking the Service `kube-system/kube-dns`, and a pod
 * behind it has to answer.
 *
 * Models resolv.conf's timeout of 5 s and 2 attempts in front of CoreDNS. A cluster without that Service has a DNS outside of
 * Kubernetes that always answers. What is answered is as new as CoreDNS's own watch; NodeLocal DNSCache is left out.
 */
import { MICROSECOND_US, SECOND_US } from '../base/units.ts';
import type { PodRuntimeView } from '../model/runtime-view.ts';
import { type Distribution, drawUs } from '../sim/distribution.ts';
import type { RandomStream } from '../sim/random.ts';
import { candidates, type Place } from './endpoint-choice.ts';
import type { KubeProxies } from './kube-proxy.ts';

const KUBE_DNS = 'kube-system/kube-dns';
/** A lookup answered by the cluster's DNS from its cache. */
const LOOKUP: Distribution = { kind: 'lognormal', medianUs: 600 * MICROSECOND_US, sigma: 0.5 };
// resolv.conf(5): timeout:5, attempts:2.
const TIMEOUT_US = 5 * SECOND_US;
const ATTEMPTS = 2;

export interface DnsAnswer {
  readonly isAnswered: boolean;
  readonly tookUs: number;
}

export class ClusterDns {
  readonly #proxies: KubeProxies;
  readonly #runtime: PodRuntimeView;
  readonly #latency: RandomStream;
  readonly #choice: RandomStream;

  constructor(proxies: KubeProxies, runtime: PodRuntimeView, latency: RandomStream, choice: RandomStream) {
    this.#proxies = proxies;
    this.#runtime = runtime;
    this.#latency = latency;
    this.#choice = choice;
  }

  /** Asks from that node; a server that does not answer costs the resolver's timeout each time. */
  ask(place: Place): DnsAnswer {
    let tookUs = drawUs(LOOKUP, this.#latency);
    if (this.#proxies.resolve(KUBE_DNS) === undefined) return { isAnswered: true, tookUs };
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (this.#isAnswering(place)) return { isAnswered: true, tookUs };
      tookUs += TIMEOUT_US;
    }
    return { isAnswered: false, tookUs };
  }

  #isAnswering(place: Place): boolean {
    const rules = this.#proxies.rulesOn(place.nodeName, KUBE_DNS);
    const port = rules?.ports[0];
    if (rules === undefined || port === undefined) return false;
    const targets = candidates(port, rules.internalPolicy, place);
    if (targets.length === 0) return false;
    const { ip, port: targetPort, nodeName } = targets[this.#choice.below(targets.length)]!;
    if (nodeName !== place.nodeName && !(this.#runtime.isNodeReachable(nodeName) && this.#runtime.isNodeReachable(place.nodeName)))
      return false;
    return this.#runtime.podByIp(ip)?.processFor(targetPort)?.isAccepting === true;
  }
}
