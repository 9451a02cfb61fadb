/** Certificates and keys in PEM. */
export interface Tls {
  /** What the server's certificate is signed by; unset: Node's own list. */
  root?: Buffer;
  /** The client's own certificate, for servers that ask for one; goes with `key`. */
  certificate?: Buffer;
  key?: Buffer;
}

export interface ClientOptions {
  /** Encrypts; unset: plain text. */
  tls?: Tls;
  /** Sent as `authorization: Bearer ...`; over plain text to this machine alone. */
  token?: string;
  /** Time for one call with all its tries. Unset: ten minutes. */
  deadlineMillis?: number;
  /** Tries of a server that cannot be reached. Where a server names a delay, tries end with the deadline alone. Unset: 5. */
  attempts?: number;
  /** Largest answer taken. Unset: 64 MiB. */
  maxMessageBytes?: number;
}

export interface CallOptions {
  /** Instead of the client's. */
  deadlineMillis?: number;
  /** Cancels the call, on the server too. */
  signal?: AbortSignal;
}

export type Priority = 'LOW' | 'NORMAL' | 'HIGH';
export type OutputFormat = 'PNG_GRAY8' | 'PNG_GRAY16' | 'RAW_GRAY8' | 'RAW_FLOAT32';

/** What to draw; generation.proto tells ranges and defaults. */
export interface GenerationSpec {
  prompt?: string;
  count?: number;
  /** Of the first image; image i has seed + i. Unset: drawn at random, the same for every try. */
  seed?: number | bigint;
  /** PNGs that say where structures lie, by their names. */
  masks?: Record<string, Uint8Array>;
  model?: string;
  modelVersion?: string;
  negativePrompt?: string;
  numInferenceSteps?: number;
  guidanceScale?: number;
  /** Such as `DDIM` or `DPM_SOLVER_PP_2M`. */
  noiseScheduler?: string;
  width?: number;
  height?: number;
  priority?: Priority;
  outputFormat?: OutputFormat;
  /** `[count, channels, height / factor, width / factor]`. */
  initialLatents?: Float32Array;
  requestId?: string;
  startImage?: { png: Uint8Array; strength?: number; redraw?: Uint8Array };
  /** Hears what happens before the images, from a new `queued` on where a try follows another. */
  onEvent?: (event: GenerationEvent) => void;
}

export interface Duration {
  seconds: string;
  nanos: number;
}

export interface EffectiveSettings {
  model: string;
  modelVersion: string;
  numInferenceSteps: number;
  guidanceScale: number;
  noiseScheduler: string;
  seed: string;
  count: number;
  width: number;
  height: number;
  outputFormat: string;
}

export type GenerationEvent =
  | { queued: { imagesAhead: number; eta: Duration | null; settings: EffectiveSettings; warnings: string[] } }
  | { progress: { stepsDone: number; stepsTotal: number; imagesDone: number; eta: Duration | null } };

/** A finished image; `seed` makes it alone, `data` is in `format`. */
export class Image {
  readonly index: number;
  readonly seed: bigint;
  readonly data: Buffer;
  readonly format: OutputFormat;
  readonly width: number;
  readonly height: number;
  /** Grey levels row by row, of the raw formats: bytes, or numbers from 0 to 1. */
  pixels(): Uint8Array | Float32Array;
}

/** A radiograph: a grey PNG, or its pixels row by row. `bits` of a sample; unset: all that the array has. */
export type Radiograph = Uint8Array | { width: number; height: number; bits?: number; data: Uint8Array | Uint16Array };

export interface ReadingOptions extends CallOptions {
  model?: string;
  modelVersion?: string;
  threshold?: number;
  priority?: Priority;
  requestId?: string;
}

export interface SegmentationOptions extends ReadingOptions {
  /** Those to answer with, in this order; unset: all. */
  structures?: string[];
  probabilities?: boolean;
}

/** Where structures lie, by their names. `png` is white inside; `area` in pixels, 0: it was not found. */
export interface Segmentation {
  model: string;
  modelVersion: string;
  width: number;
  height: number;
  threshold: number;
  structures: Record<string, { png: Buffer; area: number; probabilitiesPng: Buffer }>;
}

/** How probable findings are, by their names. */
export interface Classification {
  model: string;
  modelVersion: string;
  threshold: number;
  findings: Record<string, { probability: number; present: boolean }>;
}

export type NumberArray =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/** An input. `datatype` follows from the array, strings are BYTES; BOOL (Uint8Array), FP16 and BF16 (the bits in a Uint16Array) must be named. */
export interface Input {
  shape: number[];
  data: NumberArray | (string | Uint8Array)[];
  datatype?: string;
}

/** An output; of BYTES an array of buffers. */
export interface Output {
  shape: number[];
  datatype: string;
  data: NumberArray | Buffer[];
}

export interface InferOptions extends CallOptions {
  version?: string;
  /** Those that are wanted; unset: all. */
  outputs?: string[];
  requestId?: string;
}

/** Opens a client of the server at `host:port`; it connects at the first call. */
export function connect(target: string, options?: ClientOptions): Client;

/** Calls of one server. Every call that fails rejects with a {@link SynthoraxError}, or with the signal's reason. */
export class Client {
  private constructor();
  /** Draws images and gives each once, in the order they finish; a stream that breaks goes on with what is missing. Leaving the loop cancels the work. */
  generate(spec: GenerationSpec, options?: CallOptions): AsyncGenerator<Image, void, void>;
  /** Marks structures in an image. */
  segment(image: Radiograph, options?: SegmentationOptions): Promise<Segmentation>;
  /** Says how probable findings are in an image. */
  classify(image: Radiograph, options?: ReadingOptions): Promise<Classification>;
  /** Runs a plain model over the Open Inference Protocol: tensors in and out, by name. */
  infer(model: string, inputs: Record<string, Input>, options?: InferOptions): Promise<Record<string, Output>>;
  /** Ends the connection; calls under way fail. */
  close(): void;
}

/** A call that failed; the message is one line for people, and may change. */
export class SynthoraxError extends Error {
  /** The number of a gRPC status, such as 5 for NOT_FOUND. */
  readonly code: number;
  /** What programs match on, such as `MODEL_NOT_FOUND`; empty where no server said one. */
  readonly reason: string;
  /** Path of the field at fault, such as `spec.masks[0].png`; empty: none. */
  readonly field: string;
  /** Name of what was not found; empty: nothing. */
  readonly resource: string;
  /** When the server expects to do it; undefined: asking again is of no use. */
  readonly retryDelayMillis: number | undefined;
}
