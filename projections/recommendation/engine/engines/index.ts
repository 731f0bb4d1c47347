/** Every engine by name. */
import { balanced } from './balanced.ts';
import type { RequestEngine } from './engine.ts';
import { krrEngines } from './krr.ts';
import { kruizeEngines } from './kruize.ts';
import { vpa } from './vpa.ts';

/** Engines, in the order in which they are shown. */
export const requestEngines: readonly RequestEngine[] = [
  kruizeEngines.cost,
  kruizeEngines.performance,
  krrEngines.simple,
  krrEngines.simpleLimit,
  vpa,
  balanced,
];
