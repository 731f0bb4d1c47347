/** Where the samples are: CONFORMANCE_DATA/ros-ocp. Nothing of them is kept here. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const root =
  process.env.CONFORMANCE_DATA === undefined ? undefined : join(process.env.CONFORMANCE_DATA, 'ros-ocp');

/** False: the tests skip, and say so. */
export const haveData = root !== undefined && existsSync(root);
if (!haveData)
  console.warn('ros-ocp conformance is skipped: set CONFORMANCE_DATA to the folder that holds ros-ocp/');

/** The bytes of a sample. */
export function sample(path: string): Buffer {
  return readFileSync(join(root ?? '', path));
}

/** A sample as JSON. */
export function sampleJson(path: string): unknown {
  return JSON.parse(sample(path).toString());
}

/** A member of a sample tar.gz, by the end of its name. */
export function member(path: string, suffix: string): Buffer {
  const tar = gunzipSync(sample(path));
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
    const name = tar.toString('utf8', at, tar.indexOf(0, at));
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
    if (name.endsWith(suffix)) return tar.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`${path} has no member that ends with ${suffix}`);
}
