// Makes src/ small: dist/widget.js (what a page loads), dist/chat-HASH.js (what opening it loads), each with its .gz.
import {mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';
import * as esbuild from 'esbuild';

const HERE = fileURLToPath(new URL('.', import.meta.url)); // a folder's name may hold spaces and letters of any alphabet
const OUT = `${HERE}dist/`;
const SRC = `${HERE}src/`;
const BROWSERS = ['chrome111', 'firefox113', 'safari16.4'];

// Stylesheets are imported as texts, for constructed stylesheets: no <style>, so nothing that a host page's policy forbids.
const styles = {
  name: 'styles',
  setup(build) {
    build.onLoad({filter: /\.css$/}, async ({path}) => {
      const {code} = await esbuild.transform(readFileSync(path, 'utf8'), {loader: 'css', minify: true, target: BROWSERS});
      return {contents: code.trim(), loader: 'text'};
    });
  },
};
const common = {
  absWorkingDir: HERE, // so that names do not depend on where it is started
  bundle: true, minify: true, target: BROWSERS, legalComments: 'none', plugins: [styles], charset: 'utf8',
};

rmSync(OUT, {recursive: true, force: true});
mkdirSync(OUT);
await esbuild.build({...common, entryPoints: {chat: `${SRC}chat.js`}, entryNames: '[name]-[hash]', format: 'esm', outdir: OUT});
const chat = readdirSync(OUT).find((name) => name.startsWith('chat-'));
await esbuild.build({
  ...common,
  entryPoints: {widget: `${SRC}widget.js`},
  format: 'iife',
  outdir: OUT,
  define: {CHAT_FILE: JSON.stringify(chat)},
});
for (const name of readdirSync(OUT)) {
  const packed = gzipSync(readFileSync(OUT + name), {level: 9});
  writeFileSync(`${OUT}${name}.gz`, packed);
  console.log(`${name}: ${(packed.length / 1000).toFixed(1)} kB`);
}
