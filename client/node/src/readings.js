import { checked, enumValue } from './contract.js';

const CLASSIFICATION_OPTIONS = ['model', 'modelVersion', 'threshold', 'priority', 'requestId'];
const SEGMENTATION_OPTIONS = [...CLASSIFICATION_OPTIONS, 'structures', 'probabilities'];

export const segmentRequest = (image, options) => request(image, options, SEGMENTATION_OPTIONS);
export const classifyRequest = (image, options) => request(image, options, CLASSIFICATION_OPTIONS);

/** An image is a PNG, or its pixels beside width, height and bits. */
function request(image, options, known) {
  const spec = checked(options, known);
  if (spec.priority !== undefined) {
    spec.priority = enumValue('Priority', 'PRIORITY_', spec.priority);
  }
  spec.image = image instanceof Uint8Array ? { png: image } : { raw: raw(image) };
  return { spec };
}

function raw({ width, height, bits, data }) {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return { width, height, bits: bits ?? 8 * data.BYTES_PER_ELEMENT, data: bytes };
}

/** Structures by name. */
export function segmentationOf({ segmentation: { structures, ...rest } }) {
  const named = structures.map(({ structure, png, area, probabilitiesPng }) => [structure, { png, area: Number(area), probabilitiesPng }]);
  return { ...rest, structures: Object.fromEntries(named) };
}

/** Findings by name. */
export function classificationOf({ classification: { findings, ...rest } }) {
  const named = findings.map(({ finding, probability, present }) => [finding, { probability, present }]);
  return { ...rest, findings: Object.fromEntries(named) };
}
