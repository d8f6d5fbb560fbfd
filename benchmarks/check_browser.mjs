// Runs graphs in onnxruntime-web's WASM backend: `node check_browser.mjs JOB MODULES THREADS ROUNDS`.
//
// JOB, a JSON file that check_browser.py writes, holds a list of graphs: {variant, stage, file,
// inputs: [{name, dims, file}], outputs: [the same, as Python's onnxruntime computes them]}; tensors
// are raw float32. All graphs take turns. Prints one JSON line a graph: the largest difference, in
// parts of the largest value (1 at least), and the median of the milliseconds.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const MISSING = 3; // exit status where onnxruntime-web is not there
const WARM = 3; // runs before the first that counts: V8 compiles WASM well only once it is hot

const [job, modules, threads, rounds] = process.argv.slice(2);
const ort = load(modules);
ort.env.wasm.numThreads = Number(threads);

const graphs = [];
for (const graph of JSON.parse(readFileSync(job, 'utf8'))) {
  const session = await ort.InferenceSession.create(readFileSync(graph.file), {
    executionProviders: ['wasm'],
  });
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, dims, file }) => [name, new ort.Tensor('float32', floats(file), dims)]),
  );
  graphs.push({ ...graph, session, feeds, times: [] });
}
for (let round = -WARM; round < Number(rounds); round += 1) {
  for (const graph of graphs) {
    const started = performance.now();
    graph.made = await graph.session.run(graph.feeds);
    if (round >= 0) graph.times.push(performance.now() - started);
  }
}
for (const { variant, stage, outputs, made, times } of graphs) {
  const difference = Math.max(...outputs.map((output) => compare(made[output.name], output)));
  console.log(JSON.stringify({ variant, stage, difference, ms: median(times) }));
}
process.exit(0); // its worker threads would keep the process alive

function load(folder) {
  const { resolve: find } = createRequire(join(resolve(folder), 'here.js'));
  try {
    return createRequire(import.meta.url)(find('onnxruntime-web'));
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    process.exit(MISSING);
  }
}

function floats(file) {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

function compare(made, { name, dims, file }) {
  if (String(made.dims) !== String(dims)) throw new Error(`${name}: ${made.dims}, not ${dims}`);
  const expected = floats(file);
  let [most, largest] = [0, 1];
  for (let k = 0; k < expected.length; k += 1) {
    const off = Math.abs(made.data[k] - expected[k]);
    if (!(off <= most)) most = off; // so that a NaN is not passed over
    largest = Math.max(largest, Math.abs(expected[k]));
  }
  return most / largest;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
