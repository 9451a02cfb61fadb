// Against the server at SYNTHORAX_ADDRESS, with the bundled model and the small ones that the build gives it.
import { status as Status } from '@grpc/grpc-js';
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { connect } from '../src/index.js';

const address = process.env.SYNTHORAX_ADDRESS;
const skip = address ? false : 'no server: SYNTHORAX_ADDRESS names none';
const client = address && connect(address, { deadlineMillis: 120_000 });
after(() => client?.close());

async function drawn(spec) {
  const images = [];
  for await (const image of client.generate({ numInferenceSteps: 2, ...spec })) {
    images.push(image);
  }
  return images;
}

test('generate: images are those of their seeds', { skip }, async () => {
  const events = [];
  const both = await drawn({ prompt: 'large right pneumothorax', count: 2, seed: 7, onEvent: (event) => events.push(event) });
  const [second] = await drawn({ prompt: 'large right pneumothorax', seed: 8n });

  assert.deepEqual(both.map(({ index }) => index).sort(), [0, 1]);
  assert.deepEqual(both.find(({ seed }) => seed === 8n).data, second.data);
  assert.equal(second.data.subarray(1, 4).toString(), 'PNG');
  assert.ok('queued' in events[0]);
});

test('generate: raw pixels', { skip }, async () => {
  const [made] = await drawn({ outputFormat: 'RAW_FLOAT32' });

  assert.equal(made.pixels().length, made.width * made.height);
  assert.ok(made.pixels().every((value) => value >= 0 && value <= 1));
});

test('generate: errors have reasons, resources and fields', { skip }, async () => {
  await assert.rejects(drawn({ model: 'nobody' }), { code: Status.NOT_FOUND, reason: 'MODEL_NOT_FOUND', resource: 'nobody' });
  await assert.rejects(drawn({ count: 1000 }), ({ reason, field }) => reason === 'INVALID_ARGUMENT' && field.endsWith('count'));
});

test('generate: leaving the loop cancels', { skip }, async () => {
  for await (const image of client.generate({ count: 64, numInferenceSteps: 20, seed: 1 })) {
    assert.equal(image.format, 'PNG_GRAY8');
    break;
  }
  const { y } = await client.infer('doubler', { x: { shape: [1, 2], data: Float32Array.of(1, 2) } });

  assert.deepEqual(y, { datatype: 'FP32', shape: [1, 2], data: Float32Array.of(2, 4) });
});

test('infer: more than four mebibytes come back', { skip }, async () => {
  const data = Float32Array.from({ length: 2 << 20 }, (_, i) => i);
  const { y } = await client.infer('doubler', { x: { shape: [1 << 20, 2], data } });

  assert.ok(y.data.every((value, i) => value === 2 * data[i]));
});

test('infer: a wrong shape is a typed error', { skip }, async () => {
  const wrong = client.infer('doubler', { x: { shape: [1, 3], data: new Float32Array(3) } });

  await assert.rejects(wrong, { code: Status.INVALID_ARGUMENT, reason: 'INVALID_ARGUMENT', message: /^input x: shape \[1, 3\]/ });
});

test('segment and classify: small models', { skip }, async () => {
  const film = { width: 8, height: 8, data: Uint8Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? 255 : 0)) };
  const { lungs } = (await client.segment(film, { model: 'marker' })).structures;
  const { edema } = (await client.classify(film, { model: 'reader', threshold: 0.4 })).findings;

  assert.equal(lungs.area, 32);
  assert.equal(lungs.png.subarray(1, 4).toString(), 'PNG');
  assert.ok(edema.present && Math.abs(edema.probability - 0.5) < 0.01);
});
