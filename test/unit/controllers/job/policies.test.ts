import { describe, expect, test } from 'vitest';
import { SECOND_US } from '../../../../src/base/units.ts';
import { recordAfter, remainingOfIndexUs, remainingUs } from '../../../../src/controllers/job/backoff.ts';
import { failJobMessage, judgeFailure, successPolicyMessage } from '../../../../src/controllers/job/policies.ts';
import type { Job } from '../../../../src/model/batch.ts';
import type { Pod } from '../../../../src/model/pod.ts';
import { timeText } from '../../../../src/model/time.ts';

function job(rules: unknown[]): Job {
  return { spec: { podFailurePolicy: { rules } } } as unknown as Job;
}

function failed(exitCode: number, conditions: unknown[] = [], init?: number): Pod {
  return {
    metadata: { name: 'work-x', namespace: 'ns', uid: 'u' },
    status: {
      phase: 'Failed',
      containerStatuses: [{ name: 'c', state: { terminated: { exitCode } } }],
      ...(init === undefined ? {} : { initContainerStatuses: [{ name: 'i', state: { terminated: { exitCode: init } } }] }),
      conditions,
    },
  } as unknown as Pod;
}

describe('podFailurePolicy', () => {
  const ignoreDisruption = { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] };
  const failOn42 = { action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } };

  test('takes the first rule that matches, and counts what none matches', () => {
    const rules = [ignoreDisruption, failOn42];
    const disrupted = failed(42, [{ type: 'DisruptionTarget', status: 'True' }]);
    expect(judgeFailure(job(rules), disrupted)).toMatchObject({ action: 'Ignore', isCounted: false });
    expect(judgeFailure(job(rules), failed(42))).toMatchObject({ action: 'FailJob', isCounted: true });
    expect(judgeFailure(job(rules), failed(1))).toMatchObject({ action: undefined, isCounted: true });
    expect(judgeFailure(job(rules), failed(1, [{ type: 'DisruptionTarget', status: 'False' }])).action).toBeUndefined();
  });

  test('names the container, the code and the rule when it fails the Job', () => {
    expect(failJobMessage(job([ignoreDisruption, failOn42]), [failed(1), failed(42)])).toBe(
      'Container c for pod ns/work-x failed with exit code 42 matching FailJob rule at index 1',
    );
    const onCondition = { action: 'FailJob', onPodConditions: [{ type: 'ConfigIssue', status: 'True' }] };
    expect(failJobMessage(job([onCondition]), [failed(1, [{ type: 'ConfigIssue', status: 'True' }])])).toBe(
      'Pod ns/work-x has condition ConfigIssue matching FailJob rule at index 0',
    );
  });

  test('looks at init containers too, at one container if told so, and never at a code of 0', () => {
    const notIn = { action: 'FailIndex', onExitCodes: { operator: 'NotIn', values: [1, 2] } };
    expect(judgeFailure(job([notIn]), failed(0)).action).toBeUndefined();
    expect(judgeFailure(job([notIn]), failed(0, [], 3)).action).toBe('FailIndex');
    const other = { action: 'Count', onExitCodes: { containerName: 'd', operator: 'In', values: [1] } };
    expect(judgeFailure(job([other]), failed(1)).action).toBeUndefined();
  });
});

test('successPolicy is met by indexes, by a number, or by a number of indexes', () => {
  const met = (rules: unknown[], ...succeeded: number[]) =>
    successPolicyMessage({ spec: { completions: 6, successPolicy: { rules } } } as unknown as Job, new Set(succeeded));
  expect(met([{ succeededIndexes: '0,2-3' }], 0, 2)).toBeUndefined();
  expect(met([{ succeededIndexes: '0,2-3' }], 0, 2, 3, 5)).toBe('Matched rules at index 0');
  expect(met([{ succeededIndexes: '0' }, { succeededCount: 2 }], 1, 4)).toBe('Matched rules at index 1');
  expect(met([{ succeededIndexes: '0-3', succeededCount: 2 }], 0, 5)).toBeUndefined();
  expect(met([{ succeededIndexes: '0-3', succeededCount: 2 }], 0, 3)).toBe('Matched rules at index 0');
});

describe('The back-off of a Job', () => {
  const ended = (seconds: number, phase = 'Failed', annotations: object = {}): Pod =>
    ({
      metadata: { annotations },
      status: { phase, containerStatuses: [{ state: { terminated: { finishedAt: timeText(seconds * SECOND_US) } } }] },
    }) as unknown as Pod;

  test('is 10 s after a failure, doubles with each, and never exceeds 10 min', () => {
    let record = recordAfter(undefined, [], [ended(100)]);
    expect(remainingUs(record, 104 * SECOND_US)).toBe(6 * SECOND_US);
    record = recordAfter(record, [], [ended(110), ended(120)]);
    expect(remainingUs(record, 120 * SECOND_US)).toBe(40 * SECOND_US);
    record = recordAfter(
      record,
      [],
      Array.from({ length: 20 }, (_, number) => ended(200 + number)),
    );
    expect(remainingUs(record, 219 * SECOND_US)).toBe(600 * SECOND_US);
  });

  test('begins anew after a success, but for failures that came later', () => {
    const record = recordAfter(recordAfter(undefined, [], [ended(10), ended(20)]), [ended(30, 'Succeeded')], [ended(25), ended(40)]);
    expect(record).toEqual({ failuresAfterLastSuccess: 1, lastFailureUs: 40 * SECOND_US });
  });

  test('of one index goes by the count its last pod carries, ignored failures included', () => {
    const last = ended(100, 'Failed', {
      'batch.kubernetes.io/job-index-failure-count': '1',
      'batch.kubernetes.io/job-index-ignored-failure-count': '1',
    });
    expect(remainingOfIndexUs(last, 100 * SECOND_US)).toBe(40 * SECOND_US);
    expect(remainingOfIndexUs(undefined, 0)).toBe(0);
  });
});
