import { escapeHtml } from '#domain/escape-html.ts';
import type { Table } from '../sections.ts';

/** Returns a table as HTML, gains and losses in their colours; empty without rows. */
export function tableHtml({ title, columns, rows }: Table, { withTitle = true } = {}): string {
  if (rows.length === 0) return '';
  const head = columns.map(
    ({ title: name, isNumber }) => `<th scope="col"${numberClass(isNumber)}>${escapeHtml(name)}</th>`,
  );
  const body = rows.map(
    (row) =>
      `<tr>${row.map((cell, index) => cellHtml(cell, columns[index]?.isNumber ?? false)).join('')}</tr>`,
  );
  const caption = withTitle ? `<caption>${escapeHtml(title)}</caption>` : '';
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(title)}"><table>${caption}` +
    `<thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
  );
}

const numberClass = (isNumber: boolean): string => (isNumber ? ' class="n"' : '');

function cellHtml(text: string, isNumber: boolean): string {
  if (!isNumber) return `<td${text.length > 40 ? ' class="wrap"' : ''}>${escapeHtml(text)}</td>`;
  return `<td class="n${signClass(text)}">${escapeHtml(text)}</td>`;
}

/** Returns the class of a gain or a loss, with a space before it; a text without a sign has none. */
export const signClass = (text: string): string => {
  if (/^[+-]0(\.0+)?( |$)/.test(text)) return '';
  return text.startsWith('+') ? ' gain' : text.startsWith('-') && text.length > 1 ? ' loss' : '';
};

/** A chart with its title and the table of what it shows. */
export interface Figure {
  title: string;
  /** HTML behind the title: what the lines are. */
  keys?: string;
  chart: string;
  table: Table;
  isWide?: boolean;
}

/** Returns a chart as HTML, its data in a table below it. */
export const figureHtml = ({ title, keys = '', chart, table, isWide = false }: Figure): string =>
  `<figure${isWide ? ' class="wide"' : ''}><figcaption>${escapeHtml(title)} <span>${keys}</span></figcaption>${chart}` +
  `<details><summary>Data of the chart</summary>${tableHtml(table, { withTitle: false })}</details></figure>`;

/** Returns a section with a heading that can be linked to; empty without a content. */
export const sectionHtml = (id: string, title: string, content: string): string =>
  content === '' ? '' : `<section id="${id}"><h2>${escapeHtml(title)}</h2>${content}</section>`;
