import type { ReportCell } from '../../model/report.ts';
import { boot, experiment, open } from '../store.ts';

const Cell = ({ cell }: { cell: ReportCell }) => {
  const { scenario, mode, profile, property, experiment: shown } = cell;
  return (
    <li>
      <button
        type="button"
        aria-pressed={shown !== null && experiment.value === shown}
        disabled={shown === null}
        onClick={() => {
          if (shown !== null && experiment.value !== shown) open(shown);
        }}
      >
        <b>{scenario}</b>
        <small>
          {mode} on {profile}: {property}
        </small>
      </button>
    </li>
  );
};

/** The violated cells of the report that the page was started with; each opens its counterexample. */
export const ReportPanel = () => {
  const { report } = boot.value;
  if (report === null) return null;
  const violated = report.filter(({ verdict }) => verdict === 'violated');
  const inconclusive = report.filter(({ verdict }) => verdict === 'inconclusive').length;
  return (
    <section class="panel report" aria-label="Report">
      <h2>
        {violated.length} of {report.length} verdicts violated
        {inconclusive > 0 && `, ${inconclusive} inconclusive`}
      </h2>
      <ul>
        {violated.map((cell) => (
          <Cell key={`${cell.scenario} ${cell.mode} ${cell.profile} ${cell.property}`} cell={cell} />
        ))}
      </ul>
    </section>
  );
};
