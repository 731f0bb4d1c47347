/** A Chromium for tests of pages: the one of the system, never downloaded. */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
];
const found = places.find((path) => existsSync(path));

/** Suffix of suite names: says why they are skipped when they are. */
export const whyNoBrowser = found === undefined ? ` (skipped: no Chromium at ${places.join(', ')})` : '';

/** Starts it, quiet and without any call home. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: found ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  });
}
