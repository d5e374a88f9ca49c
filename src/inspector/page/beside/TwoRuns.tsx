import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Row } from '../../../sim/report/rows.ts';
import { fullLabel, secondsText } from '../../../sim/report/wording.ts';
import type { AlignedRow } from '../../model/alignedRuns.ts';
import { FoldedTime } from '../../model/foldedTime.ts';
import { datesOf } from '../../model/glance.ts';
import { Strip } from '../marks.tsx';
import { titleOf } from '../parties.ts';
import { useSize } from '../size.ts';
import { experiment, glance, step } from '../store.ts';
import { aligned, beside, besideTitle, otherGlance } from './store.ts';

/** A row in words: who, and what. */
function wordsOf(row: Row): string {
  if (row.kind === 'message') return `${titleOf(row.from)} → ${titleOf(row.to)}: ${fullLabel(row)}`;
  if (row.kind === 'note') return `${titleOf(row.party)}: ${row.label}`;
  return row.kind === 'violation' ? `✗ ${row.property}: ${row.what}` : '';
}

const Side = ({ row }: { row: Row | null }) =>
  row === null ? (
    <td class="none">
      <span class="unseen">nothing</span>
    </td>
  ) : (
    <td class={row.kind === 'violation' ? 'bad' : ''}>
      <span class="date">{secondsText(row.atMs)}</span> {wordsOf(row)}
    </td>
  );

const Line = ({ change, rows: [other, own] }: AlignedRow) => {
  const at = own?.step ?? null;
  return (
    <tr class={change} aria-current={at !== null && at === step.value ? 'step' : undefined}>
      <Side row={other} />
      <Side row={own} />
      <td class="to">
        {at !== null && (
          <button
            type="button"
            class="link"
            aria-label={`Select step ${at}`}
            onClick={() => {
              step.value = at;
            }}
          >
            {at}
          </button>
        )}
      </td>
    </tr>
  );
};

/** Both runs from afar, on one axis. */
const Strips = () => {
  const { ref, width } = useSize<HTMLDivElement>();
  const [other, own] = [otherGlance.value, glance.value];
  const glances = useMemo(() => (other && own ? [other, own] : []), [other, own]);
  const axis = useMemo(
    () => new FoldedTime(datesOf(glances), Math.max(1, ...glances.map(({ endMs }) => endMs))),
    [glances],
  );
  return (
    <div class="two-strips" ref={ref}>
      {glances.map((one, index) => (
        <Strip key={index === 0 ? 'other' : 'own'} glance={one} axis={axis} width={Math.max(80, width)} hasAxis />
      ))}
    </div>
  );
};

/** The run that is shown beside another one: one list that scrolls, what only one of them has is marked. */
export const TwoRuns = () => {
  const [lines, one] = [aligned.value, beside.value];
  const rows = useRef<HTMLTableSectionElement>(null);
  useLayoutEffect(() => {
    rows.current?.querySelector('[aria-current="step"] td')?.scrollIntoView({ block: 'nearest' });
  }, [lines, step.value]);
  if (one === null) return null;
  const shown = experiment.value;
  const own = shown?.module?.file ?? shown?.scenario.mode.title ?? '';
  const differing = lines?.filter(({ change }) => change !== 'same').length ?? 0;
  return (
    <section class="two-runs" aria-label="Two runs" aria-busy={lines === null} tabIndex={-1}>
      <Strips />
      <p class="soft" role="status">
        {lines === null ? 'running…' : `${differing} of ${lines.length} rows are of one run only`}
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">{besideTitle(one)}</th>
            <th scope="col">
              {own}, {one === 'predicted' ? 'as it happened' : 'as shown'}
            </th>
            <th scope="col">
              <span class="unseen">step</span>
            </th>
          </tr>
        </thead>
        <tbody ref={rows}>
          {lines?.map((line, index) => (
            <Line key={`${index} ${line.change}`} {...line} />
          ))}
        </tbody>
      </table>
    </section>
  );
};
