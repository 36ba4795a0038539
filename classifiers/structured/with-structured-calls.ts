import type { Classifier } from '../classifier.ts';
import { classifyCall } from './classify-call.ts';

/** Returns a classifier that takes calls in fields as they are, and gives words to the one behind it. */
export const withStructuredCalls = (words: Classifier): Classifier => ({
  name: words.name,
  classify: (message) =>
    message.call ? Promise.resolve(classifyCall(message.call)) : words.classify(message),
});
