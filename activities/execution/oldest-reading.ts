/** No answer of a venue to a question shows a time further back than this, in ms. */
export const OLDEST_READING_MS = 60_000;
