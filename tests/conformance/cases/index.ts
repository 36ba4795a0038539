import type { ConformanceCase } from '../case.ts';
import { CLOSING } from './closing.ts';
import { LOST } from './lost.ts';
import { READING } from './reading.ts';
import { RESTING } from './resting.ts';
import { SUBMIT } from './submit.ts';

/** Every case, in the order of the table. Ids are never renamed or used again. */
export const CASES: readonly ConformanceCase[] = [...SUBMIT, ...LOST, ...RESTING, ...CLOSING, ...READING];
