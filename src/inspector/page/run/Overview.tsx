import { useMemo } from 'preact/hooks';
import { secondsText, spokenDuration } from '../../../sim/report/wording.ts';
import { FoldedTime } from '../../model/foldedTime.ts';
import { datesOf, type Glance } from '../../model/glance.ts';
import { bandClass, CallGlyph, Dates, lifecycleClass, RegisteredLegend } from '../marks.tsx';
import { move, toDate, toEnd, toStart } from '../moves.ts';
import { isSystem } from '../parties.ts';
import { isPlaying } from '../play.ts';
import { Still } from '../Still.tsx';
import { useSize } from '../size.ts';
import { glance, record, trace, violations } from '../store.ts';
import { Transport } from './Transport.tsx';

/** Right of the words beside the strip; where there is little room, nearer. */
const bandLeftOf = (width: number): number => (width < 560 ? 68 : 84);
const [bandY, lifeY, callsY] = [18, 46, 66];
const callHeight = 16;

/** Where the axis is: below the calls. */
const axisOf = ({ calls, dates }: Glance): number =>
  dates.length > 0 ? lifeY + 8 : callsY + Math.max(1, calls.length) * callHeight;

/** A date takes so much of the axis, and beside the next one so much. */
const [tickWidth, apart] = [52, 62];

/** Dates that can be written below the axis without touching: the first and the last one stand within it. */
function ticksOf(glanced: Glance, axis: FoldedTime, width: number): number[] {
  const middleOf = (ms: number) => Math.min(width - tickWidth / 2, Math.max(tickWidth / 2, axis.at(ms) * width));
  const kept: number[] = [];
  for (const ms of [0, glanced.endMs, ...datesOf([glanced]).sort((one, other) => one - other)]) {
    if (kept.every((one) => Math.abs(middleOf(one) - middleOf(ms)) > apart)) kept.push(ms);
  }
  return kept;
}

/** Half of the date at the selected step, which is seen at the end of the run as well. */
const halfFlag = 29;

const Bands = ({ glanced, x }: { glanced: Glance; x: (ms: number) => number }) => (
  <g>
    {glanced.registered.map(({ value, words: who, fromMs, toMs }) => {
      const width = Math.max(2, x(toMs) - x(fromMs) - 1);
      const words = `${who}${value === 'nobody' ? ` ${spokenDuration(toMs - fromMs)}` : ''}`;
      return (
        <g key={fromMs}>
          <rect class={bandClass(glanced, value, fromMs)} x={x(fromMs)} y={bandY} width={width} height="22" rx="3" />
          {width > words.length * 7.2 + 10 && fromMs >= glanced.firstMs && (
            <text class={`band-word ${value}`} x={x(fromMs) + width / 2} y={bandY + 15} text-anchor="middle">
              {words}
            </text>
          )}
        </g>
      );
    })}
    <Dates glance={glanced} x={x} y={bandY} />
    {glanced.lifecycle.map(({ value, fromMs, toMs }) => {
      const width = Math.max(2, x(toMs) - x(fromMs) - 1);
      const isBar = value === 'foreground' || value === 'background';
      return (
        <g key={fromMs} class={lifecycleClass(value)}>
          {isBar ? (
            <rect x={x(fromMs)} y={lifeY} width={width} height="8" rx="2" />
          ) : (
            <path d={`M${x(fromMs)} ${lifeY + 4}h${width}`} />
          )}
        </g>
      );
    })}
    {glanced.calls.map(({ call, atMs, placedAtMs, outcome, text }, index) => (
      <g key={index} transform={`translate(0 ${callsY + index * callHeight})`}>
        <path class="call-line" d={`M${x(placedAtMs)} 0H${x(atMs)}`} />
        <CallGlyph outcome={outcome} x={x(atMs)} y={0} />
        <text
          class={`call-word ${outcome}`}
          x={x(atMs) + (x(atMs) > x(glanced.endMs) - 160 ? -11 : 11)}
          y={4}
          text-anchor={x(atMs) > x(glanced.endMs) - 160 ? 'end' : 'start'}
        >
          call {call} {outcome === 'lost' ? 'lost,' : outcome === 'open' ? '' : 'rang'} {text}
        </text>
      </g>
    ))}
  </g>
);

