import { type Assigner, assign, emit, enqueueActions, type ParameterizedObject, raise } from 'xstate';
import type { InternalEvent, MachineEvent } from './events.ts';
import type { Emitted } from './observations.ts';

/** What guards and actions read: the context, and the event that caused the transition. */
export interface Args<Context> {
  readonly context: Context;
  readonly event: MachineEvent;
}

type Enqueuing<
  Context extends object,
  Params extends ParameterizedObject['params'] | undefined,
  Delay extends string,
> = typeof enqueueActions<Context, MachineEvent, Params, MachineEvent, never, never, never, Delay, Emitted>;

/**
 * XState's action creators of the same names, with their type parameters bound. They are for actions that are written
 * apart from the `setup` of their machine, where XState cannot infer these types. `Part` is what the actions may assign,
 * `Context` the whole context of the machine, `Params` what a transition passes to its actions.
 */
export function actionsOf<
  Part extends object,
  Context extends Part,
  Params extends ParameterizedObject['params'] | undefined = undefined,
>() {
  return {
    // A part of `Part` is one of `Context`, but TypeScript does not conclude that for a type parameter.
    assign: (change: (args: Args<Context>, params: Params) => Partial<Part>) =>
      assign<Context, MachineEvent, Params, MachineEvent, never>(
        change as unknown as Assigner<Context, MachineEvent, Params, MachineEvent, never>,
      ),
    emit: (effect: Emitted | ((args: Args<Context>, params: Params) => Emitted)) =>
      emit<Context, MachineEvent, Params, MachineEvent, Emitted>(effect),
    raise: (event: InternalEvent | ((args: Args<Context>, params: Params) => InternalEvent)) =>
      raise<Context, MachineEvent, MachineEvent, Params, never, never>(event),
    /** `Delay` names the delays with which the actions raise events. */
    enqueueActions: <Delay extends string = never>(collect: Parameters<Enqueuing<Context, Params, Delay>>[0]) =>
      enqueueActions<Context, MachineEvent, Params, MachineEvent, never, never, never, Delay, Emitted>(collect),
  };
}
