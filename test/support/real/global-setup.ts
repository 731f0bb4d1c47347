/** Runs once before the tests of the project `real`. */
import { installAll } from './install.ts';

/** Installs what is missing. */
export async function setup(): Promise<void> {
  await installAll(console.log);
}
