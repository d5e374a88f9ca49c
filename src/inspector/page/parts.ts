import type { Boot } from '../model/boot.ts';
import {
  type BesideName,
  besideFile,
  besideKey,
  bootPart,
  type PartName,
  partId,
  unpackKey,
} from '../model/singleFile.ts';

/** What the starter of a page in one file leaves there, and the scripts beside it. */
const left = globalThis as unknown as {
  readonly [unpackKey]: (text: string) => Promise<string>;
  readonly [besideKey]?: Readonly<Record<string, string>>;
};

/** Whether the page is one file, with no server of ours behind it. */
export const isOneFile = (): boolean => document.getElementById(partId(bootPart)) !== null;

/** The text of a part where the page is one file; null where a server has it. */
export const inlinePart = async (name: PartName | typeof bootPart): Promise<string | null> => {
  const packed = document.getElementById(partId(name))?.textContent;
  return packed ? left[unpackKey](packed) : null;
};

/** What the page asks for before its own script is there. */
declare const startedBoot: Promise<Boot>;

/** What the page is given. */
export async function givenBoot(): Promise<Boot> {
  const inline = await inlinePart(bootPart);
  return inline === null ? startedBoot : JSON.parse(inline);
}

/** An address for the programme of a worker. */
export const blobUrl = (text: string): string => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));

/** The text of a part, from wherever the page is. */
export async function partOf(name: PartName): Promise<string> {
  const inline = await inlinePart(name);
  if (inline !== null) return inline;
  const response = await fetch(name);
  if (!response.ok) throw new Error(`${name} cannot be had: ${response.status}`);
  return response.text();
}

/** The text of a part that a site has beside its file. A page that was saved alone has none. */
export async function partBeside(name: BesideName): Promise<string> {
  const kept = () => left[besideKey]?.[name];
  if (kept() === undefined) {
    const script = document.createElement('script');
    script.src = besideFile(name);
    await new Promise<void>((resolve, reject) => {
      script.addEventListener('load', () => resolve());
      script.addEventListener('error', () =>
        reject(new Error(`${script.src} is not there: put it beside this page, or run ringproof inspect`)),
      );
      document.head.append(script);
    });
  }
  return left[unpackKey](kept() ?? '');
}
