import type { Trace } from '../trace.ts';
import { ladderModel, lanes, type Registered, type Row } from './ladderModel.ts';

const titles = ['Caller', 'SIP server', 'Push server', 'APNs/FCM', 'App'];

/** Backgrounds that say who is registered: green app, blue push server, both, red nobody. */
const backgrounds: Readonly<Record<Registered, string>> = {
  app: 'rgb(225, 243, 232)',
  pushServer: 'rgb(224, 235, 252)',
  both: 'rgb(246, 240, 214)',
  nobody: 'rgb(253, 230, 228)',
};

/** Characters that end a statement or begin an entity. */
const escaped = (text: string): string => text.replace(/[#;]/g, (one) => (one === '#' ? '#35;' : '#59;'));

const seconds = (ms: number) => `${(ms / 1000).toFixed(3)} s`;

function statement(row: Row): string {
  if (row.kind === 'message') {
    const arrow = row.lost ? (row.style === 'sip' ? '-x' : '--x') : row.style === 'sip' ? '->>' : '-->>';
    return `${row.from}${arrow}${row.to}: ${escaped(row.label)}`;
  }
  if (row.kind === 'note') return `Note over ${row.party}: ${seconds(row.atMs)} ${escaped(row.label)}`;
  const text = row.kind === 'idle' ? `${seconds(row.forMs)} idle` : `VIOLATED ${escaped(row.label)}`;
  return `Note over ${lanes[0]},${lanes.at(-1)}: ${text}`;
}

/** A run as a Mermaid `sequenceDiagram`; the background says who is registered. Mermaid has no axis of time. */
export function toMermaid(trace: Trace): string {
  const { rows } = ladderModel(trace);
  const lines: string[] = ['sequenceDiagram'];
  for (const [index, lane] of lanes.entries()) lines.push(`  participant ${lane} as ${titles[index]}`);
  let current: Registered | null = null;
  for (const row of rows) {
    if (row.registered !== current) {
      if (current !== null) lines.push('  end');
      lines.push(`  rect ${backgrounds[row.registered]}`);
      current = row.registered;
    }
    lines.push(`    ${statement(row)}`);
  }
  if (current !== null) lines.push('  end');
  return lines.join('\n');
}
