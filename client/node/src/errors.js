import { status as Status } from '@grpc/grpc-js';
import protobuf from 'protobufjs';

// What of google.rpc comes beside a status.
const { root: rpc } = protobuf.parse(`syntax = "proto3";
message Any { string type_url = 1; bytes value = 2; }
message Status { repeated Any details = 3; }
message ErrorInfo { string reason = 1; }
message BadRequest { repeated FieldViolation field_violations = 1; }
message FieldViolation { string field = 1; }
message ResourceInfo { string resource_name = 2; }
message RetryInfo { Duration retry_delay = 1; }
message Duration { int64 seconds = 1; int32 nanos = 2; }`);

const READERS = {
  ErrorInfo: (error, info) => (error.reason = info.reason),
  BadRequest: (error, request) => (error.field = request.fieldViolations[0]?.field ?? ''),
  ResourceInfo: (error, missing) => (error.resource = missing.resourceName),
  RetryInfo: (error, { retryDelay }) => (error.retryDelayMillis = Number(retryDelay?.seconds ?? 0) * 1e3 + (retryDelay?.nanos ?? 0) / 1e6),
};

/** A call that failed; index.d.ts says what its fields hold. */
export class SynthoraxError extends Error {
  name = 'SynthoraxError';
  reason = '';
  field = '';
  resource = '';
  retryDelayMillis = undefined;

  constructor(code, message, options) {
    super(message.replace(/\s+/g, ' ').trim(), options);
    this.code = code;
  }

  /** Reads what came with the status of a failed call. */
  static of(failure, target) {
    const error = new SynthoraxError(failure.code ?? Status.UNKNOWN, failure.details || `${target}: ${failure.message}`, { cause: failure });
    for (const sent of failure.metadata?.get('grpc-status-details-bin') ?? []) {
      for (const { typeUrl, value } of rpc.lookupType('Status').decode(sent).details) {
        const name = typeUrl.replace('type.googleapis.com/google.rpc.', '');
        READERS[name]?.(error, rpc.lookupType(name).decode(value));
      }
    }
    if (error.code === Status.UNAVAILABLE && !error.reason) {
      error.message = `no server at ${target} (${error.message})`;
    }
    return error;
  }
}
