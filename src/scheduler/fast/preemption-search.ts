/**
 * The search for preemption candidates, read from the columns a decision has just left behind.
 *
 * Finds what preemption/candidate-search.ts finds, in the same order and from the same offset, but dry-runs only rows that have changed
 * since the last pod of the template asked. Where other pods have a say in the filters, it leaves it to the obvious way, before anything
 * is drawn.
 */
import type { Status } from '../framework.ts';
import type { QuickSearch } from '../plugins/default-preemption.ts';
import type { PodInfo } from '../pod-info.ts';
import { type CandidateQuestion, type FoundCandidates, wantedCandidates } from '../preemption/candidate-search.ts';
import { type Candidate, NO_VICTIMS } from '../preemption/victims.ts';
import type { Profile } from '../profile.ts';
import { ColumnDiagnosis } from './column-diagnosis.ts';
import type { DryRuns } from './dry-runs.ts';
import type { PodCounts } from './pod-counts.ts';

const NONE: readonly Candidate[] = [];

export class PreemptionSearch implements QuickSearch {
  readonly #profile: Profile;
  readonly #counts: PodCounts;
  /** Rows worth trying, in order; as long as there are rows. */
  #potential = new Int32Array(0);

  constructor(profile: Profile, counts: PodCounts) {
    this.#profile = profile;
    this.#counts = counts;
  }

  search(question: CandidateQuestion): FoundCandidates | undefined {
    const { statuses, pod } = question;
    if (!(statuses instanceof ColumnDiagnosis)) return undefined;
    if (!this.#counts.hasLesserThan(pod.priority)) return this.#nobodyToEvict(statuses, question);
    if (statuses.hasPeers) {
      statuses.completeState();
      return undefined;
    }
    const { columns } = statuses;
    const dryRuns = columns.dryRuns();
    dryRuns.useBudgets(question.budgets);
    const count = this.#fillPotential(statuses);
    const ownRow = this.#rowPromisedTo(pod);
    return count === 0 ? nothingTried() : this.#try(question, dryRuns, count, ownRow);
  }

  #try(question: CandidateQuestion, dryRuns: DryRuns, count: number, ownRow: number): FoundCandidates {
    const potential = this.#potential;
    const wanted = wantedCandidates(count, this.#profile.spec.args.DefaultPreemption);
    const offset = question.drawOffset(count);
    const harmless: number[] = [];
    const violating: number[] = [];
    const rejectedCounts = new Map<Status, number>();
    let tried = 0;
    for (; tried < count; tried++) {
      const row = potential[(offset + tried) % count]!;
      dryRuns.ask(row, question, row !== ownRow);
      if (!dryRuns.isCandidate(row)) {
        const status = dryRuns.outcome(row) as Status;
        rejectedCounts.set(status, (rejectedCounts.get(status) ?? 0) + 1);
        continue;
      }
      const list = (dryRuns.outcome(row) as Candidate).pdbViolations === 0 ? harmless : violating;
      if (list.length < wanted) list.push(row);
      if (harmless.length > 0 && harmless.length + violating.length >= wanted) {
        tried++;
        break;
      }
    }
    const rows = [...harmless, ...violating];
    const triedRows = Int32Array.from({ length: tried }, (_, i) => potential[(offset + i) % count]!);
    return new FoundRows(this.#profile, dryRuns, rows, triedRows, rejectedCounts);
  }

  /** Every node that could be helped has nobody of lower priority. */
  #nobodyToEvict(statuses: ColumnDiagnosis, { drawOffset }: CandidateQuestion): FoundCandidates {
    const count = statuses.countHelpful();
    if (count > 0) drawOffset(count);
    const { nodes } = this.#profile.handle.snapshot;
    return {
      chosen: undefined,
      candidates: NONE,
      get rejected() {
        const helpful = nodes.filter((_, row) => statuses.statusOf(row).code === 'Unschedulable');
        return new Map(helpful.map(({ name }) => [name, NO_VICTIMS]));
      },
      rejectedCounts: count === 0 ? new Map() : new Map([[NO_VICTIMS, count]]),
    };
  }

  #fillPotential({ columns }: ColumnDiagnosis): number {
    const { values } = columns;
    if (this.#potential.length < values.length) this.#potential = new Int32Array(values.length);
    return columns.fillHelpful(this.#potential);
  }

  #rowPromisedTo(pod: PodInfo): number {
    const { snapshot, nominated } = this.#profile.handle;
    return snapshot.get(nominated.nodeOf(pod.uid) ?? '')?.row ?? -1;
  }
}

function nothingTried(): FoundCandidates {
  return { chosen: undefined, candidates: NONE, rejected: new Map(), rejectedCounts: new Map() };
}

/** Good until the next decision; the lists are only made for who asks. */
class FoundRows implements FoundCandidates {
  readonly chosen: Candidate | undefined;
  readonly rejectedCounts: ReadonlyMap<Status, number>;
  readonly #profile: Profile;
  readonly #dryRuns: DryRuns;
  readonly #rows: readonly number[];
  readonly #tried: Int32Array;

  constructor(profile: Profile, dryRuns: DryRuns, rows: readonly number[], tried: Int32Array, rejectedCounts: ReadonlyMap<Status, number>) {
    this.#profile = profile;
    this.#dryRuns = dryRuns;
    this.#rows = rows;
    this.#tried = tried;
    this.rejectedCounts = rejectedCounts;
    let best = rows[0];
    for (const row of rows) if (dryRuns.isBetter(row, best!)) best = row;
    this.chosen = best === undefined ? undefined : (dryRuns.outcome(best) as Candidate);
  }

  get candidates(): readonly Candidate[] {
    return this.#rows.map((row) => this.#dryRuns.outcome(row) as Candidate);
  }

  get rejected(): ReadonlyMap<string, Status> {
    const { nodes } = this.#profile.handle.snapshot;
    const rejected = new Map<string, Status>();
    for (const row of this.#tried) {
      if (!this.#dryRuns.isCandidate(row)) rejected.set(nodes[row]!.name, this.#dryRuns.outcome(row) as Status);
    }
    return rejected;
  }
}
