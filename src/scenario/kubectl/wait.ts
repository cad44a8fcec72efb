/**
 * `kubectl wait`: for a condition, a field, a deletion or a creation. Models k8s.io/kubectl/pkg/cmd/wait.
 */
import { SECOND_US } from '../../base/units.ts';
import { sleep, type Task } from '../../client/task.ts';
import { KINDS } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import type { ParsedCommand } from './command-line.ts';
import type { KubectlContext } from './context.ts';
import { isNotFound, KubectlError, throwAll } from './errors.ts';
import { goDurationUs } from './go-duration.ts';
import { asMap, isMap, listAt, numberAt } from './json.ts';
import { goValueText } from './print/go-value.ts';
import { JsonPath } from './print/jsonpath.ts';
import { relaxedPath } from './print/sort-by.ts';
import { answerPrinter } from './print-answer.ts';
import { type Info, type Selected, select } from './select.ts';
import { waitForObject } from './wait-for-object.ts';

const DEFAULT_TIMEOUT_US = 30 * SECOND_US;
const WEEK_US = 168 * 60 * 60 * SECOND_US;
const CREATE_POLL_US = SECOND_US / 2; // PollUntilContextTimeout in wait.go
const INTERRUPTED = 'timed out waiting for the condition';

/** Is it true of the object, or of its absence? */
type Condition = (object: KubeObject | undefined) => boolean;

export function* waitFor(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags } = command;
  const wanted = flags.all('for').map((text) => text.trim());
  const conditions = wanted.filter((text) => text !== 'create').map(conditionOf);
  if (wanted.length === 0) throw new KubectlError('unrecognized condition: []');
  const answer = answerPrinter(command, context);
  const timeoutUs = flags.has('timeout') ? goDurationUs(flags.text('timeout')!) : DEFAULT_TIMEOUT_US;
  const endUs = context.sim.nowUs + (timeoutUs < 0 ? WEEK_US : timeoutUs);
  if (wanted.includes('create')) yield* waitForCreation(endUs, command, context);
  const isForDelete = wanted.includes('delete');
  const found = yield* select(command, context, { allowEmptySelector: flags.isOn('all') });
  const failures = found.errors.filter((error) => !(isForDelete && isNotFound(error)));
  for (const info of found.infos) {
    try {
      for (const condition of conditions)
        answer(yield* waitForOne(info, condition, isForDelete, endUs, timeoutUs, context), 'condition met');
      if (conditions.length === 0) answer(info.object!, 'condition met');
    } catch (error) {
      failures.push(error);
    }
  }
  throwAll(failures);
  if (found.infos.length === 0 && !isForDelete) throw new KubectlError('no matching resources found');
}

function* waitForOne(
  { kind, namespace, name, object }: Info,
  isMet: Condition,
  isForDelete: boolean,
  endUs: number,
  timeoutUs: number,
  context: KubectlContext,
): Task<KubeObject> {
  const uid = object!.metadata.uid;
  if (timeoutUs === 0) {
    if (isMet(object)) return object!;
    throw new KubectlError(`condition not met for ${KINDS[kind].resource}/${name}`);
  }
  const isDone = (present: KubeObject | undefined) =>
    isForDelete ? present === undefined || present.metadata.uid !== uid : present !== undefined && isMet(present);
  const end = yield* waitForObject(context, kind, namespace, name, isDone, Math.max(0, endUs - context.sim.nowUs));
  if (end === 'timeout') throw new KubectlError(`${INTERRUPTED} on ${KINDS[kind].resource}/${name}`);
  return end ?? object!;
}

/** Asks again and again until every object named is there. */
function* waitForCreation(endUs: number, command: ParsedCommand, context: KubectlContext): Task<void> {
  for (;;) {
    const found: Selected = yield* select(command, context, { allowEmptySelector: command.flags.isOn('all') });
    throwAll(found.errors.filter((error) => !isNotFound(error)));
    if (found.errors.length === 0 && found.infos.length > 0) return;
    const left = endUs - context.sim.nowUs;
    if (left <= 0) throw new KubectlError(INTERRUPTED);
    yield* sleep(context.sim, Math.min(CREATE_POLL_US, left));
  }
}

function conditionOf(text: string): Condition {
  if (text.toLowerCase() === 'delete') return (object) => object === undefined;
  if (text.startsWith('condition=')) return statusCondition(text.slice('condition='.length));
  if (text.startsWith('jsonpath=')) return fieldCondition(text.slice('jsonpath='.length));
  throw new KubectlError(`unrecognized condition: ${JSON.stringify(text)}`);
}

/** `Ready`, or `Ready=False`; only as far as the controller has seen the present generation. */
function statusCondition(text: string): Condition {
  const equals = text.indexOf('=');
  const name = (equals < 0 ? text : text.slice(0, equals)).toLowerCase();
  const status = (equals < 0 ? 'true' : text.slice(equals + 1)).toLowerCase();
  return (object) => {
    const map = asMap(object!);
    const found = listAt(map, 'status.conditions')
      .filter(isMap)
      .find(({ type }) => String(type).toLowerCase() === name);
    if (found === undefined) return false;
    const observed = numberAt(found, 'observedGeneration') ?? numberAt(map, 'status.observedGeneration');
    const generation = numberAt(map, 'metadata.generation');
    if (observed !== undefined && generation !== undefined && observed < generation) return false;
    return String(found.status).toLowerCase() === status;
  };
}

/** `{.status.phase}=Running`, or a field that has but to be there. */
function fieldCondition(text: string): Condition {
  const parts = text.split(/(?<!=)=(?!=)/);
  if (parts.length > 2)
    throw new KubectlError(
      "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'",
    );
  const path = new JsonPath(relaxedPath(parts[0]!.replaceAll(/^['"]|['"]$/g, '')));
  const wanted = parts[1]?.replaceAll(/^['"]+|['"]+$/g, '');
  if (wanted === '')
    throw new KubectlError("jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3");
  return (object) => {
    const [first = [], ...others] = path.find(asMap(object!));
    if (first.length === 0) return false;
    if (others.length > 0) throw new KubectlError('given jsonpath expression matches more than one list');
    if (first.length > 1) throw new KubectlError('given jsonpath expression matches more than one value');
    if (wanted === undefined) return true;
    if (isMap(first[0]) || Array.isArray(first[0]))
      throw new KubectlError('jsonpath leads to a nested object or list which is not supported');
    return goValueText(first[0]).trim() === wanted.trim();
  };
}
