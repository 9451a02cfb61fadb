// A server that answers by script.
import { Metadata, Server, ServerCredentials, status as Status } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { service } from '../src/contract.js';

const { root } = protobuf.parse(`syntax = "proto3"; package google.rpc;
message Any { string type_url = 1; bytes value = 2; }
message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
message ErrorInfo { string reason = 1; string domain = 2; }
message BadRequest { message FieldViolation { string field = 1; } repeated FieldViolation field_violations = 1; }
message RetryInfo { message Duration { int64 seconds = 1; int32 nanos = 2; } Duration retry_delay = 1; }`);

const encode = (name, value) => {
  const type = root.lookupType(`google.rpc.${name}`);
  return type.encode(type.fromObject(value)).finish();
};

/** A status as the server ends a call with it. */
export function refusal(code, reason, { retryMillis, field } = {}) {
  const any = (name, value) => ({ typeUrl: `type.googleapis.com/google.rpc.${name}`, value: encode(name, value) });
  const details = [any('ErrorInfo', { reason, domain: 'synthorax.dev' })];
  if (retryMillis !== undefined) {
    details.push(any('RetryInfo', { retryDelay: { seconds: Math.floor(retryMillis / 1e3), nanos: (retryMillis % 1e3) * 1e6 } }));
  }
  if (field) {
    details.push(any('BadRequest', { fieldViolations: [{ field }] }));
  }
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(encode('Status', { code, message: 'said no', details })));
  return Object.assign(new Error('said no'), { code, details: 'said no', metadata });
}

export const lost = refusal(Status.UNAVAILABLE, 'DEVICE_LOST', { retryMillis: 10 });

export const queued = ({ spec }) => ({ queued: { settings: { model: 'm', modelVersion: 'v1', seed: spec.seed, count: spec.count } } });

export const image = ({ spec }, index) => ({
  image: { index, seed: String(BigInt(spec.seed) + BigInt(index)), data: Buffer.of(index), format: 'OUTPUT_FORMAT_RAW_GRAY8', width: 1, height: 1 },
});

/** Serves one answer a call, in turn: the messages of a stream, of which an Error ends it, or what `answer(request)` returns. */
export async function serving(answers, use, credentials = ServerCredentials.createInsecure()) {
  const asked = [];
  const next = ({ request, metadata }) => {
    asked.push({ request, token: metadata.get('authorization')[0] });
    return answers[asked.length - 1](request);
  };
  const server = new Server();
  server.addService(service('synthorax.v1.GenerationService'), {
    GenerateStream(call) {
      call.on('error', () => {});
      for (const message of next(call)) {
        if (message instanceof Error) {
          call.emit('error', message);
          return;
        }
        call.write(message);
      }
      call.end();
    },
  });
  for (const [name, method] of [
    ['synthorax.v1.SegmentationService', 'Segment'],
    ['synthorax.v1.ClassificationService', 'Classify'],
    ['inference.GRPCInferenceService', 'ModelInfer'],
  ]) {
    server.addService(service(name), { [method]: (call, done) => done(null, next(call)) });
  }
  const port = await new Promise((resolve, reject) =>
    server.bindAsync('localhost:0', credentials, (failure, bound) => (failure ? reject(failure) : resolve(bound))),
  );
  try {
    return await use(`localhost:${port}`, asked);
  } finally {
    server.forceShutdown();
  }
}
