import type { Boot } from '../../model/boot.ts';
import { bootPart, type PackedPart, partNames, scenariosPart, textOfBytes } from '../../model/singleFile.ts';
import { write } from '../ask.ts';
import { deflated } from '../packing.ts';
import { partOf } from '../parts.ts';
import { everyScenario } from '../scenarios.ts';

/** The page with what it is given, in one file that opens from disk. */
export async function singleFile(boot: Boot, title: string): Promise<string> {
  const texts = partNames.map(async (name) => [name, await partOf(name)] as const);
  const parts = [
    ...(await Promise.all(texts)),
    [scenariosPart, JSON.stringify(await everyScenario())] as const,
    [bootPart, JSON.stringify(boot)] as const,
  ];
  const packed = parts.map(async ([name, text]): Promise<PackedPart> => [name, textOfBytes(await deflated(text))]);
  return write('fileHtml', title, await Promise.all(packed));
}
