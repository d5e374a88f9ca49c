import type { PartyName, Side } from '../../../machines/messages.ts';
import { roleOf } from '../../../machines/phones.ts';
import type { Lifecycle } from '../../../sim/report/lanes.ts';
import type { LadderLayout, Segment } from '../../model/ladderLayout.ts';
import { fillOf, lifecycleClass } from '../marks.tsx';
import { isSystem, shownLanes } from '../parties.ts';
import { isLast } from './labelPlaces.ts';
import type { Geometry } from './ladderGeometry.ts';

interface LifelineProps {
  readonly layout: LadderLayout;
  readonly geometry: Geometry;
  /** The part that is drawn. */
  readonly fromY: number;
  readonly toY: number;
}

const within = <Value,>(all: readonly Segment<Value>[], { fromY, toY }: LifelineProps): Segment<Value>[] =>
  all
    .filter((one) => one.toY > fromY && one.fromY < toY)
    .map((one) => ({ ...one, fromY: Math.max(one.fromY, fromY), toY: Math.min(one.toY, toY) }));

/** A pink wash over all lanes while nobody is registered, once somebody was. */
const Washes = (props: LifelineProps) => {
  const { registered } = props.layout;
  const first = registered.findIndex(({ value }) => value !== 'nobody');
  const washed = first < 0 ? [] : registered.slice(first).filter(({ value }) => value === 'nobody');
  return (
    <g>
      {within(washed, props).map(({ fromY, toY }) => (
        <rect key={fromY} class="wash" x="0" y={fromY} width={props.geometry.width} height={toY - fromY} />
      ))}
    </g>
  );
};

const lifecycleWords: Readonly<Record<Lifecycle, string>> = {
  foreground: 'foreground',
  background: 'background',
  suspended: 'suspended',
  starting: 'starting',
  notRunning: 'not running',
  loggedOut: 'logged out',
};

/** A stretch that is lower than its word has none. */
const leastWord = 12;

/** Beside a lane that is not the last one stand its notes: the word is below them. */
const belowNote = 14;

const AppLife = (props: LifelineProps & { app: PartyName; life: readonly Segment<Lifecycle>[] }) => {
  const x = props.geometry.x(props.app);
  const lower = isLast(props.app, props.geometry) ? 0 : belowNote;
  return (
    <g>
      {within(props.life, props).map(({ value, fromY, toY }) => (
        <g key={fromY} class={lifecycleClass(value)}>
          {value === 'foreground' || value === 'background' ? (
            <rect x={x - 4.5} y={fromY} width="9" height={toY - fromY} rx="2" />
          ) : (
            <path d={`M${x} ${fromY}V${toY}`} />
          )}
        </g>
      ))}
      {props.life
        .filter(
          ({ fromY, toY }) =>
            fromY > 0 && toY - fromY >= leastWord + lower && fromY >= props.fromY && fromY < props.toY,
        )
        .map(({ value, fromY }) => (
          <text key={fromY} class="life-word" x={x + 16} y={fromY + 4 + lower}>
            {lifecycleWords[value]}
          </text>
        ))}
    </g>
  );
};

/** Lifelines that show nothing but that somebody is there. */
const PlainLanes = ({ geometry, fromY, toY, lanes }: LifelineProps & { lanes: readonly PartyName[] }) => (
  <g>
    {lanes.map((lane) => (
      <path key={lane} class="lane" d={`M${geometry.x(lane)} ${fromY}V${toY}`} />
    ))}
  </g>
);

/** What is true for the SIP server as a band, what the two sides believe as thin lines beside theirs. */
export const Lifelines = (props: LifelineProps) => {
  const { layout, geometry } = props;
  if (isSystem.value) return <PlainLanes {...props} lanes={shownLanes.value} />;
  const plain = shownLanes.value.filter((lane) => lane !== 'sipServer' && roleOf(lane) !== 'app');
  const server = geometry.x('sipServer');
  const firstMs = layout.registered.find(({ value }) => value !== 'nobody')?.fromMs ?? 0;
  return (
    <g>
      <Washes {...props} />
      <PlainLanes {...props} lanes={plain} />
      {within(layout.registered, props).map((one) => (
        <rect
          key={one.fromY}
          class={`${fillOf[one.value]}${one.fromMs < firstMs ? ' before' : ''}`}
          x={server - 7}
          y={one.fromY}
          width="14"
          height={one.toY - one.fromY}
        />
      ))}
      <AppLife {...props} app="app" life={layout.lifecycle} />
      {Object.entries(layout.lifecycles).map(([app, life]) => (
        <AppLife key={app} {...props} app={app as PartyName} life={life} />
      ))}
      {(Object.entries(layout.beliefs) as [Side, readonly Segment<boolean>[]][]).flatMap(([owner, beliefs]) =>
        within(beliefs, props)
          .filter(({ value }) => value)
          .map((one) => (
            <path
              key={`${owner} ${one.fromY}`}
              class={`belief ${roleOf(owner)}`}
              d={`M${geometry.x(owner) + (roleOf(owner) === 'app' ? -8.5 : 4)} ${one.fromY}V${one.toY}`}
            />
          )),
      )}
    </g>
  );
};
