import { everyMode, type ModeName } from '../../machines/modeVariants.ts';

/** A mode as tables name it: by the number that the product gives it, `+` where it has none. */
export function modeTitle(mode: ModeName): string {
  const { number, title } = everyMode[mode];
  return `${number ?? '+'} ${title}`;
}
