import type { Trace } from '../trace.ts';
import { ladderModel, lanes, type Registered, type Row } from './ladderModel.ts';

const titles = ['Caller', 'SIP server', 'Push server', 'APNs/FCM', 'App'];

const colours: Readonly<Record<Registered, string>> = {
  app: '#LightGreen',
  pushServer: '#LightBlue',
  both: '#Khaki',
  nobody: '#Salmon',
};

const seconds = (ms: number) => `${(ms / 1000).toFixed(3)} s`;

/** Teoz draws a lost message with a cross at its end and a dashed line with a double dash. */
function statement(row: Row): string {
  if (row.kind === 'message') {
    const line = row.style === 'sip' ? '-' : '--';
    return `${row.from} ${line}>${row.lost ? 'x' : ''} ${row.to} : ${row.label}`;
  }
  if (row.kind === 'idle') return `... ${seconds(row.forMs)} idle ...`;
  if (row.kind === 'note') return `note over ${row.party} : ${seconds(row.atMs)} ${row.label}`;
  return `note across #Salmon : VIOLATED ${row.label}`;
}

/** A run as a PlantUML sequence diagram; the activation of the SIP server is coloured by who is registered. */
export function toPlantUml(trace: Trace): string {
  const { rows } = ladderModel(trace);
  const lines = ['@startuml', '!pragma teoz true'];
  for (const [index, lane] of lanes.entries()) lines.push(`participant "${titles[index]}" as ${lane}`);
  let current: Registered | null = null;
  for (const row of rows) {
    if (row.registered !== current) {
      if (current !== null) lines.push('deactivate sipServer');
      lines.push(`activate sipServer ${colours[row.registered]}`);
      current = row.registered;
    }
    lines.push(statement(row));
  }
  if (current !== null) lines.push('deactivate sipServer');
  lines.push('@enduml');
  return lines.join('\n');
}
