// Tries, tokens, certificates, errors: against a server that answers by script.
import { ServerCredentials, status as Status } from '@grpc/grpc-js';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { SynthoraxError, connect } from '../src/index.js';
import { image, lost, queued, refusal, serving } from './fake.js';

const all = (request) => [queued(request), ...Array.from({ length: request.spec.count }, (_, i) => image(request, request.spec.count - 1 - i))];
const twoThenLost = (request) => [queued(request), image(request, 2), image(request, 0), lost];

async function drawn(address, spec, options, clientOptions) {
  const client = connect(address, clientOptions);
  try {
    const images = [];
    for await (const each of client.generate(spec, options)) {
      images.push(each);
    }
    return images;
  } finally {
    client.close();
  }
}

test('generate, broken stream: goes on with what is missing', () =>
  serving([twoThenLost, all], async (address, asked) => {
    const images = await drawn(address, { count: 4, seed: 10 });

    assert.deepEqual(images.map((each) => each.index), [2, 0, 3, 1]); // 2 comes twice, and is given once
    assert.deepEqual(images.map((each) => each.seed), [12n, 10n, 13n, 11n]);
    const { seed, count, model, modelVersion } = asked[1].request.spec;
    assert.deepEqual({ seed, count, model, modelVersion }, { seed: '11', count: 3, model: 'm', modelVersion: 'v1' });
  }));

test('generate, with initial latents: asks again for all', () =>
  serving([twoThenLost, all], async (address, asked) => {
    const images = await drawn(address, { count: 3, seed: 10, initialLatents: new Float32Array(3) });

    assert.deepEqual(images.map((each) => each.index).sort(), [0, 1, 2]);
    assert.equal(asked[1].request.spec.seed, '10');
    assert.equal(asked[1].request.spec.initialLatents.length, 12);
  }));

test('generate, without seed: asks for the same images each time, as long as the server names a delay', () => {
  const full = () => [refusal(Status.RESOURCE_EXHAUSTED, 'QUEUE_FULL', { retryMillis: 10 })];
  return serving([...Array(7).fill(full), all], async (address, asked) => {
    await drawn(address, {});

    assert.equal(asked.length, 8);
    assert.equal(new Set(asked.map(({ request }) => request.spec.seed)).size, 1);
  });
});

test('generate, bad field: a typed error, not tried again', () =>
  serving([() => [refusal(Status.INVALID_ARGUMENT, 'INVALID_ARGUMENT', { field: 'spec.count' })]], async (address, asked) => {
    const failure = await drawn(address, { count: 300 }).catch((each) => each);

    assert.ok(failure instanceof SynthoraxError);
    assert.deepEqual(
      [failure.code, failure.reason, failure.field, failure.message, failure.retryDelayMillis],
      [Status.INVALID_ARGUMENT, 'INVALID_ARGUMENT', 'spec.count', 'said no', undefined],
    );
    assert.equal(asked.length, 1);
  }));

test('generate, reason without delay: not tried again', () =>
  serving([() => [refusal(Status.UNAVAILABLE, 'MODEL_FAILED')]], async (address, asked) => {
    await assert.rejects(drawn(address, {}), { reason: 'MODEL_FAILED' });

    assert.equal(asked.length, 1);
  }));

test('generate, delay beyond the deadline: fails at once', () =>
  serving([() => [refusal(Status.UNAVAILABLE, 'DRAINING', { retryMillis: 60_500 })]], async (address) => {
    await assert.rejects(drawn(address, {}, { deadlineMillis: 30_000 }), { reason: 'DRAINING', retryDelayMillis: 60_500 });
  }));

test('generate, short answer: an error', () =>
  serving([(request) => [queued(request), image(request, 0)]], async (address) => {
    await assert.rejects(drawn(address, { count: 2 }), /ended after 1 images \(expected: 2\)/);
  }));

test('generate, events: are heard', () =>
  serving([all], async (address) => {
    const heard = [];
    await drawn(address, { seed: 2n ** 64n - 1n, onEvent: (event) => heard.push(event) });

    assert.equal(heard.length, 1);
    assert.equal(heard[0].queued.settings.seed, '18446744073709551615');
  }));

test('calls, no server: said after all tries', async () => {
  const taken = createServer().listen(0, 'localhost');
  await once(taken, 'listening');
  const address = `localhost:${taken.address().port}`;
  taken.close();
  await once(taken, 'close');

  await assert.rejects(drawn(address, {}, {}, { attempts: 2 }), (failure) => failure.code === Status.UNAVAILABLE && failure.message.startsWith(`no server at ${address} (`));
});

test('calls, deadline: ends them', () =>
  serving([(request) => [queued(request)]], async (address) => {
    await assert.rejects(drawn(address, {}, { deadlineMillis: 0.001 }), { code: Status.DEADLINE_EXCEEDED });
  }));

test('calls, signal: ends them with its reason', () =>
  serving([() => [refusal(Status.UNAVAILABLE, 'DRAINING', { retryMillis: 50_000 })]], async (address) => {
    const abort = new AbortController();
    const drawing = drawn(address, {}, { signal: abort.signal });
    setImmediate(() => abort.abort(new Error('enough')));

    await assert.rejects(drawing, /enough/);
  }));