interface StripProps {
  readonly glanced: Glance;
  readonly axis: FoldedTime;
  readonly bandLeft: number;
  readonly inner: number;
}

/** What the selected step changes nothing of. */
const Strip = ({ glanced, axis, bandLeft, inner }: StripProps) => {
  const x = (ms: number) => bandLeft + axis.at(ms) * inner;
  const axisY = axisOf(glanced);
  return (
    <g>
      {(isSystem.value ? ['events'] : ['registered', 'app', 'calls']).map((name, index) => (
        <text key={name} class="lane-word" x={bandLeft < 84 ? 6 : 12} y={[bandY + 15, lifeY + 8, callsY + 4][index]}>
          {name}
        </text>
      ))}
      <Bands glanced={glanced} x={x} />
      <path class="axis" d={`M${bandLeft} ${axisY - 6}H${bandLeft + inner}`} />
      {ticksOf(glanced, axis, inner).map((ms) => (
        <text
          key={ms}
          class="tick"
          x={x(ms)}
          y={axisY + 9}
          text-anchor={ms === 0 ? 'start' : ms === glanced.endMs ? 'end' : 'middle'}
        >
          {secondsText(ms)}
        </text>
      ))}
      {violations.value.map(({ property, atMs }) => (
        <path key={property} class="flag" d={`M${x(atMs ?? glanced.endMs)} 16v-12h9l-3 4 3 4h-9`} />
      ))}
    </g>
  );
};

const keys: Readonly<Record<string, () => void>> = {
  ArrowLeft: () => move(-1),
  ArrowRight: () => move(1),
  Home: toStart,
  End: toEnd,
};

interface ScrubberProps {
  readonly glanced: Glance;
  readonly axis: FoldedTime;
}

/** The strip, with the selected step on it: dragging on it moves through the run. */
const Scrubber = ({ glanced, axis }: ScrubberProps) => {
  const { ref, width } = useSize<HTMLDivElement>();
  const bandLeft = bandLeftOf(width);
  const inner = Math.max(100, width - bandLeft - halfFlag - 1);
  const now = record.value;
  const select = (event: PointerEvent) => {
    const box = ref.current?.getBoundingClientRect();
    if (box === undefined || (event.type === 'pointermove' && event.buttons === 0)) return;
    toDate(axis.msAt(Math.min(1, Math.max(0, (event.clientX - box.left - bandLeft) / inner))));
  };
  const axisY = axisOf(glanced);
  const still = useMemo(
    () => (
      <Still>
        <svg width={width} height={axisY + 16} aria-hidden="true">
          <Strip glanced={glanced} axis={axis} bandLeft={bandLeft} inner={inner} />
        </svg>
      </Still>
    ),
    [glanced, axis, width],
  );
  return (
    <div
      ref={ref}
      class="scrubber"
      role="slider"
      tabIndex={0}
      aria-label="Time in the run"
      aria-valuemin={0}
      aria-valuemax={(trace.value?.records.length ?? 1) - 1}
      aria-valuenow={now?.step ?? 0}
      aria-valuetext={now === null ? '' : `step ${now.step} at ${secondsText(now.atMs)} s`}
      onPointerDown={select}
      onPointerMove={select}
      onKeyDown={(event) => {
        const act = keys[event.key];
        if (act === undefined) return;
        event.preventDefault();
        act();
      }}
    >
      {still}
      {now !== null && (
        // Outside of the picture it moves upon it, which is not painted again.
        <div
          class={isPlaying.value ? 'now gliding' : 'now'}
          style={{ height: `${axisY - 4}px`, transform: `translateX(${bandLeft + axis.at(now.atMs) * inner}px)` }}
          aria-hidden="true"
        >
          <b>{secondsText(now.atMs)}</b>
        </div>
      )}
    </div>
  );
};

/** The whole run in a strip: who is registered, the app, the calls. */
export const Overview = () => {
  const glanced = glance.value;
  const axis = useMemo(() => (glanced === null ? null : new FoldedTime(datesOf([glanced]), glanced.endMs)), [glanced]);
  if (glanced === null || axis === null || trace.value === null) return <div class="panel overview" />;
  return (
    <div class="panel overview">
      <div class="overview-head">
        {!isSystem.value && <RegisteredLegend />}
        <Transport />
      </div>
      <Scrubber glanced={glanced} axis={axis} />
    </div>
  );
};
