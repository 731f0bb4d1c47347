/** Listeners of a broker that ask for a password, speak TLS, or both; the certificate is made for each broker. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installStep } from './cache.ts';
import type { Properties } from './kafka-settings.ts';
import type { SecureAccess } from './servers.ts';

/** What a broker and its clients need. */
export interface SecureSettings {
  readonly properties: Properties;
  /** Options for formatting the storage: SCRAM passwords are in the log of the controller. */
  readonly format: readonly string[];
  readonly access: SecureAccess;
}

const USERNAME = 'rightstream';
// for a broker on 127.0.0.1 that lives for one test
const PASSWORD = 'right-password';
const MODULES = 'org.apache.kafka.common.security';
const NEEDS_KEYTOOL = 'keytool is part of Java: apt-get install default-jdk-headless, then try again.';

/** Makes a certificate in the folder and the settings of three more listeners on these ports. */
export async function secureSettings(
  folder: string,
  port: number,
  controller: number,
  ports: readonly [number, number, number],
): Promise<SecureSettings> {
  const { keystore, ca } = await makeCertificate(folder);
  const names = ['SASL_PLAINTEXT', 'SSL', 'SASL_SSL'] as const;
  const [sasl, tls, saslTls] = ports.map((each) => `127.0.0.1:${each}`) as [string, string, string];
  const open = [`PLAINTEXT://127.0.0.1:${port}`, `SASL_PLAINTEXT://${sasl}`, `SSL://${tls}`];
  const advertised = [...open, `SASL_SSL://${saslTls}`].join(',');
  const properties: Record<string, string | number | boolean> = {
    listeners: `${advertised},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': advertised,
    'listener.security.protocol.map': `CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,${names.map((name) => `${name}:${name}`).join(',')}`,
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'ssl.keystore.location': keystore,
    'ssl.keystore.password': PASSWORD,
    'ssl.keystore.type': 'PKCS12',
  };
  for (const name of ['sasl_plaintext', 'sasl_ssl']) {
    properties[`listener.name.${name}.plain.sasl.jaas.config`] =
      `${MODULES}.plain.PlainLoginModule required user_${USERNAME}="${PASSWORD}";`;
    for (const mechanism of ['scram-sha-256', 'scram-sha-512']) {
      properties[`listener.name.${name}.${mechanism}.sasl.jaas.config`] =
        `${MODULES}.scram.ScramLoginModule required;`;
    }
  }
  return {
    properties,
    format: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${USERNAME},password=${PASSWORD}]`,
    ]),
    access: { sasl: [sasl], tls: [tls], saslTls: [saslTls], username: USERNAME, password: PASSWORD, ca },
  };
}

async function makeCertificate(folder: string): Promise<{ keystore: string; ca: string }> {
  const keystore = join(folder, 'broker.p12');
  const pem = join(folder, 'broker.pem');
  const store = ['-alias', 'broker', '-keystore', keystore, '-storepass', PASSWORD, '-storetype', 'PKCS12'];
  const needs = { needs: NEEDS_KEYTOOL };
  // left by an earlier attempt on other ports
  rmSync(keystore, { force: true });
  const names = ['-dname', 'CN=localhost', '-ext', 'san=ip:127.0.0.1,dns:localhost'];
  const key = ['-keyalg', 'EC', '-groupname', 'secp256r1', '-validity', '3650'];
  await installStep('keytool', ['-genkeypair', ...store, ...key, ...names], needs);
  await installStep('keytool', ['-exportcert', '-rfc', '-file', pem, ...store], needs);
  return { keystore, ca: readFileSync(pem, 'utf8') };
}
