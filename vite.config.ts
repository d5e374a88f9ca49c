import { defineConfig } from 'vite';

/** The inspector's page: one script, one style sheet, the worker within the script, so that one file can hold it all. */
export default defineConfig({
  root: 'src/inspector/page',
  base: './',
  build: {
    outDir: '../../../dist/inspector/page',
    emptyOutDir: true,
    modulePreload: false,
    rollupOptions: {
      output: { entryFileNames: 'page.js', assetFileNames: 'page[extname]', codeSplitting: false },
    },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
});
