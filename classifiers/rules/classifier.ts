import type { ClassifiedMessage, Classifier } from '../classifier.ts';
import { planFrom } from './barriers.ts';
import { findBreakEvens } from './break-even.ts';
import { bindCues, symbolsOf, type Group } from './groups.ts';
import { findLevels } from './levels.ts';
import { findCues } from './sides.ts';
import { findMentions } from './symbols.ts';
import { tokenise } from './tokens.ts';
import { judge, type Reading } from './verdict.ts';

/**
 * Reads posts by rules: explicit calls with their entry, stop, targets, leverage and trail, and plain opinions.
 * Never throws; the same text always gives the same answer.
 */
export function createRulesClassifier(): Classifier {
  return {
    name: 'rules/1',
    classify: async ({ text }) => classifyText(text),
  };
}

/** What the rules make of a text. */
export function classifyText(text: string): ClassifiedMessage {
  const tokens = tokenise(text);
  const cues = findCues(tokens);
  const { found, problems } = findMentions(tokens);
  const groups = bindCues(tokens, cues, found);
  const callGroups = groups.filter(({ cue }) => cue.kind === 'call');
  const called = new Set(callGroups.flatMap(({ mentions }) => symbolsOf(mentions)));
  const anchors = new Set([
    ...found.filter(({ symbol }) => called.has(symbol)).map(({ at }) => at),
    ...callGroups.map(({ cue }) => cue.at),
  ]);
  const levels = findLevels(tokens, anchors);
  const breakEvens = findBreakEvens(tokens);
  const readings = groups.flatMap((group) => {
    const isOwn = ({ at }: { at: number }) => ownerOf(callGroups, at) === group;
    return toReadings(group, planFrom(levels.filter(isOwn), breakEvens.filter(isOwn)));
  });
  return judge(readings, problems);
}

/** Levels belong to the call before them; those before any call to the first. */
const ownerOf = (groups: readonly Group[], at: number): Group | undefined =>
  groups.findLast(({ start }) => start <= at) ?? groups[0];

function toReadings({ cue, mentions }: Group, plan: Reading['plan']): Reading[] {
  const symbols = symbolsOf(mentions);
  return symbols.map((symbol) => ({ symbol, cue, plan, shared: symbols.length > 1 }));
}
