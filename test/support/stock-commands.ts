/** Runs commands of Kafka as people type them, with Kafka's own tools. */
import type { KafkaTools, Script } from './real/kafka-tools.ts';
import type { Outcome } from './real/process.ts';

/** Words of a shell command, single quotes understood; `|` is a word of its own. */
export function shellWords(command: string): string[] {
  return [...command.matchAll(/((?:[^\s'|]+|'[^']*'|\\.)+)|\|/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'/g, '$1').replaceAll(/\\(.)/g, '$1'),
  );
}

/** Runs `tool …` or `echo TEXT | tool …`; `renamed` maps names of topics and groups to those of the test. */
export async function runStock(
  tools: KafkaTools,
  bootstrap: string,
  command: string,
  renamed: (option: string, name: string) => string = (_, name) => name,
  stdin = '',
): Promise<Outcome> {
  const words = shellWords(command);
  const pipe = words.indexOf('|');
  const echo = pipe === -1 ? undefined : words.slice(0, pipe);
  if (echo !== undefined && echo[0] !== 'echo') throw new Error(`not understood: ${command}`);
  const [script, ...args] = words.slice(pipe + 1);
  const own: string[] = [];
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--bootstrap-server') {
      // The tool brings its own; the command must have named the same broker.
      if (args[++i] !== bootstrap) throw new Error(`${command} names ${args[i]}, not ${bootstrap}`);
    } else own.push(args[i]!.startsWith('--') ? args[i]! : renamed(args[i - 1] ?? '', args[i]!));
  }
  const input = echo === undefined ? stdin : `${echo.slice(1).join(' ')}\n`;
  return tools.run(script as Script, own, { timeoutMs: 60_000, ...(input === '' ? {} : { stdin: input }) });
}
