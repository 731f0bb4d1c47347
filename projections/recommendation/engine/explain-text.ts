/** An explanation as text for a terminal. */
import type { EngineExplanation, Explanation, TermExplanation } from './explanation.ts';
import { timeText } from './time.ts';

/** Plain text, one fact per line, ending in a line break. */
export function explanationText(explanation: Explanation): string {
  const { question, loaded, end } = explanation;
  const { cpu, memory } = question.formats;
  const lines = [
    `policy ${explanation.policy}, engine version ${explanation.engineVersion}, ${question.kind}`,
    `asked for ${timeText(question.requestedEnd)}; ${loaded.rows} intervals loaded, ending from ` +
      `${timeText(loaded.from)} to ${timeText(loaded.to)} (the ${loaded.days} days of the longest term asked)`,
  ];
  if (end === null) lines.push('no interval in reach: nothing to advise');
  else {
    const { cpu_request, cpu_limit, memory_request, memory_limit } = explanation.current;
    lines.push(
      `newest interval ends ${timeText(end)}; current requests cpu ${shown(cpu_request, cpu)}, ` +
        `memory ${shown(memory_request, memory)}; limits cpu ${shown(cpu_limit, cpu)}, ` +
        `memory ${shown(memory_limit, memory)}`,
    );
  }
  for (const reason of explanation.notifications)
    lines.push(`notification ${reason.code} ${reason.message}: ${reason.why}`);
  for (const term of explanation.terms) lines.push('', ...termLines(term));
  return `${lines.join('\n')}\n`;
}

function termLines(term: TermExplanation): string[] {
  const { minutes, needed, enough } = term.coverage;
  return [
    `${term.term}: ${timeText(term.start)} to ${timeText(term.end)}, both included: ${term.points} points, ` +
      `duration ${term.hours} h`,
    `  data: ${minutes} min counted within 30 s of the grid, ${needed} needed: ` +
      (enough ? 'enough' : 'not enough, nothing advised (120001)'),
    ...term.engines.flatMap(engineLines),
  ];
}

function engineLines(engine: EngineExplanation): string[] {
  const { cpu, memory, pods } = engine;
  return [
    `  ${engine.engine}`,
    `    cpu: ${cpu.formula}; from the interval ending ${timeText(cpu.from)}`,
    `    memory: ${memory.formula}; peak from ${timeText(memory.peakFrom)}, spike from ${timeText(memory.spikeFrom)}`,
    `    pods: ${pods.value}, the largest of the window, from ${timeText(pods.from)}`,
    ...engine.settings.map(
      (setting) =>
        `    ${setting.name.replace('_', ' ')}: current ${setting.current ?? 'not set'}, ` +
        `config ${setting.config ?? 'none'}, variation ${setting.variation ?? 'none'} (${setting.rule})`,
    ),
    ...engine.notifications.map(
      (reason) => `    notification ${reason.code} ${reason.message}: ${reason.why}`,
    ),
  ];
}

function shown(amount: number | null, format: string): string {
  return amount === null ? 'not set' : `${amount} ${format}`;
}
