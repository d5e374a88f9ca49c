import { defineConfig } from 'vite';
import { charts } from './src/inspector/charts/plugin.ts';
import { guardNames } from './src/inspector/protocol/guardNames.ts';
import { browserModules } from './src/inspector/readers/plugin.ts';

/** Of the programmes: a constant is written where it is read, which makes them smaller. */
const small = { optimization: { inlineConst: { mode: 'all', pass: 3 } } } as const;

/** Remarks for bundlers are of no use to who runs it; licences stay. */
const bare = { comments: { annotation: false } } as const;

/** The inspector's page: one script, one style sheet, the worker that runs the world, and the charts' coordinates. */
export default defineConfig({
  root: 'src/inspector/page',
  base: './',
  plugins: [charts()],
  build: {
    // Colours of both themes (`light-dark`) are understood from these on.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    outDir: '../../../dist/inspector/page',
    emptyOutDir: true,
    modulePreload: false,
    rollupOptions: {
      ...small,
      // Laying out the statecharts takes its time.
      checks: { pluginTimings: false },
      output: { ...bare, entryFileNames: 'page.js', assetFileNames: 'page[extname]', codeSplitting: false },
    },
  },
  worker: {
    plugins: () => [guardNames(), browserModules()],
    rollupOptions: {
      ...small,
      // Nothing is reached by reading alone there: it has no signals.
      treeshake: { propertyReadSideEffects: false },
      output: { ...bare, entryFileNames: '[name].js' },
    },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
});
