import { REFUSALS } from '#domain/reasons.ts';
import { PROBLEMS } from './problem.ts';
import { markdownTable } from './markdown-table.ts';

/** Returns the text of docs/errors.md: every code that a person can meet, from the lists that the program uses. */
export function errorTables(): string {
  const problems = Object.entries(PROBLEMS).map(([code, [status, title, remedy]]) => [
    `\`${code}\``,
    String(status),
    title,
    remedy,
  ]);
  const refusals = Object.entries(REFUSALS).map(([code, text]) => [`\`${code}\``, text]);
  return [
    '# Error codes',
    '',
    'Generated from the program; `npx vitest run --project unit api/error-table.test.ts -u` writes it anew.',
    'Codes are stable: clients may hold on to them. The sentences may be improved.',
    '',
    '## Answers of the API',
    '',
    'Problems (RFC 9457) with `type` `/problems/<code>`; that address explains the code on a running API.',
    '',
    ...markdownTable(['Code', 'Status', 'What', 'What to do'], problems),
    '',
    '## Why a signal was not traded',
    '',
    'In the books as `refusal` of a trade or as a skipped signal.',
    '',
    ...markdownTable(['Code', 'Why'], refusals),
    '',
  ].join('\n');
}
