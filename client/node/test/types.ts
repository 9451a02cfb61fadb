// Compiled, never run: uses of the package as its types promise them.
import { connect, type Classification, type Image, type Segmentation, SynthoraxError } from '../index.js';

export async function uses(png: Buffer): Promise<void> {
  const client = connect('localhost:8001', { tls: { root: png }, token: 'a', deadlineMillis: 1000 });
  for await (const image of client.generate({ prompt: 'a', seed: 7n, priority: 'HIGH', masks: { lungs: png } })) {
    const made: Image = image;
    const seed: bigint = made.seed;
    void seed;
  }
  const segmentation: Segmentation = await client.segment(png, { structures: ['lungs'], signal: AbortSignal.timeout(5) });
  const area: number | undefined = segmentation.structures['lungs']?.area;
  const classification: Classification = await client.classify({ width: 1, height: 1, data: Uint8Array.of(1) });
  const { y } = await client.infer('m', { x: { shape: [1], data: Float32Array.of(1) }, s: { shape: [1], data: ['a'] } });
  void [area, classification, y?.data];
  // @ts-expect-error there is no such option
  client.generate({ steps: 3 });
  const reason: string = new SynthoraxError().reason;
  void reason;
}
