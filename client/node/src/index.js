// The package; index.d.ts describes it.
import { Calls } from './calls.js';
import { CLASSIFY, GENERATE, INFER, SEGMENT } from './contract.js';
import { Generation } from './generation.js';
import { classificationOf, classifyRequest, segmentRequest, segmentationOf } from './readings.js';
import { inferRequest, tensorsOf } from './tensors.js';

export { SynthoraxError } from './errors.js';
export { Image } from './generation.js';

export function connect(target, options = {}) {
  return new Client(new Calls(target, options));
}

export class Client {
  #calls;

  constructor(calls) {
    this.#calls = calls;
  }

  generate(spec, options = {}) {
    return this.#calls.images(GENERATE, new Generation(spec), options);
  }

  async segment(image, { deadlineMillis, signal, ...options } = {}) {
    return segmentationOf(await this.#calls.answer(SEGMENT, segmentRequest(image, options), { deadlineMillis, signal }));
  }

  async classify(image, { deadlineMillis, signal, ...options } = {}) {
    return classificationOf(await this.#calls.answer(CLASSIFY, classifyRequest(image, options), { deadlineMillis, signal }));
  }

  async infer(model, inputs, { deadlineMillis, signal, ...options } = {}) {
    return tensorsOf(await this.#calls.answer(INFER, inferRequest(model, inputs, options), { deadlineMillis, signal }));
  }

  close() {
    this.#calls.close();
  }
}
