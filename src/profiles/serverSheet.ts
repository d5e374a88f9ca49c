import type { ServerAxes, ServerAxis, ServerProfile } from '../machines/serverProfile.ts';
import { axisTable, serverAxes } from './serverAxes.ts';
import type { Sourced } from './sourced.ts';

/** A server with the source of every single value. */
export interface ServerSheet {
  readonly name: string;
  readonly title: string;
  /** What the sheet as a whole rests on. */
  readonly source: string;
  readonly axes: { readonly [Axis in ServerAxis]-?: Sourced<Exclude<ServerAxes[Axis], undefined>> };
}

/** What a product's sheet says where nothing is known of the product itself. */
export const assumed = Object.fromEntries(
  serverAxes.map((axis) => [axis, axisTable[axis].assumed]),
) as unknown as ServerSheet['axes'];

/** Axes that a profile need not have: with what is assumed of them it is what it was before there were any. */
const absentAsAssumed: ReadonlySet<ServerAxis> = new Set(['bans', 'limitsRegisters', 'saysStale']);

const valuesOf = (axes: ServerSheet['axes']): ServerAxes =>
  Object.fromEntries(
    serverAxes
      .map((axis) => [axis, axes[axis][0]] as const)
      .filter(([axis, value]) => value !== axisTable[axis].assumed[0] || !absentAsAssumed.has(axis)),
  ) as unknown as ServerAxes;

/** The same without the sources. */
export const assumedValues = valuesOf(assumed);

/** The profile that the machines read off a sheet. */
export const profileOf = ({ name, title, source, axes }: ServerSheet): ServerProfile => ({
  name,
  title,
  source,
  ...valuesOf(axes),
});
