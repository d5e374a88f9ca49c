import type { ComponentChildren } from 'preact';

/**
 * What is drawn once. Who gives the same element of it again has nothing of it looked at: Preact passes over components
 * that are the same element as before, and over nothing else.
 */
export const Still = ({ children }: { children: ComponentChildren }) => <>{children}</>;
