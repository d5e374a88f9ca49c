import type { Lifecycle, Registered } from '../../sim/report/lanes.ts';
import type { FoldedTime } from '../model/foldedTime.ts';
import type { CallMark, Glance } from '../model/glance.ts';

/** Patterns that every picture of the page refers to, so that no meaning is left to colour alone. */
export const PatternDefinitions = () => (
  <defs>
    <pattern id="nobody" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect width="7" height="7" class="fill-nobody" />
      <rect width="2.4" height="7" class="fill-hatch" />
    </pattern>
    <pattern id="both" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
      <rect width="4" height="8" class="fill-app" />
      <rect x="4" width="4" height="8" class="fill-push" />
    </pattern>
    {(['ink', 'soft', 'push', 'now', 'line'] as const).map((name) => (
      <marker
        key={name}
        id={`tip-${name}`}
        viewBox="0 0 10 10"
        refX="9"
        refY="5"
        markerUnits="userSpaceOnUse"
        markerWidth="10"
        markerHeight="9"
        orient="auto-start-reverse"
      >
        <path d="M0 1 10 5 0 9z" class={`tip ${name}`} />
      </marker>
    ))}
  </defs>
);

/** The patterns, once for the whole page. */
export const Patterns = () => (
  <svg class="patterns" width="0" height="0" aria-hidden="true">
    <PatternDefinitions />
  </svg>
);

/** How each answer to "who is registered" is filled. */
export const fillOf: Readonly<Record<Registered, string>> = {
  app: 'fill-app',
  pushServer: 'fill-push',
  both: 'fill-both',
  nobody: 'fill-hatched',
  unknown: 'fill-unknown',
};

const legendWords: Readonly<Record<Exclude<Registered, 'unknown'>, string>> = {
  app: 'app',
  pushServer: 'push server',
  both: 'both',
  nobody: 'nobody',
};

/** The same, in the order in which it is told. */
export const registeredLegend = Object.entries(legendWords) as [keyof typeof legendWords, string][];

/** What the colours of the bands mean. */
export const RegisteredLegend = () => (
  <ul class="legend">
    {registeredLegend.map(([value, word]) => (
      <li key={value}>
        <svg width="14" height="10" aria-hidden="true">
          <rect width="14" height="10" rx="2" class={fillOf[value]} />
        </svg>
        {word}
      </li>
    ))}
  </ul>
);

const glyphs: Readonly<Record<CallMark['outcome'], string>> = {
  answered: 'M-3 0l2.2 2.4L3-2.2',
  alerted: 'M-3 0l2.2 2.4L3-2.2',
  late: 'M0-3.2V0l2.2 1.6',
  lost: 'M-2.4-2.4l4.8 4.8M2.4-2.4l-4.8 4.8',
  open: 'M-2.4 0h4.8',
};

/** The mark of a call: a tick, a clock or a cross. */
export const CallGlyph = ({ outcome, x, y }: { outcome: CallMark['outcome']; x: number; y: number }) => (
  <g transform={`translate(${x} ${y})`} class={`call ${outcome}`}>
    <circle r="6.5" />
    <path d={glyphs[outcome]} />
  </g>
);

/** How the lifeline of the app looks: solid, hollow, dashed, dotted, or nothing. */
export const lifecycleClass = (value: Lifecycle): string => `life ${value}`;

/** Before the first registration it is no wonder that nobody is registered. */
export const bandClass = ({ firstMs }: Glance, value: Registered, fromMs: number): string =>
  `${fillOf[value]}${fromMs < firstMs ? ' before' : ''}`;

/** When anything happens in a run that has neither bindings nor calls. */
export const Dates = ({ glance: { dates }, x, y }: { glance: Glance; x: (ms: number) => number; y: number }) => (
  <path class="call-line" d={dates.map((ms) => `M${x(ms).toFixed(1)} ${y}v12`).join('')} />
);

interface StripProps {
  readonly glance: Glance;
  readonly axis: FoldedTime;
  readonly width: number;
  /** Whether its dates stand below it. */
  readonly hasAxis?: boolean;
}

/** A date is written as far from the next one as it is wide. */
const tickWidth = 54;

/** The dates of the calls, the start and the end, where there is room for them. */
function ticksOf({ calls, endMs }: Glance, axis: FoldedTime, width: number): number[] {
  const kept: number[] = [];
  for (const ms of [0, endMs, ...calls.map(({ placedAtMs }) => placedAtMs)]) {
    if (kept.every((one) => Math.abs(axis.at(one) - axis.at(ms)) * width > tickWidth)) kept.push(ms);
  }
  return kept;
}

const Ticks = ({ glance, axis, width }: Omit<StripProps, 'hasAxis'>) => (
  <>
    {ticksOf(glance, axis, width).map((ms) => {
      const x = axis.at(ms) * width;
      const anchor = x < tickWidth / 2 ? 'start' : x > width - tickWidth / 2 ? 'end' : 'middle';
      return (
        <text key={ms} class="tick" x={x} y={44} text-anchor={anchor}>
          {ms % 1000 === 0 ? ms / 1000 : (ms / 1000).toFixed(1)} s
        </text>
      );
    })}
  </>
);

/** Who is registered over time, and the calls below it: a run that takes up a few pixels. */
export const Strip = ({ glance, axis, width, hasAxis = false }: StripProps) => (
  <svg class="strip" width={width} height={hasAxis ? 46 : 32} aria-hidden="true">
    {glance.registered.map(({ value, fromMs, toMs }) => {
      const [from, to] = [axis.at(fromMs) * width, axis.at(toMs) * width];
      return (
        <rect
          key={fromMs}
          x={from}
          y={0}
          width={Math.max(1.5, to - from - 1)}
          height={12}
          rx="2"
          class={bandClass(glance, value, fromMs)}
        />
      );
    })}
    <Dates glance={glance} x={(ms) => axis.at(ms) * width} y={0} />
    {glance.calls.map(({ call, atMs, outcome }) => (
      <CallGlyph key={call} outcome={outcome} x={Math.min(width - 8, Math.max(8, axis.at(atMs) * width))} y={23} />
    ))}
    {hasAxis && <Ticks glance={glance} axis={axis} width={width} />}
  </svg>
);
