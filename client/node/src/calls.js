import { Client as Channel, Metadata, credentials, status as Status } from '@grpc/grpc-js';
import { setTimeout as sleep } from 'node:timers/promises';
import { checked } from './contract.js';
import { SynthoraxError } from './errors.js';

const FIRST_BACKOFF = 200;
const LONGEST_BACKOFF = 5000;
const AGAIN = [Status.UNAVAILABLE, Status.RESOURCE_EXHAUSTED];
const DEFAULTS = { tls: undefined, token: undefined, deadlineMillis: 600_000, attempts: 5, maxMessageBytes: 64 << 20 };
const CALL_OPTIONS = ['deadlineMillis', 'signal'];

/** Calls of one server, each tried again under one deadline. */
export class Calls {
  #target;
  #options;
  #channel;

  constructor(target, options) {
    this.#target = target;
    this.#options = { ...DEFAULTS, ...checked(options, Object.keys(DEFAULTS)) };
    const { tls, token, deadlineMillis, attempts, maxMessageBytes } = this.#options;
    if (!(deadlineMillis > 0)) {
      throw new RangeError(`deadlineMillis: ${deadlineMillis} (expected: above 0)`);
    }
    if (!(attempts >= 1)) {
      throw new RangeError(`attempts: ${attempts} (expected: at least 1)`);
    }
    if (token !== undefined && !tls && !/^(unix:|(localhost|127\.0\.0\.1|\[::1\]):\d+$)/.test(target)) {
      throw new RangeError(`token: not sent to ${target} in plain text (expected: tls, or an address of this machine)`);
    }
    this.#channel = new Channel(
      target,
      tls ? credentials.createSsl(tls.root, tls.key, tls.certificate) : credentials.createInsecure(),
      { 'grpc.max_receive_message_length': maxMessageBytes, 'grpc.max_send_message_length': -1 },
    );
  }

  #metadata() {
    const metadata = new Metadata();
    if (this.#options.token !== undefined) {
      metadata.set('authorization', `Bearer ${this.#options.token}`);
    }
    return metadata;
  }

  /** The one answer of a call. */
  async answer(method, request, options = {}) {
    const attempts = new Attempts(this.#target, this.#options, options);
    for (;;) {
      try {
        return await new Promise((resolve, reject) => {
          const call = this.#channel.makeUnaryRequest(
            method.path,
            method.requestSerialize,
            method.responseDeserialize,
            request,
            this.#metadata(),
            { deadline: attempts.end },
            (failure, response) => (failure ? reject(failure) : resolve(response)),
          );
          attempts.follow(call);
        });
      } catch (failure) {
        await attempts.after(failure);
      }
    }
  }

  /** The images of a Generation, each once, over as many streams as it takes. */
  async *images(method, generation, options = {}) {
    const attempts = new Attempts(this.#target, this.#options, options);
    while (!generation.isComplete()) {
      const { path, requestSerialize, responseDeserialize } = method;
      const deadline = { deadline: attempts.end };
      const call = this.#channel.makeServerStreamRequest(path, requestSerialize, responseDeserialize, generation.request(), this.#metadata(), deadline);
      call.on('error', () => {}); // also of a stream that nobody reads any more
      attempts.follow(call);
      try {
        for await (const response of call) {
          const image = generation.heard(response);
          if (image) {
            attempts.succeeded();
            yield image;
          }
        }
        generation.end();
      } catch (failure) {
        if (!generation.isComplete()) {
          await attempts.after(failure);
        }
      } finally {
        call.cancel();
      }
    }
  }

  close() {
    this.#channel.close();
  }
}

/** The tries of one call. */
class Attempts {
  #target;
  #most;
  #signal;
  #number = 1;

  constructor(target, { deadlineMillis, attempts }, options) {
    const { deadlineMillis: own, signal } = checked(options, CALL_OPTIONS);
    this.#target = target;
    this.#most = attempts;
    this.#signal = signal;
    this.end = Date.now() + (own ?? deadlineMillis);
    signal?.throwIfAborted();
  }

  /** Cancels the call when the signal says so. */
  follow(call) {
    this.#signal?.addEventListener('abort', () => call.cancel(), { once: true });
  }

  /** Counts from one again: something of the answer has come. */
  succeeded() {
    this.#number = 1;
  }

  /**
   * Waits until the next try; throws where there is none. A server that names a delay is asked again as long as there is time; one that cannot be
   * reached is asked a few times; a server that gives a reason and no delay means it.
   */
  async after(failure) {
    this.#signal?.throwIfAborted();
    if (failure instanceof SynthoraxError || failure.code === undefined) {
      throw failure;
    }
    const error = SynthoraxError.of(failure, this.#target);
    let delay = error.retryDelayMillis;
    if (delay === undefined) {
      if (error.reason || error.code !== Status.UNAVAILABLE || this.#number >= this.#most) {
        throw error;
      }
      delay = Math.min(FIRST_BACKOFF * 2 ** (this.#number - 1), LONGEST_BACKOFF) * (0.8 + 0.4 * Math.random());
      this.#number++;
    }
    if (!AGAIN.includes(error.code) || Date.now() + delay >= this.end) {
      throw error;
    }
    await sleep(delay, undefined, { signal: this.#signal }).catch(() => this.#signal.throwIfAborted());
  }
}
