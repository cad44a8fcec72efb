/**
 * What the server itself writes into a PersistentVolume: when its phase last changed.
 *
 * Models pkg/registry/core/persistentvolume/strategy.go (PersistentVolumeLastPhaseTransitionTime, on since 1.29).
 */
import type { PersistentVolume } from '../model/storage.ts';
import { timeText } from '../model/time.ts';

/** A new volume, and one whose phase has changed, carries the instant; whoever writes it himself is believed. */
export function withPhaseTime(volume: PersistentVolume, before: PersistentVolume | undefined, nowUs: number): PersistentVolume {
  const { phase, lastPhaseTransitionTime } = volume.status ?? {};
  const isSameTime = lastPhaseTransitionTime === before?.status?.lastPhaseTransitionTime;
  if (before !== undefined && (phase === before.status?.phase || !isSameTime)) return volume;
  return { ...volume, status: { ...volume.status, lastPhaseTransitionTime: timeText(nowUs) } };
}
