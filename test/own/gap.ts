/** A call that comes while app and push server hand over. */
export const gap = {
  name: 'gap',
  title: 'Call in the gap',
  steps: [
    { at: '1s', do: 'open' },
    { at: '10s', do: 'home' },
    { at: ['9s', '12s'], do: 'dial', call: 1 },
  ],
} as const;
