import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { recordingsIn } from '../../src/scenario/conformance/recordings.ts';
import { canReplay, replayRecording } from '../../src/scenario/conformance/scheduler/conformance-scheduler.ts';

const FOLDER = join(import.meta.dirname, '../../../shared/conformance/scheduler');

describe.skipIf(!existsSync(FOLDER))('The scheduler, beside recordings of kube-scheduler 1.36.3 (skipped without ../shared)', () => {
  for (const file of existsSync(FOLDER) ? recordingsIn(FOLDER).filter(canReplay) : []) {
    test(`agrees with every decision of ${file.name}`, () => {
      const { decisions, agreements, disagreements } = replayRecording(file);
      expect(disagreements.slice(0, 3)).toEqual([]);
      expect(agreements).toBe(decisions);
      expect(decisions).toBeGreaterThan(0);
    });
  }
});
