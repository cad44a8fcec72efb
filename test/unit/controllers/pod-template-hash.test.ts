import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { podTemplateDump, podTemplateHash, safeEncoded } from '../../../src/controllers/pod-template-hash.ts';

const EXAMPLES = new URL('../../../../shared/data/pod-template-hash/examples.jsonl.gz', import.meta.url);

test('safeEncoded replaces each digit by the letter at its place', () => {
  expect(safeEncoded('0123456789')).toBe('456789bcdf');
});

test('podTemplateHash gives the hash of kubectl create deployment hello', () => {
  const template = {
    metadata: { labels: { app: 'hello' } },
    spec: {
      containers: [
        {
          name: 'echoserver',
          image: 'k8s.gcr.io/echoserver:1.4',
          imagePullPolicy: 'IfNotPresent' as const,
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          resources: {},
        },
      ],
      restartPolicy: 'Always' as const,
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      schedulerName: 'default-scheduler',
      securityContext: {},
    },
  };
  expect(podTemplateHash(template)).toBe('58dbcb4dc4');
});

test.skipIf(!existsSync(EXAMPLES))('podTemplateHash agrees with every recorded example, with and without a collision', () => {
  const lines = gunzipSync(readFileSync(EXAMPLES)).toString().trim().split('\n');
  expect(lines.length).toBeGreaterThan(50);
  for (const line of lines) {
    const example = JSON.parse(line);
    expect(podTemplateDump(example.template)).toBe(example.dump);
    expect(podTemplateHash(example.template)).toBe(example.hash);
    expect(podTemplateHash(example.template, 1)).toBe(example.hashAfterOneCollision);
  }
});
