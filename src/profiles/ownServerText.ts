import { Document } from 'yaml';
import type { ServerAxes, ServerAxis } from '../machines/serverProfile.ts';
import type { AxisTable } from './axisRow.ts';
import { axisTable, fileKey } from './serverAxes.ts';

/** One axis as a line of the file in which a user describes a server of his own (see `ownServer`). */
export function ownServerLine<Axis extends ServerAxis>(axis: Axis, value: ServerAxes[Axis]): string {
  const { write }: AxisTable<ServerAxes>[Axis] = axisTable[axis];
  const document = new Document({});
  document.set(fileKey(axis), document.createNode(write(value as never), { flow: true }));
  return document.toString({ lineWidth: 0 }).trim();
}
