import { createRequire } from 'node:module';

interface Cephes {
  /** The regularised incomplete beta function. */
  incbet(a: number, b: number, x: number): number;
  /** The quantile of Student's t. */
  stdtri(degrees: number, probability: number): number;
}

let loaded: Cephes | undefined;

/**
 * The Cephes library, compiled when it is first needed. As CommonJS it is ready at once; as a module it would have to be awaited,
 * and with it whatever imports this.
 */
const cephes = (): Cephes => {
  loaded ??= createRequire(import.meta.url)('cephes') as Cephes;
  return loaded;
};

/** The share of a beta distribution below x, for a and b above 0. */
export const betaShare = (a: number, b: number, x: number): number => cephes().incbet(a, b, x);

/**
 * The point below which that share of a beta distribution lies, for a and b above 0. By halving: the inverse that the library
 * has is wrong for shares near 1.
 */
export function betaQuantile(a: number, b: number, share: number): number {
  let [low, high] = [0, 1];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (betaShare(a, b, middle) < share) low = middle;
    else high = middle;
  }
}

/** The point below which that share of Student's t with so many degrees of freedom lies. */
export const studentQuantile = (degrees: number, share: number): number => cephes().stdtri(degrees, share);
