import { checked } from './contract.js';

const ARRAYS = {
  BOOL: Uint8Array,
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP16: Uint16Array,
  BF16: Uint16Array,
  FP32: Float32Array,
  FP64: Float64Array,
};

/** The message for tensors by name. */
export function inferRequest(model, inputs, options) {
  const { version = '', outputs = [], requestId = '' } = checked(options, ['version', 'outputs', 'requestId']);
  const tensors = Object.entries(inputs).map(([name, tensor]) => [{ name, datatype: datatypeOf(name, tensor), shape: tensor.shape }, tensor.data]);
  return {
    modelName: model,
    modelVersion: version,
    id: requestId,
    inputs: tensors.map(([description]) => description),
    outputs: outputs.map((name) => ({ name })),
    rawInputContents: tensors.map(([{ datatype }, data]) => encoded(datatype, data)),
  };
}

function datatypeOf(name, { datatype, data }) {
  if (Array.isArray(data)) {
    return 'BYTES';
  }
  const fitting = Object.keys(ARRAYS).filter((each) => data instanceof ARRAYS[each]);
  const implied = data instanceof Uint8Array ? 'UINT8' : fitting[0];
  if (fitting.length === 0 || (datatype !== undefined && !fitting.includes(datatype))) {
    throw new TypeError(`${name}: ${data?.constructor?.name} as ${datatype ?? 'a tensor'} (expected: an array type of ${datatype ?? 'numbers, or strings'})`);
  }
  return datatype ?? implied;
}

function encoded(datatype, data) {
  if (datatype !== 'BYTES') {
    return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  }
  const elements = data.map((each) => Buffer.from(each));
  return Buffer.concat(elements.flatMap((each) => [lengthOf(each), each]));
}

function lengthOf(element) {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(element.length);
  return length;
}

/** The outputs by name. */
export function tensorsOf({ outputs, rawOutputContents }) {
  return Object.fromEntries(
    outputs.map(({ name, datatype, shape }, i) => [name, { datatype, shape: shape.map(Number), data: decoded(datatype, rawOutputContents[i]) }]),
  );
}

function decoded(datatype, raw) {
  if (datatype !== 'BYTES') {
    return new ARRAYS[datatype](new Uint8Array(raw).buffer); // a copy: a message's bytes lie at any address
  }
  const elements = [];
  for (let at = 0; at < raw.length; ) {
    const end = at + 4 + raw.readUInt32LE(at);
    elements.push(raw.subarray(at + 4, end));
    at = end;
  }
  return elements;
}
