/** The least number of bits for numbers up to `greatest`. */
export const bitsFor = (greatest: number): number => Math.max(1, 32 - Math.clz32(greatest));

/** A Promela model of one process, written part by part. */
export class ModelText {
  readonly #declarations: string[] = [];
  readonly #options: string[] = [];

  /** Part of the state. */
  variable(name: string, greatest: number, initial: number): void {
    this.#declarations.push(`unsigned ${name} : ${bitsFor(greatest)} = ${initial};`);
  }

  /** No part of the state: used within one step only. */
  scratch(...names: readonly string[]): void {
    for (const name of names) this.#declarations.push(`hidden int ${name};`);
  }

  /** A constant array. */
  table(name: string, values: readonly number[]): void {
    if (values.length === 0) return;
    const greatest = Math.max(...values);
    const type = greatest < 2 ** 8 ? 'byte' : greatest < 2 ** 15 ? 'short' : 'int';
    this.#declarations.push(`hidden ${type} ${name}[${values.length}] = { ${values.join(', ')} };`);
  }

  inline(name: string, statements: readonly string[]): void {
    this.#declarations.push(`inline ${name}() {`, `  ${statements.join(';\n  ')}`, '}');
  }

  /** Something that can happen: a guard, an arrow and what comes about, in one step. */
  option(text: string): void {
    this.#options.push(`  :: d_step { ${text} }`);
  }

  toString(comment: string): string {
    const process = ['active proctype world() {', 'end:', '  do', ...this.#options, '  od', '}'];
    return [`/* ${comment} */`, ...this.#declarations, ...process, ''].join('\n');
  }
}
