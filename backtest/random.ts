/** Returns the next number of a seeded row, from 0 (included) to 1 (excluded). */
export type Random = () => number;

/**
 * Returns a row of random numbers that a seed repeats: xoshiro128** of Blackman and Vigna
 * (https://prng.di.unimi.it/xoshiro128starstar.c), its state filled by splitmix32.
 */
export function createRandom(seed: number): Random {
  const fill = splitmix(seed);
  // A typed array keeps 32-bit numbers as they are; variables of a closure would be boxed at each step.
  const state = Int32Array.from([fill(), fill(), fill(), fill()]);
  return () => {
    const a = state[0] ?? 0;
    const b = state[1] ?? 0;
    const c = state[2] ?? 0;
    const d = state[3] ?? 0;
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const nextC = c ^ a;
    const nextD = d ^ b;
    state[1] = b ^ nextC;
    state[0] = a ^ nextD;
    state[2] = nextC ^ (b << 9);
    state[3] = rotate(nextD, 11);
    return result / 2 ** 32;
  };
}

/** Returns a whole number from 0 up to `below`, which is left out. */
export const randomIndex = (random: Random, below: number): number => Math.floor(random() * below);

/** Returns a seed of its own for each part of a run that draws numbers, so that none depends on another. */
export const seedOf = (seed: number, part: string): number => {
  let hash = seed | 0;
  for (const character of part) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01_00_01_93);
  return hash >>> 0;
};

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

function splitmix(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e_37_79_b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21_f0_aa_ad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x73_5a_2d_97);
    return mixed ^ (mixed >>> 15);
  };
}
