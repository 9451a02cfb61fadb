import { status as Status } from '@grpc/grpc-js';
import { randomInt } from 'node:crypto';
import { checked, enumValue } from './contract.js';
import { SynthoraxError } from './errors.js';

const OPTIONS = [
  'prompt', 'count', 'seed', 'masks', 'model', 'modelVersion', 'negativePrompt', 'numInferenceSteps', 'guidanceScale', 'noiseScheduler', 'width',
  'height', 'priority', 'outputFormat', 'initialLatents', 'requestId', 'startImage', 'onEvent',
];

/** A finished image. */
export class Image {
  constructor({ index, seed, data, format, width, height }) {
    Object.assign(this, { index, seed: BigInt(seed), data, format: format.slice('OUTPUT_FORMAT_'.length), width, height });
  }

  /** Grey levels row by row, of the raw formats: bytes, or numbers from 0 to 1. */
  pixels() {
    switch (this.format) {
      case 'RAW_GRAY8':
        return new Uint8Array(this.data);
      case 'RAW_FLOAT32':
        return new Float32Array(new Uint8Array(this.data).buffer);
      default:
        throw new TypeError(`pixels: of ${this.format} (expected: an image of outputFormat RAW_GRAY8 or RAW_FLOAT32)`);
    }
  }
}

/**
 * Collects the images of one request over several tries, each once. A seed decides an image, so a stream that broke goes on with the first image
 * that is missing, of the same version of the model.
 */
export class Generation {
  #spec;
  #onEvent;
  #received = new Set();
  #offset = 0;
  #used = {};

  constructor(options) {
    const { onEvent, masks = {}, ...given } = checked(options, OPTIONS);
    const spec = { count: 1, seed: randomInt(2 ** 32), ...given };
    spec.seed = BigInt(spec.seed);
    spec.masks = Object.entries(masks).map(([structure, png]) => ({ structure, png }));
    if (given.noiseScheduler !== undefined) {
      spec.noiseScheduler = enumValue('NoiseScheduler', 'NOISE_SCHEDULER_', given.noiseScheduler);
    }
    if (given.priority !== undefined) {
      spec.priority = enumValue('Priority', 'PRIORITY_', given.priority);
    }
    if (given.outputFormat !== undefined) {
      spec.outputFormat = enumValue('OutputFormat', 'OUTPUT_FORMAT_', given.outputFormat);
    }
    if (given.initialLatents !== undefined) {
      const { buffer, byteOffset, byteLength } = given.initialLatents;
      spec.initialLatents = Buffer.from(buffer, byteOffset, byteLength);
    }
    this.#spec = spec;
    this.#onEvent = onEvent;
  }

  /** Asks for what is missing. */
  request() {
    const spec = { ...this.#spec };
    this.#offset = 0;
    if (this.#received.size > 0) {
      ({ model: spec.model, modelVersion: spec.modelVersion } = this.#used);
      if (!spec.initialLatents) {
        while (this.#received.has(this.#offset)) {
          this.#offset++;
        }
        spec.seed += BigInt(this.#offset);
        spec.count -= this.#offset;
      }
    }
    return { spec: { ...spec, seed: BigInt.asUintN(64, spec.seed).toString() } };
  }

  /** Takes an event; gives the image where it brings a new one. */
  heard(response) {
    if (response.event === 'queued') {
      this.#used = response.queued.settings;
    }
    if (response.event !== 'image') {
      this.#onEvent?.(response.event === 'queued' ? { queued: response.queued } : { progress: response.progress });
      return undefined;
    }
    const index = response.image.index + this.#offset;
    if (this.#received.has(index)) {
      return undefined;
    }
    if (!(index >= 0 && index < this.#spec.count)) {
      throw new SynthoraxError(Status.INTERNAL, `image ${index} (expected: 0 to ${this.#spec.count - 1})`);
    }
    this.#received.add(index);
    return new Image({ ...response.image, index });
  }

  /** Whether every image has come. */
  isComplete() {
    return this.#received.size === this.#spec.count;
  }

  /** Throws where the server ended in good order without every image. */
  end() {
    if (!this.isComplete()) {
      throw new SynthoraxError(Status.INTERNAL, `the answer ended after ${this.#received.size} images (expected: ${this.#spec.count})`);
    }
  }
}
