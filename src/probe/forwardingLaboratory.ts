import type { Agent, Laboratory, PlacedCall, RegisterOutcome, RegisterWish } from './laboratory.ts';

/** A laboratory in front of another one: what it does not change, it hands on. */
export class ForwardingLaboratory implements Laboratory {
  readonly agents: number;
  readonly hasOtherCaller: boolean;
  protected readonly behind: Laboratory;

  constructor(behind: Laboratory) {
    this.behind = behind;
    this.agents = behind.agents;
    this.hasOtherCaller = behind.hasOtherCaller;
  }

  register(wish: RegisterWish): Promise<RegisterOutcome> {
    return this.behind.register(wish);
  }

  listed(asking: Agent): Promise<readonly Agent[] | null> {
    return this.behind.listed(asking);
  }

  call(): Promise<PlacedCall> {
    return this.behind.call();
  }

  registerCaller(): Promise<RegisterOutcome> {
    return this.behind.registerCaller();
  }

  expectRings(slowestMs: number): void {
    this.behind.expectRings(slowestMs);
  }

  stopAsking(): void {
    this.behind.stopAsking();
  }

  newcomers(): Promise<readonly string[]> {
    return this.behind.newcomers();
  }

  pause(ms: number): Promise<void> {
    return this.behind.pause(ms);
  }
}
