import { runTitle } from '../../sim/report/wording.ts';
import { headlineOf } from './headline.ts';
import type { Outcome } from './requests.ts';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const paragraph = (text: string, kind = ''): string =>
  text === '' ? '' : `<p${kind === '' ? '' : ` class="${kind}"`}>${escaped(text)}</p>`;

/** Seen in a page that shows the run of its server, instead of the words that it starts; in any other page those are seen. */
export const firstSightStyles = [
  'html:not([data-opened]) .first-sight, html[data-opened] .first-sight ~ .starting { display: none }',
  // As high as its controls will be, which stand in one line or, with less room, in several.
  '.top.first-sight { min-height: 48px }',
  ...[
    [1151, 84],
    [925, 120],
    [715, 154],
    [705, 190],
  ].map(([width, height]) => `@media (max-width: ${width}px) { .top.first-sight { min-height: ${height}px } }`),
].join('');

/**
 * The verdict of a run as HTML, to be read before any script of the page runs: the same elements, at the same place, that the
 * page draws, which says that it is busy until then. Whatever could be clicked is not there yet.
 */
export function verdictHtml({ trace, said }: Pick<Outcome, 'trace' | 'said'>): string {
  const { headline, reason, others } = headlineOf(said);
  const violated = trace.verdicts.filter(({ violation }) => violation !== null).map(({ property }) => `✗ ${property}`);
  const names = violated.map((name) => `<span class="link bad">${escaped(name)}</span>`);
  return [
    '<header class="top first-sight"></header>',
    '<main class="run first-sight" aria-busy="true"><section class="verdict" aria-label="Verdict" tabindex="0">',
    `<h1 class="${violated.length > 0 ? 'bad' : 'good'}">${escaped(headline)}</h1>`,
    paragraph(reason),
    ...others.map((sentence) => paragraph(sentence)),
    names.length > 1 ? `<p class="violations">${names.join('')}</p>` : '',
    paragraph(runTitle(trace), 'run-title'),
    '</section></main>',
  ].join('');
}
