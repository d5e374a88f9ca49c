import { visible } from '../sim/input/visible.ts';
import { amountText, estimateText } from './amount.ts';
import type { Curves, Estimates, Figure, ReportPage, Table } from './figure.ts';
import { curvesSvg, estimatesSvg } from './plots.ts';

/** The page runs nothing and fetches nothing. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

const styles = `
:root { color-scheme: light dark; --page: light-dark(#f4f4f0, #0b0e13); --panel: light-dark(#fff, #13171e);
  --ink: light-dark(#16191f, #e8eaee); --soft: light-dark(#5a616c, #9aa3b0); --line: light-dark(#dfe0da, #272d38);
  --one: light-dark(#2f6fdf, #6ea3ff); --two: light-dark(#b3241d, #ff8f87); --three: light-dark(#13703f, #5fd398);
  --four: light-dark(#7c4fd0, #b596f2); --five: light-dark(#855300, #f0bb55); --six: light-dark(#0d6f78, #56c8d2); }
body { margin: 0 auto; max-width: 920px; padding: 24px 20px 48px; background: var(--page); color: var(--ink);
  font: 15px/1.5 Inter, system-ui, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 26px; line-height: 1.2; margin: 0 0 12px; } h2 { font-size: 19px; margin: 40px 0 8px; } h3 { font-size: 15px; margin: 0; }
p { margin: 6px 0; max-width: 72ch; } .lead p:first-child { font-size: 18px; } .soft, figcaption p { color: var(--soft); }
figure { margin: 16px 0; padding: 16px; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
figure svg { display: block; max-width: 100%; height: auto; overflow: visible; } .plot text { white-space: pre; }
.scroll { overflow-x: auto; } .scroll svg { min-width: 640px; }
@media (width < 720px) { figure .scroll::before { content: "The picture goes on at the right."; position: sticky; left: 0; font-size: 13px; color: var(--soft); } }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 13px; }
th, td { text-align: left; padding: 3px 16px 3px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
summary { cursor: pointer; color: var(--soft); margin-top: 8px; } code { font: 13px ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
@media print { body { max-width: none; } figure { break-inside: avoid; } details { display: none; } }
`;

const escaped = (text: string): string =>
  visible(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A sentence in which `words like these` are code. */
const sentence = (text: string): string => escaped(text).replaceAll(/\x60([^\x60]+)\x60/g, '<code>$1</code>');
const paragraphs = (texts: readonly string[]): string => texts.map((text) => `<p>${sentence(text)}</p>`).join('\n');

/** A number stays beside its unit. */
const unbroken = (cell: string): string => cell.replaceAll(/(\d) (ms|s|%)(?=,|$)/g, '$1\u00a0$2');

function tableHtml({ columns, rows }: Pick<Table, 'columns' | 'rows'>): string {
  const head = columns.map((name) => `<th scope="col">${sentence(name)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${sentence(unbroken(cell))}</td>`).join('')}</tr>`);
  if (rows.length === 0) return '<p>None.</p>';
  return `<div class="scroll" tabindex="0" role="region" aria-label="Table"><table><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`;
}

/** The numbers of a picture, for whoever cannot see it or wants them exactly. */
const numbersOf = (figure: Estimates | Curves): Pick<Table, 'columns' | 'rows'> =>
  figure.is === 'estimates'
    ? {
        columns: ['', '', figure.axis],
        rows: figure.groups.flatMap(({ name: group, rows }) =>
          rows.map(({ name, estimate }) => [
            group,
            name,
            estimate === null ? 'nothing to judge' : estimateText(estimate, figure.unit),
          ]),
        ),
      }
    : {
        columns: ['', figure.x.axis, figure.y.axis],
        rows: figure.series.flatMap(({ name, points }) =>
          points.map(([x, y]) => [name, amountText(x, figure.x.unit), amountText(y, figure.y.unit)]),
        ),
      };

function figureHtml(figure: Figure): string {
  const caption = `<figcaption><h3>${sentence(figure.title)}</h3>${paragraphs([figure.caption])}</figcaption>`;
  if (figure.is === 'table') return `<figure>${caption}${tableHtml(figure)}</figure>`;
  const svg = figure.is === 'estimates' ? estimatesSvg(figure) : curvesSvg(figure);
  return `<figure>${caption}<div class="scroll" tabindex="0" role="region" aria-label="Picture">${svg}</div>
<details><summary>Numbers</summary>${tableHtml(numbersOf(figure))}</details></figure>`;
}

/** A report as one HTML file, which needs no network and no script. */
export function reportHtml({ title, lead, sections, foundations }: ReportPage): string {
  const parts = sections.map(
    ({ heading, text, figures }) =>
      `<section><h2>${sentence(heading)}</h2>\n${paragraphs(text)}\n${figures.map(figureHtml).join('\n')}</section>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,"><title>${escaped(title)}</title><style>${styles}</style></head>
<body><main><h1>${sentence(title)}</h1>
<div class="lead">${paragraphs(lead)}</div>
${parts.join('\n')}
<section><h2>What this rests on</h2>
<ul>${foundations.map((text) => `<li>${sentence(text)}</li>`).join('\n')}</ul></section></main></body></html>
`;
}