test('token: goes along, and not to others in plain text', () =>
  serving([all], async (address, asked) => {
    await drawn(address, {}, {}, { token: 's3cret' });

    assert.equal(asked[0].token, 'Bearer s3cret');
    assert.throws(() => connect('far.example:8001', { token: 's3cret' }), /token: not sent to far.example:8001 in plain text/);
  }));

const folder = process.env.SYNTHORAX_TLS;
test('TLS: both sides show certificates', { skip: folder ? false : 'no certificates: SYNTHORAX_TLS names no folder' }, () => {
  const [certificate, key] = ['certificate.pem', 'key.pem'].map((name) => readFileSync(`${folder}/${name}`));
  const required = ServerCredentials.createSsl(certificate, [{ private_key: key, cert_chain: certificate }], true);
  return serving(
    [all],
    async (address, asked) => {
      const images = await drawn(address, {}, {}, { tls: { root: certificate, certificate, key }, token: 's3cret' });
      await assert.rejects(drawn(address, {}, {}, { tls: { root: certificate }, attempts: 1 }), SynthoraxError);

      assert.equal(images.length, 1);
      assert.deepEqual(asked.map(({ token }) => token), ['Bearer s3cret']);
    },
    required,
  );
});

test('segment and classify: give names', () => {
  const mark = () => ({ segmentation: { model: 'm', width: 2, height: 1, structures: [{ structure: 'lungs', png: Buffer.of(1), area: '1' }] } });
  const read = () => ({ classification: { model: 'm', findings: [{ finding: 'edema', probability: 0.75, present: true }] } });
  return serving([mark, read], async (address, asked) => {
    const client = connect(address);
    const marked = await client.segment(Buffer.of(7), { structures: ['lungs'], probabilities: true, threshold: 0.25 });
    const found = await client.classify({ width: 2, height: 1, data: Uint16Array.of(1, 500) }, { priority: 'HIGH' });
    client.close();

    assert.deepEqual(marked.structures.lungs, { png: Buffer.of(1), area: 1, probabilitiesPng: Buffer.alloc(0) });
    assert.deepEqual(found.findings, { edema: { probability: 0.75, present: true } });
    const [spec, other] = asked.map(({ request }) => request.spec);
    assert.deepEqual([spec.image.png, spec.structures, spec.probabilities, spec.threshold], [Buffer.of(7), ['lungs'], true, 0.25]);
    assert.deepEqual(other.image.raw, { width: 2, height: 1, bits: 16, data: Buffer.of(1, 0, 244, 1) });
    assert.equal(other.priority, 'PRIORITY_HIGH');
  });
});

for (const [datatype, data] of Object.entries({
  BOOL: Uint8Array.of(1, 0),
  UINT8: Uint8Array.of(1, 255),
  UINT16: Uint16Array.of(1, 65535),
  UINT32: Uint32Array.of(1, 2),
  UINT64: BigUint64Array.of(1n, 2n ** 64n - 1n),
  INT8: Int8Array.of(1, -1),
  INT16: Int16Array.of(1, -1),
  INT32: Int32Array.of(1, -1),
  INT64: BigInt64Array.of(1n, -1n),
  FP16: Uint16Array.of(15360, 1),
  BF16: Uint16Array.of(16256, 1),
  FP32: Float32Array.of(1, -1.5),
  FP64: Float64Array.of(1, -1.5),
  BYTES: ['ä', Buffer.of(0)],
})) {
  test(`infer, ${datatype}: comes back`, () => {
    const echo = (request) => ({ outputs: request.inputs, rawOutputContents: request.rawInputContents });
    return serving([echo], async (address, asked) => {
      const client = connect(address);
      const implied = !['BOOL', 'FP16', 'BF16'].includes(datatype);
      const { x } = await client.infer('echo', { x: { shape: [1, 2], data, ...(implied ? {} : { datatype }) } }, { version: '3', outputs: ['x'], requestId: 'a' });
      client.close();

      assert.deepEqual(x, { datatype, shape: [1, 2], data: datatype === 'BYTES' ? data.map((each) => Buffer.from(each)) : data });
      const { modelVersion, id, outputs } = asked[0].request;
      assert.deepEqual([modelVersion, id, outputs[0].name], ['3', 'a', 'x']);
    });
  });
}

test('bad options: are refused by name', () => {
  const client = connect('localhost:1');
  assert.throws(() => client.generate({ steps: 3 }), /steps: no option/);
  assert.throws(() => client.generate({ noiseScheduler: 'heun' }), /NoiseScheduler: heun \(expected: DDIM, DPM_SOLVER_PP_2M/);
  assert.throws(() => connect('localhost:1', { deadlineMillis: 0 }), /deadlineMillis: 0/);
  assert.throws(() => connect('localhost:1', { attempts: 0 }), /attempts: 0/);
  return assert.rejects(client.infer('m', { x: { shape: [1], data: Float32Array.of(1), datatype: 'INT8' } }), /x: Float32Array as INT8/);
});
