import { computed, signal } from '@preact/signals';
import type { CallTrace, TracedMessage } from '../../../audit/tracedCall.ts';
import { boot } from '../store.ts';

/** Whether the calls of the capture are shown instead of a run. */
export const showsCapture = signal(false);

/** Which of them, and which message of it. */
export const callIndex = signal(0);
const messageIndex = signal(0);

export const shownCall = computed<CallTrace | null>(() => boot.value.capture?.calls[callIndex.value] ?? null);

export const shownMessage = computed<TracedMessage | null>(() => shownCall.value?.messages[messageIndex.value] ?? null);

/** Where in a call one looks first: at what its caller got in the end, or at its INVITE. */
function telling({ call, messages }: CallTrace): number {
  const end = messages.findLastIndex(({ to }) => to === 'caller');
  return Math.max(0, end >= 0 ? end : messages.findIndex(({ frame }) => frame === call.frame));
}

export function chooseCall(index: number): void {
  callIndex.value = index;
  const call = shownCall.value;
  messageIndex.value = call === null ? 0 : telling(call);
}

export function chooseMessage(index: number): void {
  const last = (shownCall.value?.messages.length ?? 1) - 1;
  messageIndex.value = Math.min(last, Math.max(0, index));
}
