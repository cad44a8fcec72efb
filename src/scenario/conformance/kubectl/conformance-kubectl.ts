/**
 * Replays the recorded sessions of kubectl and says how many commands agree: in what they print, where, and with what they exit.
 */
import { linesOf, type RecordingFile } from '../recordings.ts';
import { replaySession, type SessionReport } from './replay-session.ts';
import type { RecordedSession } from './session.ts';

export interface NamedSessionReport extends SessionReport {
  readonly id: string;
}

/** Is the file a recording of kubectl, and not of the API server beside it? Its first line tells. */
export function isKubectlRecording({ path }: RecordingFile): boolean {
  const [first] = linesOf<Partial<RecordedSession>>(path);
  return Array.isArray(first?.commands);
}

/** Session by session; `only` is an id, or the beginning of several. */
export function* replayKubectl(file: RecordingFile, only?: string): Generator<NamedSessionReport> {
  for (const session of linesOf<RecordedSession>(file.path)) {
    if (only === undefined || session.id.startsWith(only)) yield { id: session.id, ...replaySession(session) };
  }
}
