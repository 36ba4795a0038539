import { expect, test } from 'vitest';
import { csvLine } from './csv.ts';

test('a text that begins like a formula is written as text, a negative number stays one', () => {
  expect(csvLine(['=1+1', '+SUM(A1)', '-cmd', '@x', '-1.5', -2, '\tx'])).toBe(
    "'=1+1,'+SUM(A1),'-cmd,'@x,-1.5,-2,'\tx\r\n",
  );
});

test('commas, quotes and line ends are quoted', () => {
  expect(csvLine(['a,b', 'say "hi"', 'two\nlines', null, true])).toBe(
    '"a,b","say ""hi""","two\nlines",,true\r\n',
  );
  expect(csvLine(['=a,b'])).toBe('"\'=a,b"\r\n');
});
