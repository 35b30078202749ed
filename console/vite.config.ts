import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const COMPRESSED = /\.(js|css|svg)$/;
/** Smaller files gain nothing. */
const MIN_BYTES = 1024;
const compressions = { br: promisify(brotliCompress), gz: promisify(gzip) };

/** Sets the colours before the first paint, by a script file: the policy allows no inline script, and modules run too late. */
function colourScheme(): Plugin {
  const path = join(import.meta.dirname, 'src/theme/before-paint.js');
  let reference = '';
  return {
    name: 'colour-scheme',
    apply: 'build',
    async buildStart() {
      reference = this.emitFile({ type: 'asset', name: 'before-paint.js', source: await readFile(path, 'utf8') });
    },
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle }) => {
        const asset = Object.keys(bundle ?? {}).find((file) => file.includes('before-paint'));
        if (asset === undefined) throw new Error(`the script that sets the colours is not built (${reference})`);
        return [{ tag: 'script', attrs: { src: `/console/${asset}`, nonce: '__NONCE__' }, injectTo: 'head-prepend' }];
      },
    },
  };
}

/** Writes compressed copies beside the files, so that the API compresses nothing while it serves them. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    generateBundle: {
      order: 'post',
      async handler(_options, bundle) {
        for (const [fileName, file] of Object.entries(bundle)) {
          const source = Buffer.from(file.type === 'chunk' ? file.code : file.source);
          if (!COMPRESSED.test(fileName) || source.length < MIN_BYTES) continue;
          for (const [extension, compress] of Object.entries(compressions)) {
            this.emitFile({ type: 'asset', fileName: `${fileName}.${extension}`, source: await compress(source) });
          }
        }
      },
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [react(), colourScheme(), compressed()],
  // the API puts the nonce of each response in its place
  html: { cspNonce: '__NONCE__' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    rolldownOptions: { input: [join(import.meta.dirname, 'index.html'), join(import.meta.dirname, 'docs.html')] },
    manifest: true,
    target: 'es2023',
    // data: URLs would be styles and fonts that the policy forbids
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1000,
  },
});
