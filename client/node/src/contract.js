// The contract, read from its protos when the package is loaded: nothing is generated.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadSync } from '@grpc/proto-loader';

const carried = new URL('../protobuf/', import.meta.url); // in a published package
const checkout = new URL('../../../proto/src/main/protobuf/', import.meta.url);

const definition = loadSync(
  ['generation', 'segmentation', 'classification'].map((name) => `synthorax/v1/${name}.proto`).concat('inference/grpc_service.proto'),
  {
    includeDirs: [fileURLToPath(existsSync(carried) ? carried : checkout)],
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  },
);

const call = (service, name) => definition[service][name];

export const GENERATE = call('synthorax.v1.GenerationService', 'GenerateStream');
export const SEGMENT = call('synthorax.v1.SegmentationService', 'Segment');
export const CLASSIFY = call('synthorax.v1.ClassificationService', 'Classify');
export const INFER = call('inference.GRPCInferenceService', 'ModelInfer');

/** Services by name, as grpc-js wants them of servers. */
export const service = (name) => definition[name];

/** The constant of an enum of synthorax.v1 by its name without the prefix, in any case. */
export function enumValue(type, prefix, name) {
  const whole = prefix + String(name).toUpperCase().replaceAll('-', '_');
  const constants = definition[`synthorax.v1.${type}`].type.value.map((value) => value.name);
  if (!constants.includes(whole)) {
    const known = constants.filter((each) => !each.endsWith('UNSPECIFIED')).map((each) => each.slice(prefix.length));
    throw new RangeError(`${type}: ${name} (expected: ${known.join(', ')})`);
  }
  return whole;
}

/** Copies what is set; throws on a name that is not among those known. */
export function checked(options, known) {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new TypeError(`${name}: no option (expected: ${known.join(', ')})`);
    }
  }
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
