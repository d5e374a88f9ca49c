/** A pure function of small whole numbers, each of which it computes once. */
export function onceEach<Value extends NonNullable<unknown> | null>(
  of: (number: number) => Value,
): (number: number) => Value {
  const known: Value[] = [];
  return (number) => {
    const value = known[number];
    if (value !== undefined) return value;
    const computed = of(number);
    known[number] = computed;
    return computed;
  };
}
