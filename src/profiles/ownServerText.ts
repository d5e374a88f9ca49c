import { Document } from 'yaml';
import { formatDuration } from '../sim/data/duration.ts';
import type { ServerAxes, ServerAxis } from './serverSheet.ts';

/** Keys and values of the file in which a user describes a server of his own (see `ownServer`). */
const written: { readonly [Axis in ServerAxis]: (value: ServerAxes[Axis]) => readonly [key: string, value: unknown] } =
  {
    sbc: (sbc) => {
      const duration = (ms: number | null) => (ms === null ? 'none' : formatDuration(ms));
      if (sbc === null) return ['sbc', 'none'];
      const { rewritesContacts, cacheMs, flowMs, alertMs } = sbc;
      return ['sbc', { rewritesContacts, cache: duration(cacheMs), flow: duration(flowMs), alert: duration(alertMs) }];
    },
    admits: (value) => ['admits', value],
    admitsCalls: (value) => ['admitsCalls', value],
    tellsReason: (value) => ['tellsReason', value],
    digest: (value) => ['digest', value],
    checksSequence: (value) => ['checksSequence', value],
    matchesBindingBy: (value) => ['matchesBindingBy', value],
    severalContacts: (value) => ['severalContacts', value],
    capacity: (value) => ['capacity', value ?? 'unlimited'],
    whenFull: (value) => ['whenFull', value],
    removalScope: (value) => ['removalScope', value],
    minimumExpires: ({ ms, answer }) => ['minimumExpires', { lifetime: formatDuration(ms), answer }],
    maximumExpiresMs: (ms) => ['maximumExpires', formatDuration(ms)],
    keepsBindingsOnRestart: (value) => ['keepsBindingsOnRestart', value],
    fork: (value) => ['fork', value],
    forksToLateBindings: (value) => ['forksToLateBindings', value],
    withoutBinding: (value) => [
      'withoutBinding',
      value.do === 'hold' ? { do: 'hold', for: formatDuration(value.ms) } : value,
    ],
    branchTimeoutMs: (ms) => ['branchTimeout', formatDuration(ms)],
    noAnswerMs: (ms) => ['noAnswer', formatDuration(ms)],
  };

/** One axis as a line of that file. */
export function ownServerLine<Axis extends ServerAxis>(axis: Axis, value: ServerAxes[Axis]): string {
  const [key, content] = written[axis](value);
  const document = new Document({});
  document.set(key, document.createNode(content, { flow: true }));
  return document.toString({ lineWidth: 0 }).trim();
}
