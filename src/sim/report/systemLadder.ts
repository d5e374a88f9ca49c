import type { TraceBody } from '../trace/trace.ts';
import { LadderDrawing, type LadderPalette } from './ladderDrawing.ts';
import { lanesOf } from './lanes.ts';
import { systemRows } from './systemRows.ts';

/** A run of a system as a ladder for the terminal; no line is wider than `width`. */
export function renderSystemLadder(trace: TraceBody, width: number, palette: LadderPalette): string {
  const lanes = lanesOf(trace.scenario).map((party) => [party, party] as const);
  const drawing = new LadderDrawing<string>(width, palette, lanes, false);
  return [
    drawing.heading(),
    ...systemRows(trace).flatMap((row) => drawing.lines(row)),
    '',
    palette.dim('● step  ◷ timer  ◆ shown  ✕ lost or ignored'),
  ].join('\n');
}
