import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The API that the development server hands requests to. */
const API_URL = 'http://127.0.0.1:7070';
/** Paths that the API owns; every other one is a page. */
const API_PATHS = ['/v1', '/docs', '/problems', '/metrics', '/readyz'];

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  build: {
    target: ['es2023', 'chrome123', 'firefox121', 'safari17.5'],
    emptyOutDir: true,
    // Fonts and pictures stay files, as the content security policy takes no data from scripts or styles.
    assetsInlineLimit: 0,
    // Says which files a page needs, for the benchmark of their size.
    manifest: true,
  },
  server: { proxy: Object.fromEntries(API_PATHS.map((path) => [path, API_URL])) },
});
