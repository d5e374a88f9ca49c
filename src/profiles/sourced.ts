/** A value, and where it is known from or that it is not. */
export type Sourced<Value> = readonly [value: Value, source: string];
